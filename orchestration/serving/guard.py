"""An ASGI guard for Dagster's web server, which itself trusts whoever reaches its port.

Belongs here: which requests pass. Dagster has no users, runs mutations by GET and looks at neither Host nor Origin, so
that any page in the browser of a person who runs it could launch runs (cross-site requests) or read everything (DNS
rebinding). The rules are those of Fetch Metadata's resource isolation policy (https://web.dev/articles/fetch-metadata)
and of the HTML standard's Origin header; programs without a browser send neither and pass.
"""

import re
from collections.abc import Collection
from urllib.parse import parse_qs

from graphql import GraphQLError, OperationDefinitionNode, OperationType, parse
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SAFE = ("GET", "HEAD")
# no page of another site can send these without a preflight, which the guard refuses
_GRAPHQL_BODIES = ("application/json", "application/graphql")
_HOST = re.compile(r"(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


def allowed_hosts(port: int, more: Collection[str] = ()) -> frozenset[str]:
    """What the Host header may be: this machine's names with the port, and ``more`` (``name`` or ``name:port``).

    Raises ``ValueError`` naming what is no host.
    """
    wrong = [host for host in more if not _HOST.fullmatch(host)]
    if wrong:
        raise ValueError(f"{wrong[0]!r} is no host; write names as they stand in the address bar, such as box.lan:3000")
    own = ("127.0.0.1", "localhost", "[::1]")
    names = [f"{name}:{port}" for name in own] + [name for name in own if port == 80]
    return frozenset(name.lower() for name in (*names, *more))


class Guard:
    """Passes requests of the UI's own pages and of programs to ``app``, and answers all others with a refusal.

    ``hosts`` as from ``allowed_hosts``. A refusal is 403, or 400, 405 and 415 for GraphQL that no client of ours sends;
    a refused WebSocket is closed before it is accepted, which the server answers with 403.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        refusal = self._foreign(scope) or _wrong_graphql(scope)
        if refusal is None:
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refusal[1][:120]})
        else:
            status, text = refusal
            await PlainTextResponse(f"{text}\n", status)(scope, receive, _with_headers(send))

    def _foreign(self, scope: Scope) -> tuple[int, str] | None:
        """Why the request comes from elsewhere than the UI's own pages; None when it does not."""
        headers = Headers(scope=scope)
        hosts = [host.lower() for host in headers.getlist("host")]
        if len(hosts) != 1 or hosts[0] not in self._hosts:
            return 403, (
                f"The address {', '.join(hosts)!a} is not one of this server's: {', '.join(sorted(self._hosts))}. "
                "Use one of these, or add the name to AI_FIGURES_UI_HOSTS and start again."
            )
        scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
        if any(origin.lower() != f"{scheme}://{hosts[0]}" for origin in headers.getlist("origin")):
            return 403, "A page of another origin may not use this server."
        sites = headers.getlist("sec-fetch-site")
        if all(site in ("same-origin", "none") for site in sites) or _is_followed_link(scope, headers):
            return None
        return 403, "A page of another site may link to this server, not use it."


def _is_followed_link(scope: Scope, headers: Headers) -> bool:
    """Somebody followed a link (in a mail, in a chat) to a page of the UI, in a window of its own."""
    return (
        scope["type"] == "http"
        and scope["method"] in _SAFE
        and not _is_graphql(scope)
        and headers.getlist("sec-fetch-mode") == ["navigate"]
        and headers.getlist("sec-fetch-dest") == ["document"]
    )


def _is_graphql(scope: Scope) -> bool:
    return bool(scope["path"].rstrip("/").endswith("/graphql"))


def _wrong_graphql(scope: Scope) -> tuple[int, str] | None:
    """Refuse what is neither a read by GET nor a POST that only a program or our own page can send."""
    if scope["type"] != "http" or not _is_graphql(scope):
        return None
    if scope["method"] == "POST":
        kinds = [kind.partition(";")[0].strip().lower() for kind in Headers(scope=scope).getlist("content-type")]
        if len(kinds) == 1 and kinds[0] in _GRAPHQL_BODIES:
            return None
        return 415, f"GraphQL by POST is {' or '.join(_GRAPHQL_BODIES)}, not {', '.join(kinds)!a}."
    if scope["method"] not in _SAFE:
        return 405, "GraphQL is read by GET and POST, changed by POST."
    try:
        for text in parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True).get("query", []):
            for definition in parse(text, max_tokens=100_000).definitions:
                if isinstance(definition, OperationDefinitionNode) and definition.operation != OperationType.QUERY:
                    return 405, f"A {definition.operation.value} is sent by POST."
    except (GraphQLError, RecursionError, ValueError) as error:
        return 400, f"This is no GraphQL: {str(error).splitlines()[0]}"
    return None


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.accept"):
            message.setdefault("headers", [])
            headers = MutableHeaders(scope=message)
            headers["X-Content-Type-Options"] = "nosniff"
            headers["X-Frame-Options"] = "SAMEORIGIN"  # Dagster shows notebooks in a frame of its own
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
            # beside the policy that Dagster sends with its page: browsers apply both
            headers.append("Content-Security-Policy", "frame-ancestors 'self'")
        await send(message)

    return sending


__all__ = ["Guard", "allowed_hosts"]
