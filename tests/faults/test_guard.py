"""Requests of foreign pages, of rebound names, of the UI itself and of programs to the started web server."""

import http.client
import itertools
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import dagster as dg
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from orchestration.serving.guard import allowed_hosts
from orchestration.settings import PROJECT

EVIL = "http://evil.example.com"
_KEYS = itertools.count()


@dataclass
class Server:
    """The guarded web server, without code locations; a mutation that got through leaves a pool in its storage."""

    port: int
    instance: dg.DagsterInstance
    keys: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, headers: dict[str, str | None], body: bytes = b"") -> tuple[int, str]:
        """Headers as given: Host is the server's own unless told, and absent when it is None."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in ({"Host": f"127.0.0.1:{self.port}"} | headers).items():
                if value is not None:
                    connection.putheader(name, value)
            if body:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            answer = connection.getresponse()
            self.answered = answer.headers
            return answer.status, answer.read().decode("utf-8", "replace")
        finally:
            connection.close()

    def took(self, key: str) -> bool:
        """Whether the mutation for that key was run."""
        return key in self.instance.event_log_storage.get_concurrency_keys()


def mutation() -> tuple[str, str]:
    """A pool of its own for every request, and the mutation that makes it."""
    key = f"pool{next(_KEYS)}"
    return key, f'mutation Make {{ setConcurrencyLimit(concurrencyKey: "{key}", limit: 3) }}'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("home")
    (home / "dagster.yaml").write_bytes((PROJECT / "dagster.yaml").read_bytes())
    (home / "workspace.yaml").write_text("load_from: []\n", encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "orchestration.serving.webserver",
         "--workspace", str(home / "workspace.yaml"), "--port", str(port)],
        cwd=PROJECT, env=os.environ | {"DAGSTER_HOME": str(home), "AI_FIGURES_UI_HOSTS": "box.lan:8080, box.lan"},
    )  # fmt: skip
    try:
        before = os.environ.get("DAGSTER_HOME")
        os.environ["DAGSTER_HOME"] = str(home)
        with dg.DagsterInstance.from_config(str(home)) as instance:
            started = Server(port, instance)
            _wait_for(started, process)
            yield started
    finally:
        os.environ.pop("DAGSTER_HOME") if before is None else os.environ.update(DAGSTER_HOME=before)
        process.terminate()
        assert process.wait(60) == 0


def _wait_for(server: Server, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        assert process.poll() is None, "the web server ended"
        try:
            if server.send("GET", "/server_info", {})[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError("the web server does not answer")


def shapes(query: str) -> dict[str, tuple[str, str, str | None, bytes]]:
    """Every way to bring a query to the server: method, path, content type, body."""
    asked = urlencode({"query": query})
    in_json = json.dumps({"query": query}).encode()
    form = f'--b\r\nContent-Disposition: form-data; name="query"\r\n\r\n{query}\r\n--b--\r\n'.encode()
    return {
        "json": ("POST", "/graphql", "application/json", in_json),
        "json with a character set": ("POST", "/graphql", "application/json; charset=utf-8", in_json),
        "graphql": ("POST", "/graphql", "application/graphql", query.encode()),
        "batch": ("POST", "/graphql", "application/json", b"[" + in_json + b"]"),
        "text that says json": ("POST", "/graphql", "text/plain; a=application/json", in_json),
        "form": ("POST", "/graphql", "application/x-www-form-urlencoded", asked.encode()),
        "form, in the address": ("POST", f"/graphql?{asked}", "application/x-www-form-urlencoded", b"a=b"),
        "multipart": ("POST", f"/graphql?{asked}", "multipart/form-data; boundary=b", form),
        "no type": ("POST", f"/graphql?{asked}", None, b"x"),
        "GET": ("GET", f"/graphql?{asked}", None, b""),
        "GET, slash": ("GET", f"/graphql/?{asked}", None, b""),
        "GET, escaped": ("GET", f"/%67raphql?{asked}", None, b""),
        "HEAD": ("HEAD", f"/graphql?{asked}", None, b""),
        "PUT": ("PUT", "/graphql", "application/json", in_json),
    }


RUN_BY = ("json", "json with a character set", "graphql")


def hosts(port: int) -> dict[str | None, bool]:
    """Host headers, and whether they are the server's own."""
    return {
        f"127.0.0.1:{port}": True, f"localhost:{port}": True, f"LocalHost:{port}": True, f"[::1]:{port}": True,
        "box.lan:8080": True, "box.lan": True,
        f"evil.example.com:{port}": False, f"localhost.evil.example.com:{port}": False, "localhost": False,
        f"localhost:{port + 1}": False, f"0.0.0.0:{port}": False, f"box.lan:{port}": False,
        f"127.0.0.1:{port}@evil.example.com": False, "": False, None: False,
    }  # fmt: skip


def origins(host: str | None) -> dict[str | None, bool]:
    """Origin headers, and whether they are that of the host."""
    return {
        None: True, f"http://{host}": True, EVIL: False, "null": False, f"https://{host}": False,
        f"http://{host}0": False, "": False,
    }  # fmt: skip


@pytest.mark.parametrize("shape", list(shapes("")))
def test_a_mutation_runs_for_the_ui_and_for_programs_only(server: Server, shape: str) -> None:
    """Every shape with every host and every origin: the pool is there exactly when all three are right."""
    wrong, tried = [], 0
    for host, known in hosts(server.port).items():
        for origin, same in origins(host).items():
            key, query = mutation()
            method, path, kind, body = shapes(query)[shape]
            status, text = server.send(method, path, {"Host": host, "Origin": origin, "Content-Type": kind}, body)
            right = known and same and shape in RUN_BY
            tried += 1
            if server.took(key) != right or (status == 200) != right:
                wrong.append((host, origin, status, text[:200]))
    assert tried == 105
    assert not wrong


