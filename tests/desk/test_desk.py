"""The desk over HTTP: who may, what is shown, decided, undone; what no longer fits."""

import asyncio
import csv
import json

import pytest

from orchestration.desk import journal
from orchestration.desk.app import build
from orchestration.desk.desk import Desk
from orchestration.desk.queue import queue
from orchestration.extraction.isolation import read_document
from orchestration.extraction.promotion import load_decisions

_OWN = {"host": "127.0.0.1:80", "cookie": "desk=secret", "content-type": "application/json"}


@pytest.fixture
def document(tmp_path):
    path = tmp_path / "inbox" / "made.txt"
    path.parent.mkdir()
    path.write_text("# AI in China\n\nIn 2024 revenue was USD 36 billion.\nIn 2025 it was USD 45 billion.\n")
    return path


@pytest.fixture
def ask(document):
    raw = document.parent.parent
    app = build(Desk(raw, raw / "none.duckdb", {document.name: document}, {}), "secret", 80)

    def asking(method="GET", path="/figures/made.txt", body=None, **changed):
        headers = [(k.encode(), v.encode()) for k, v in (_OWN | changed).items()]
        sent = []

        async def receive():
            return {"type": "http.request", "body": json.dumps(body).encode()}

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": headers,
                 "scheme": "http", "http_version": "1.1", "root_path": "", "server": ("127.0.0.1", 80)}  # fmt: skip
        asyncio.run(app(scope, receive, send))
        return sent[0]["status"], b"".join(m.get("body", b"") for m in sent[1:]).decode()

    return asking


def _first(document):
    return queue(document, read_document(document), journal.read(document.parent.parent))[0]


def _body(shown, what, **more):
    return {"item": shown.name, "hash": shown.hash, "what": what, "seen": None, **more}


@pytest.mark.parametrize(
    "changed", [{"host": "evil.example"}, {"origin": "http://evil.example"}, {"cookie": "desk=wrong"}]
)
def test_nobody_else_reads_or_decides(ask, document, changed):
    assert ask(**changed)[0] == 403
    assert ask("POST", "/decide", _body(_first(document), "accept"), **changed)[0] == 403
    assert journal.read(document.parent.parent) == []


def test_a_decision_is_one_line_and_undo_another(ask, document):
    raw, shown = document.parent.parent, _first(document)
    assert shown.figure.printed in ask()[1]
    assert ask("POST", "/decide", _body(shown, "accept"))[0] == 200
    assert len(load_decisions(document).accept) == 1
    assert ask("POST", "/decide", {"what": "undo", "queue": "figure:made.txt"})[0] == 200
    assert [entry["what"] for entry in journal.read(raw)] == ["accept", "undo"]
    assert not load_decisions(document).accept


def test_a_stale_tab_is_refused(ask, document):
    shown = _first(document)
    assert ask("POST", "/decide", _body(shown, "accept"))[0] == 200
    assert ask("POST", "/decide", _body(shown, "reject"))[0] == 409
    assert len(journal.read(document.parent.parent)) == 1


def test_a_corrected_row_is_a_label_and_is_not_promoted_as_read(ask, document):
    assert ask("POST", "/decide", _body(_first(document), "edit", new={"value": "1"}))[0] == 200
    assert not load_decisions(document).accept
    with (document.parent / "labels" / document.name / "expected.csv").open() as handle:
        assert [row["value"] for row in csv.DictReader(handle)] == ["1"]


def test_a_figure_that_its_line_does_not_print_is_an_orphan(document):
    figures = read_document(document)
    document.write_text("moved\n" + document.read_text())
    assert all(shown.orphan for shown in queue(document, figures, []))


def test_an_unfinished_line_is_dropped(document):
    raw = document.parent.parent
    entry = {"item": "figure:a#b", "hash": "c", "what": "accept"}
    journal.append(raw, entry, None)
    with (raw / journal.FILE).open("ab") as handle:
        handle.write(b'{"item": "fig')
    assert journal.read(raw) == [entry]
    journal.append(raw, entry | {"what": "undo"}, "accept")
    assert [e["what"] for e in journal.read(raw)] == ["accept", "undo"]


def test_a_part_of_a_longer_number_is_no_place(document):
    document.write_text("In 2024 the share of AI chips was 36%.\n")
    figures = read_document(document)
    assert [shown.orphan for shown in queue(document, figures, [])] == [False]
    document.write_text("In 2024 the share of AI chips was 136%.\n")
    assert [shown.orphan for shown in queue(document, figures, [])] == [True]


def test_an_unsure_figure_goes_behind_the_others(ask, document):
    shown = _first(document)
    assert f'data-item="{shown.name}"' in ask()[1]
    assert ask("POST", "/decide", _body(shown, "unsure"))[0] == 200
    assert f'data-item="{shown.name}"' not in ask()[1]
    assert "2 open of 2" in ask()[1]
