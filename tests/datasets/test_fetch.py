"""What comes from an address is looked at before it is kept; nothing is published that nobody confirmed."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from orchestration.cli import main
from orchestration.datasets import fetch as fetching
from orchestration.datasets.fetch import FetchError, fetch
from orchestration.datasets.spec import Spec, read_spec
from orchestration.loading import load_reference
from tests.datasets.made import FIRST, SPEC, THIRD, make

Answer = Callable[[BaseHTTPRequestHandler], None]


def say(status: int, body: bytes = b"", headers: dict[str, str] | None = None, length: int | None = None) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in (headers or {}).items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body) if length is None else length))
        request.end_headers()
        request.wfile.write(body)

    return answer


class Server:
    """A server of this machine that answers what a test tells it, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer: Answer = say(200, THIRD.encode(), {"ETag": '"3"'})
        self.asked: list[dict[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(dict(self.headers))
                outer.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/chips.csv"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(fetching, "_PAUSE", 0.01)
    started = Server()
    yield started
    started.server.shutdown()


@pytest.fixture
def project(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Path:
    raw = tmp_path / "raw"
    make(raw, SPEC.replace("https://chips.example/chips.csv", server.url))
    for name, folder in (("RAW", "raw"), ("STATE", "state"), ("PUBLISHED", "warehouse")):
        monkeypatch.setenv(f"AI_FIGURES_{name}", str(tmp_path / folder))
    return raw


def spec_of(raw: Path) -> Spec:
    return read_spec(raw / "chips", raw, load_reference(raw))


def test_a_draft_waits_for_a_person(project: Path, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    server.answer = say(200, THIRD.replace("Kestrel,4.0e14", "Kestrel,4.4e14").encode(), {"ETag": '"4"'})
    today = datetime.now(UTC).date()
    assert main(["fetch", "chips"]) == 0
    out = capsys.readouterr().out
    assert "value revised: kestrel.fp16 400000000000000 -> 440000000000000 FLOP/s" in out and "a draft" in out
    assert not (project / "chips" / "snapshots" / f"{today}.csv").exists()
    assert main(["fetch", "chips", "--offline", "--publish"]) == 0
    assert (project / "chips" / "snapshots" / f"{today}.csv").is_file()
    (entry,) = json.loads((project / "chips" / "snapshots" / "manifest.json").read_text()).values()
    assert len(entry["sha256"]) == 64 and entry["origin"] == server.url


def test_the_same_rows_are_no_vintage(project: Path, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    server.answer = say(200, THIRD.replace("3.0e14", "300000000000000.04").encode())
    assert main(["fetch", "chips", "--publish"]) == 0
    assert "no new vintage" in capsys.readouterr().out
    assert len(list((project / "chips" / "snapshots").glob("*.csv"))) == 3


def test_what_has_not_changed_is_not_fetched_again(project: Path, server: Server) -> None:
    spec = spec_of(project)
    assert fetch(project / "chips", project, spec).draft is not None
    server.answer = say(304)
    assert fetch(project / "chips", project, spec).draft is None
    assert server.asked[-1]["If-None-Match"] == '"3"'


WRONG = {
    "404": (say(404, b"<html>"), "answers 404"),
    "500": (say(500, b"oops"), "answers 500"),
    "a web page": (say(200, b"<!doctype html><html></html>"), "is a web page"),
    "nothing": (say(200), "is empty"),
    "cut off": (say(200, FIRST.encode(), length=10_000), "cannot be had"),
    "cut off without a length": (say(200, THIRD.encode()[:-25]), "cells, the header has"),
    "another host": (say(302, b"", {"Location": "http://localhost:9/chips.csv"}), "another host"),
    "another scheme": (say(302, b"", {"Location": "file:///etc/passwd"}), "not allowed"),
    "too large": (say(200, b"Name,FP16 (FLOP/s)\n" + b"x" * 300_000), "is larger than"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_bad_answer_ends_in_a_message(name: str, project: Path, server: Server) -> None:
    server.answer, words = WRONG[name]
    with pytest.raises(FetchError, match=words):
        fetch(project / "chips", project, spec_of(project), timeout=5, limit=200_000)
    left = [path.name for path in (project / "chips" / "draft").glob("*")]
    assert left == [] and len(list((project / "chips" / "snapshots").glob("*"))) == 3


def test_a_slow_server_is_given_up(project: Path, server: Server) -> None:
    waiting = threading.Event()
    server.answer = lambda request: waiting.wait(20) and None
    with pytest.raises(FetchError, match="cannot be had"):
        fetch(project / "chips", project, spec_of(project), timeout=0.2)
    waiting.set()


def test_a_snapshot_is_never_replaced(project: Path, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    today = datetime.now(UTC).date()
    (project / "chips" / "snapshots" / f"{today}.csv").write_text(FIRST, encoding="utf-8")
    server.answer = say(200, THIRD.replace("Kestrel,4.0e14", "Kestrel,4.4e14").encode())
    assert main(["fetch", "chips", "--publish"]) == 1
    assert "never replaced" in capsys.readouterr().err


def test_a_spec_is_drafted_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "chips.csv"
    path.write_text(THIRD, encoding="utf-8")
    assert main(["new-source", str(path)]) == 0
    out = capsys.readouterr().out
    assert 'key: {column: "Name"}' in out and '{column: "TDP (W)", key: tdp, indicator: power_draw, unit: header' in out
    assert main(["new-source", str(tmp_path / "absent.csv")]) == 1


def test_the_vintages_of_a_dataset_are_listed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "chips"]) == 0
    out = capsys.readouterr().out
    for line in (
        "first snapshot: 6 rows",
        "value withdrawn: heron-a.tdp 140",
        "value revised: heron-a.bandwidth 9800000000000 -> 820000000000 byte/s",
        "row gone: Wren",
        "row new: Plover",
        "column gone: Memory size (GB)",
    ):
        assert line in out
    assert "oxbow" not in out
    assert main(["diff", "nobody"]) == 1


def test_what_seems_to_be_renamed_is_proposed(
    project: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = THIRD.replace("Plover,", "Plover: X1,").replace("Efficiency", "Efficacy").replace(",700,\n", ",700,7\n")
    changed = answer.replace(",\n", ",5\n").replace("4.0e14", "4.4e14")
    (project / "chips" / "snapshots" / "2026-01-01.csv").write_text(THIRD.replace(",\n", ",5\n"), encoding="utf-8")
    server.answer = say(200, changed.encode())
    assert main(["fetch", "chips"]) == 0
    out = capsys.readouterr().out
    assert "column renamed, as it seems: Efficiency -> Efficacy" in out
    assert 'row renamed, as it seems: Plover -> Plover: X1. Write `rows: {"Plover": "Plover: X1"}` into the spec' in out
    assert "row new" not in out and "row gone" not in out and "column new" not in out
    # a proposal speaks against publishing without a person
    spec = project / "chips" / "dataset.yml"
    spec.write_text(spec.read_text().replace("key:", "publish: when clean\nkey:", 1))
    assert main(["fetch", "chips"]) == 0
    assert "a draft" in capsys.readouterr().out
