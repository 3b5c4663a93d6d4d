"""The desk's web application: a page for each queue, and the decisions by POST."""

import hmac
import secrets
import socket
from collections.abc import Callable
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

from orchestration.desk import decisions, issues, journal, views
from orchestration.desk.desk import Desk
from orchestration.extraction.model import ExtractionError
from orchestration.serving.guard import Guard, allowed_hosts

_HERE = Path(__file__).parent
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'"
)


def build(desk: Desk, token: str, port: int) -> ASGIApp:
    """The guarded application; ``token`` is what the printed address carries."""
    templates = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True)

    def allowed(request: Request) -> bool:
        return hmac.compare_digest(request.cookies.get("desk", "").encode(), token.encode())

    def page(template: str, told: Callable[[Desk, Request], dict[str, Any] | None]) -> Route:
        async def show(request: Request) -> Response:
            if hmac.compare_digest(request.query_params.get("token", "").encode(), token.encode()):
                answer = RedirectResponse(request.url.path, 303)
                answer.set_cookie("desk", token, httponly=True, samesite="strict")
                return answer
            if not allowed(request):
                return HTMLResponse("Open the address that `ai-figures desk` printed.", 403)
            try:
                context = await run_in_threadpool(told, desk, request)
            except (issues.NoWarehouseError, ExtractionError) as error:
                context, status = {"missing": str(error)}, 503
            else:
                status = 404 if context is None else 200
            html = templates.get_template(template).render({"missing": "There is no such document."} | (context or {}))
            return HTMLResponse(html, status, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"})

        return Route({"start.html": "/", "figures.html": "/figures/{name}"}.get(template, f"/{template[:-5]}"), show)

    async def decide(request: Request) -> Response:
        if not allowed(request):
            return JSONResponse({"error": "no token"}, 403)
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return JSONResponse({"error": "send JSON"}, 415)
        asked = await request.json()
        if not isinstance(asked, dict):
            return JSONResponse({"error": "send a JSON object"}, 400)
        try:
            return JSONResponse(await run_in_threadpool(decisions.decide, desk, asked))
        except decisions.RefusedError as error:
            return JSONResponse({"error": str(error)}, error.status)
        except (journal.StaleError, issues.NoWarehouseError) as error:
            return JSONResponse({"error": str(error)}, 409)

    routes = [
        page("start.html", views.start),
        page("figures.html", views.figures),
        page("issues.html", views.issues_),
        page("ties.html", views.ties_),
        Route("/decide", decide, methods=["POST"]),
        Mount("/static", StaticFiles(directory=_HERE / "static")),
    ]
    return Guard(Starlette(routes=routes), allowed_hosts(port))


def serve(desk: Desk, port: int, path: str = "/") -> int:
    """Until Ctrl-C, on the loopback address only."""
    import uvicorn

    with socket.create_server(("127.0.0.1", port)) as listening:
        port, token = listening.getsockname()[1], secrets.token_urlsafe(24)
        server = uvicorn.Server(uvicorn.Config(build(desk, token, port), log_level="warning"))
        print(f"The desk is at http://127.0.0.1:{port}{path}?token={token} (Ctrl-C ends it)", flush=True)
        server.run(sockets=[listening])
    return 0
