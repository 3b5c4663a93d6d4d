"""The desk's web application: a page for each queue, and what is written, by POST."""

import hmac
import secrets
import socket
from collections.abc import Callable
from functools import partial
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

from orchestration.desk import decisions, issues, labels, pages, raw_rows, registry, rows, views, words
from orchestration.desk.desk import Desk
from orchestration.extraction.model import ExtractionError
from orchestration.loading import load_sources
from orchestration.loading.problems import RawError
from orchestration.serving.guard import Guard, allowed_hosts

_HERE = Path(__file__).parent
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_PAGES: dict[str, tuple[str, Callable[[Desk, Request], dict[str, Any] | None]]] = {
    "/": ("start.html", views.start),
    "/figures/{name}": ("figures.html", views.figures),
    "/issues": ("issues.html", views.issues_),
    "/ties": ("ties.html", views.ties_),
    "/drafts": ("drafts.html", views.drafts_),
    "/row": ("row.html", views.row),
}


def build(desk: Desk, token: str, port: int) -> ASGIApp:
    """The guarded application; ``token`` is what the printed address carries."""
    templates = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True)

    def allowed(request: Request) -> bool:
        return hmac.compare_digest(request.cookies.get("desk", "").encode(), token.encode())

    def page(path: str, template: str, told: Callable[[Desk, Request], dict[str, Any] | None]) -> Route:
        async def show(request: Request) -> Response:
            language = views.language(request)
            if hmac.compare_digest(request.query_params.get("token", "").encode(), token.encode()):
                answer = RedirectResponse(request.url.path, 303)
                answer.set_cookie("desk", token, httponly=True, samesite="strict")
                return answer
            if not allowed(request):
                return HTMLResponse(words.say(language, "error.token"), 403)
            if (chosen := request.query_params.get("lang", "")) in words.LANGUAGES:
                answer = RedirectResponse(str(request.url.remove_query_params("lang")), 303)
                answer.set_cookie("desk-language", chosen, samesite="strict", max_age=31_536_000)
                return answer
            try:
                context = await run_in_threadpool(told, desk, request)
            except (issues.NoWarehouseError, ExtractionError, RawError) as error:
                context, status = {"missing": str(error)}, 503
            else:
                status = 404 if context is None else 200
            spoken = {"t": partial(words.say, language), "name_of": partial(words.name, language), "lang": language}
            spoken |= {name: partial(_spoken, desk, getattr(labels, name), language) for name in labels.__all__[1:]}
            here = {"missing": words.say(language, "error.no_document"), "path": request.url.path}
            html = templates.get_template(template).render(here | (context or {}) | spoken)
            return HTMLResponse(html, status, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"})

        return Route(path, show)

    def post(path: str, write: Callable[[Desk, dict[str, Any], str], dict[str, Any]]) -> Route:
        async def answer(request: Request) -> Response:
            language = views.language(request)
            if not allowed(request):
                return JSONResponse({"error": "no token"}, 403)
            if request.headers.get("content-type", "").partition(";")[0] != "application/json":
                return JSONResponse({"error": "send JSON"}, 415)
            asked = await request.json()
            if not isinstance(asked, dict):
                return JSONResponse({"error": "send a JSON object"}, 400)
            try:
                return JSONResponse(await run_in_threadpool(write, desk, asked, language))
            except words.SpokenError as error:
                status = getattr(error, "status", 409)
                told = {name: getattr(error, name, "") for name in ("field", "again")}
                return JSONResponse({"error": error.text(language)} | told, status)
            except (issues.NoWarehouseError, ExtractionError, RawError) as error:
                return JSONResponse({"error": str(error)}, 409)

        return Route(path, answer, methods=["POST"])

    async def printed(request: Request) -> Response:
        """The picture of a page, or the boxes of its figures."""
        if not allowed(request):
            return JSONResponse({"error": "no token"}, 403)
        document = desk.documents.get(request.path_params["name"])
        try:
            if document is None:
                raise ExtractionError(words.say(views.language(request), "error.no_document"))
            number, boxes = request.path_params["number"], "boxes" in request.query_params
            shown = await run_in_threadpool(pages.shown, desk.document(document.name), number)
        except ExtractionError as error:
            return JSONResponse({"error": str(error)}, 404)
        return JSONResponse(shown.boxes) if boxes else Response(shown.png, media_type="image/png")

    routes = [
        *(page(path, template, told) for path, (template, told) in _PAGES.items()),
        post("/decide", lambda desk, asked, _: decisions.decide(desk, asked)),
        post("/register", _register),
        post("/promote", _promote),
        post("/row", _edit_row),
        Route("/page/{name}/{number:int}", printed),
        Mount("/static", StaticFiles(directory=_HERE / "static")),
    ]
    return Guard(Starlette(routes=routes), allowed_hosts(port))


def _spoken(desk: Desk, say: Callable[..., str], language: str, *about: Any) -> str:
    """What a code, a figure or a finding is called; the labels are read when a page asks for one."""
    return say(desk.labels(), language, *about)


def _texts(asked: dict[str, Any], name: str) -> dict[str, str]:
    found = asked.get(name)
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def _register(desk: Desk, asked: dict[str, Any], language: str) -> dict[str, Any]:
    field = str(asked.get("field"))
    if field not in registry.REGISTRIES:
        raise decisions.RefusedError("error.no_queue")
    path = registry.propose(desk.raw, field, _texts(asked, "row"), str(asked.get("seen")))
    said = words.say(language, "figures.added", file=f"raw/reference/{path.name}")
    return {"said": said, "seen": registry.digest(desk.raw, field)}


def _promote(desk: Desk, asked: dict[str, Any], language: str) -> dict[str, Any]:
    name = str(asked.get("document"))
    if name not in desk.documents:
        raise decisions.RefusedError("error.document", 404, name=repr(name))
    figures, refused = rows.decided(desk.shown(name), desk.reference())
    known = load_sources(desk.raw).keys()
    done = rows.promoted(desk.raw, desk.documents[name], figures, desk.reference())
    file = f"raw/{done.path.relative_to(desk.raw)}"
    said = [words.say(language, "figures.promoted", written=done.written, present=done.present, file=file)]
    if done.written:
        said.append(words.say(language, "figures.then", command="make warehouse"))
    said += [words.say(language, "figures.fill_in", source=new) for new in load_sources(desk.raw).keys() - known]
    return {"said": " ".join([*said, *(words.say(language, "figures.not_promoted", why=why) for why in refused)])}


def _edit_row(desk: Desk, asked: dict[str, Any], language: str) -> dict[str, Any]:
    figure = str(asked.get("figure"))
    row = raw_rows.edit(desk.raw, figure, _texts(asked, "row"), str(asked.get("seen")), desk.reference())
    said = words.say(language, "row.saved", file=f"raw/{row.file}", line=row.line, command="make warehouse")
    return {"said": said, "seen": row.hash}


def serve(desk: Desk, port: int, path: str = "/") -> int:
    """Until Ctrl-C, on the loopback address only."""
    import uvicorn

    with socket.create_server(("127.0.0.1", port)) as listening:
        port, token = listening.getsockname()[1], secrets.token_urlsafe(24)
        server = uvicorn.Server(uvicorn.Config(build(desk, token, port), log_level="warning"))
        print(f"The desk is at http://127.0.0.1:{port}{path}?token={token} (Ctrl-C ends it)", flush=True)
        server.run(sockets=[listening])
    return 0
