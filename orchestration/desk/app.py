"""The desk's web application: one document, its queue, and the decisions by POST."""

import getpass
import hmac
import secrets
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from orchestration.desk import journal
from orchestration.desk.queue import EDITABLE, Shown, is_open, keep, queue
from orchestration.extraction.isolation import read_document
from orchestration.serving.guard import Guard, allowed_hosts

_HERE = Path(__file__).parent
_WHAT = ("accept", "reject", "edit", "unsure", "undo")
_POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'none'"


def build(raw: Path, document: Path, words: dict[str, list[str]], token: str, port: int) -> ASGIApp:
    """The guarded application. ``words`` are the completions by field. It keeps no state."""
    template = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True).get_template("desk.html")
    read: dict[tuple[int, int], list[Any]] = {}

    def shown() -> list[Shown]:
        stat = document.stat()
        at = (stat.st_mtime_ns, stat.st_size)
        if at not in read:
            read.clear()
            read[at] = read_document(document)
        return queue(document, read[at], journal.read(raw))

    def allowed(request: Request) -> bool:
        return hmac.compare_digest(request.cookies.get("desk", "").encode(), token.encode())

    async def page(request: Request) -> Response:
        if hmac.compare_digest(request.query_params.get("token", "").encode(), token.encode()):
            answer = RedirectResponse("/", 303)
            answer.set_cookie("desk", token, httponly=True, samesite="strict")
            return answer
        if not allowed(request):
            return HTMLResponse("Open the address that `ai-figures desk` printed.", 403)
        items = await run_in_threadpool(shown)
        waiting = [s for s in items if not s.orphan and is_open(s)]
        waiting.sort(key=lambda s: s.decision is not None and s.decision["what"] == "unsure")  # the next item comes
        lines = document.read_text(encoding="utf-8", errors="replace").split("\n")
        html = template.render(
            name=document.name, waiting=waiting, orphans=[s for s in items if s.orphan], total=len(items),
            lines=list(enumerate(lines, 1)), marked={s.figure.line for s in items if not s.orphan},
            current=waiting[0] if waiting else None, words=words, fields=EDITABLE,
        )  # fmt: skip
        return HTMLResponse(html, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"})

    async def decide(request: Request) -> Response:
        if not allowed(request):
            return JSONResponse({"error": "no token"}, 403)
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return JSONResponse({"error": "send JSON"}, 415)
        return await run_in_threadpool(_decide, raw, document, shown, await request.json())

    routes = [
        Route("/", page),
        Route("/decide", decide, methods=["POST"]),
        Mount("/static", StaticFiles(directory=_HERE / "static")),
    ]
    return Guard(Starlette(routes=routes), allowed_hosts(port))


def _decide(raw: Path, document: Path, shown: Any, asked: Any) -> Response:
    what = asked.get("what") if isinstance(asked, dict) else None
    if what not in _WHAT:
        return JSONResponse({"error": f"`what` is one of {', '.join(_WHAT)}"}, 400)
    if what == "undo":
        mine = f"figure:{document.name}#"
        standing = journal.standing([e for e in journal.read(raw) if e["item"].startswith(mine)])
        if not standing:
            return JSONResponse({"error": "nothing to undo"}, 409)
        last = max(standing.values(), key=lambda e: e["when"])
        entry, seen = {"item": last["item"], "hash": last["hash"], "old": last["what"]}, last["what"]
    else:
        item = next((s for s in shown() if s.name == asked.get("item") and not s.orphan), None)
        if item is None or item.hash != asked.get("hash"):
            return JSONResponse({"error": "the document or its reading changed; load the page again"}, 409)
        new = {k: str(v) for k, v in (asked.get("new") or {}).items() if k in EDITABLE} if what == "edit" else None
        if what == "edit" and not _is_number((new or {}).get("value", "0")):
            return JSONResponse({"error": "the value is no number"}, 400)
        old = {name: str(getattr(item.figure, name)) for name in EDITABLE}
        entry, seen = {"item": item.name, "hash": item.hash, "old": old, "new": new}, asked.get("seen")
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    stamp = {"what": what, "who": getpass.getuser(), "when": now, "reason": str(asked.get("reason", ""))}
    try:
        journal.append(raw, entry | stamp, seen)
    except journal.StaleError as error:
        return JSONResponse({"error": str(error)}, 409)
    keep(document, shown())
    return JSONResponse({"item": entry["item"], "what": what})


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < float("inf") and "_" not in text
    except ValueError:
        return False


def serve(raw: Path, document: Path, words: dict[str, list[str]], port: int) -> int:
    """Until Ctrl-C, on the loopback address only."""
    import uvicorn

    with socket.create_server(("127.0.0.1", port)) as listening:
        port, token = listening.getsockname()[1], secrets.token_urlsafe(24)
        server = uvicorn.Server(uvicorn.Config(build(raw, document, words, token, port), log_level="warning"))
        print(f"The desk is at http://127.0.0.1:{port}/?token={token} (Ctrl-C ends it)", flush=True)
        server.run(sockets=[listening])
    return 0