@pytest.mark.parametrize(
    "query",
    [
        "# query\nmutation Make {{ {field} }}",
        "query Read {{ version }} mutation Make {{ {field} }}",
        "mutation Make {{ ...f }} fragment f on Mutation {{ {field} }}",
        "\ufeff mutation Make {{ {field} }}",
        "mutation Make {{ {field}",
        "{{" * 2000,
        "subscription {{ capturedLogs(logKey: []) {{ stdout }} }}",
    ],
)
def test_no_mutation_by_get_however_it_is_written(server: Server, query: str) -> None:
    key, text = mutation()
    query = query.format(field=text[text.index("{") + 1 : -1])
    for asked in ([("query", query)], [("query", "{ version }"), ("query", query)], [("query", query), ("query", "")]):
        status, _ = server.send("GET", f"/graphql?{urlencode([*asked, ('operationName', 'Make')])}", {})
        assert status in (400, 405)
    assert not server.took(key)


@pytest.mark.parametrize("origin", [None, "own", EVIL, "null"])
def test_reading_by_get(server: Server, origin: str | None) -> None:
    sent = f"http://127.0.0.1:{server.port}" if origin == "own" else origin
    status, text = server.send("GET", "/graphql?query=%7Bversion%7D", {"Origin": sent})
    assert (status, "version" in text) == ((200, True) if origin in (None, "own") else (403, False))


@pytest.mark.parametrize("site", [None, "same-origin", "none", "same-site", "cross-site", "else"])
@pytest.mark.parametrize(
    "way", [("cors", "empty"), ("navigate", "document"), ("navigate", "iframe"), ("no-cors", "image")]
)
@pytest.mark.parametrize("target", ["page", "graphql", "mutation"])
def test_what_the_browser_says_of_the_page(server: Server, site: str | None, way: tuple[str, str], target: str) -> None:
    """A link from elsewhere opens a page of the UI; nothing else comes from elsewhere, another local port included."""
    key, query = mutation()
    method, path, kind, body = {
        "page": ("GET", "/runs", None, b""),
        "graphql": ("GET", "/graphql?query=%7Bversion%7D", None, b""),
        "mutation": shapes(query)["json"],
    }[target]
    sent = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": way[0], "Sec-Fetch-Dest": way[1], "Content-Type": kind}
    status, _ = server.send(method, path, sent, body)
    own = site in (None, "same-origin", "none")
    assert status == (200 if own or (target == "page" and way == ("navigate", "document")) else 403)
    assert server.took(key) == (own and target == "mutation")


def test_other_ways_to_change_something(server: Server) -> None:
    """The endpoints beside GraphQL, a preflight, two Host headers, a whole address in the request line."""
    assert server.send("POST", "/report_asset_materialization/a", {"Origin": EVIL})[0] == 403
    assert server.send("POST", "/report_asset_materialization/a", {})[0] == 200
    assert server.send("OPTIONS", "/graphql", {"Origin": EVIL, "Access-Control-Request-Method": "POST"})[0] == 403
    assert "Access-Control-Allow-Origin" not in server.answered
    for head in (
        f"GET /server_info HTTP/1.1\r\nHost: localhost:{server.port}\r\nHost: evil.example.com",
        f"GET http://evil.example.com:{server.port}/server_info HTTP/1.1\r\nHost: evil.example.com:{server.port}",
        "GET /server_info HTTP/1.0",
    ):
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as raw:
            raw.sendall(f"{head}\r\nConnection: close\r\n\r\n".encode())
            assert raw.recv(1000).split(b" ", 2)[1] in (b"400", b"403")


def test_headers_of_answers_and_of_refusals(server: Server) -> None:
    for path, headers in (("/", {}), ("/server_info", {}), ("/", {"Host": "evil.example.com"})):
        server.send("GET", path, headers)
        assert server.answered["X-Frame-Options"] == "SAMEORIGIN"
        assert server.answered["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'self'" in (server.answered.get_all("Content-Security-Policy") or [])


@pytest.mark.parametrize(
    ("host", "origin", "accepted"),
    [
        ("localhost", "http://localhost:{port}", True),
        ("127.0.0.1", "http://127.0.0.1:{port}", True),
        ("[::1]", "http://[::1]:{port}", True),
        ("127.0.0.1", None, True),
        ("127.0.0.1", EVIL, False),
        ("127.0.0.1", "null", False),
        ("127.0.0.1", "http://127.0.0.1:1", False),
        ("evil.example.com", "http://evil.example.com:{port}", False),
        ("evil.example.com", None, False),
    ],
)
def test_the_websocket_handshake(server: Server, host: str, origin: str | None, accepted: bool) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as raw:
        try:
            with connect(
                f"ws://{host}:{server.port}/graphql", sock=raw, subprotocols=["graphql-ws"],  # type: ignore[list-item]
                origin=origin and origin.format(port=server.port), proxy=None,  # type: ignore[arg-type]
            ) as channel:  # fmt: skip
                channel.send('{"type": "connection_init"}')
                assert json.loads(channel.recv(60))["type"] == "connection_ack"
                assert accepted
        except InvalidStatus as refusal:
            assert refusal.response.status_code == 403
            assert not accepted


def test_names_of_the_setting() -> None:
    assert "box.lan:8080" in allowed_hosts(3000, ["Box.lan:8080"])
    assert "localhost" in allowed_hosts(80)
    for wrong in ("*", "http://box.lan", "box.lan/x", "a b", ""):
        with pytest.raises(ValueError, match="is no host"):
            allowed_hosts(3000, [wrong])
