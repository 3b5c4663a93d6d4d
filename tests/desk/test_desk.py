"""The desk over HTTP: who may, what is shown, decided, undone; what no longer fits."""

import asyncio
import csv
import json

import pytest

from orchestration.desk import journal
from orchestration.desk.app import build
from orchestration.desk.desk import Desk
from orchestration.desk.queue import load, queue
from orchestration.desk.text import document_lines
from orchestration.extraction.isolation import read_document
from orchestration.extraction.model import ExtractionError
from orchestration.extraction.promotion import load_decisions

_WORDS = {"USD36billion": "USD 36 billion", "USD45billion": "USD 45 billion"}
_OWN = {"host": "127.0.0.1:80", "cookie": "desk=secret", "content-type": "application/json"}


@pytest.fixture
def ask(document, never_blind):
    raw = document.parent.parent
    app = build(Desk(raw, raw / "none.duckdb"), "secret", 80)

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


def _queue(document, entries=()):
    return queue(load(document, read_document(document)), list(entries))


def _first(document):
    return _queue(document, journal.read(document.parent.parent))[0]


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
    assert f">{_WORDS[shown.figure.printed]} = " in ask()[1]  # as the text prints it
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
    assert ask("POST", "/decide", _body(_first(document), "edit", new={"value": "1"}, sure=True))[0] == 200
    assert not load_decisions(document).accept
    with (document.parent / "labels" / document.name / "expected.csv").open() as handle:
        assert [row["value"] for row in csv.DictReader(handle)] == ["1"]


def test_nobody_accepts_unseen_what_a_blank_is_written_as(ask):
    _, page = ask()
    field = page[page.index('name="indicator"') :].partition(">")[0]
    assert 'placeholder="macro_amount"' in field
    assert "placeholder" not in page[page.index('name="period"') :].partition(">")[0]  # a blank period stays blank


def test_what_the_document_does_not_print_is_asked_for_twice_and_said_in_the_row(ask, document):
    """A slip of the keyboard looks surer than a misreading: the value, or a unit that the document names nowhere."""
    typed = _body(_first(document), "edit", new={"value": "99999"})
    status, told = ask("POST", "/decide", typed)
    assert (status, json.loads(told)["field"], json.loads(told)["again"]) == (409, "value", True)
    assert "a saves it all the same" in json.loads(told)["error"] and not journal.read(document.parent.parent)
    unit = ask("POST", "/decide", _body(_first(document), "edit", new={"unit": "JPY"}))
    assert (unit[0], json.loads(unit[1])["field"]) == (409, "unit")
    assert ask("POST", "/decide", typed | {"sure": True})[0] == 200
    assert journal.read(document.parent.parent)[-1]["unprinted"] == ["value"]
    assert ask("POST", "/promote", {"document": document.name})[0] == 200
    (rows,) = (document.parent.parent / "made" / "figures").glob("*.csv")
    assert "given at the desk, not printed: value" in rows.read_text()


def test_a_figure_that_its_line_does_not_print_is_an_orphan(document):
    figures = read_document(document)
    document.write_text("moved\n" + document.read_text())
    assert all(shown.orphan for shown in queue(load(document, figures), []))


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
    assert [shown.orphan for shown in queue(load(document, figures), [])] == [False]
    document.write_text("In 2024 the share of AI chips was 136%.\n")
    assert [shown.orphan for shown in queue(load(document, figures), [])] == [True]


def test_cells_of_a_text_table_are_places_of_their_own(document):
    document.write_text("Revenue, USD billion\n\nCompany   2024   2025\nAlpha   11.7   48.1\nBeta   7.1   66.1\n")
    shown = _queue(document)
    assert {s.figure.printed for s in shown} >= {"11.7", "48.1"} and not any(s.orphan for s in shown)


def test_the_same_words_twice_in_a_line_are_told_apart_by_their_order(document):
    document.write_text("In 2024 the share of AI chips was 36% in China and 36% in Japan.\n")
    read = load(document, read_document(document))
    places = [read.anchored.spans[s.key] for s in sorted(queue(read, []), key=lambda s: s.key)]
    assert [len(found) for found in places] == [1, 1] and places[0] < places[1]


def test_an_unsure_figure_goes_behind_the_others(ask, document):
    shown = _first(document)
    assert f'data-item="{shown.name}"' in ask()[1]
    assert ask("POST", "/decide", _body(shown, "unsure"))[0] == 200
    assert f'data-item="{shown.name}"' not in ask()[1]
    assert "2 open of 2" in ask()[1]


def _docx(path, sentence):
    import docx

    written = docx.Document()
    written.add_paragraph("AI in China")
    written.add_paragraph(sentence)
    table = written.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, (("AI revenue, USD billion", "2024"), ("China", "36.5")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    written.save(path)


def _html(path, sentence):
    path.write_text(f"<html><body><h1>AI in China</h1>\n<p>{sentence}</p></body></html>")


def _markdown(path, sentence):
    path.write_text(f"# AI in China\n\n{sentence}\n")


@pytest.mark.parametrize(("suffix", "write"), [(".docx", _docx), (".html", _html), (".md", _markdown)])
def test_a_figure_of_another_format_is_shown_at_its_place(tmp_path, suffix, write):
    document = tmp_path / f"made{suffix}"
    write(document, "In 2024 revenue of the AI industry in China was USD 36 billion.")
    shown = _queue(document)
    assert shown and [item.figure.printed for item in shown if item.orphan] == []
    marked = [part.text for _, parts in load(document, read_document(document)).anchored.parts() for part in parts
              if part.keys]  # fmt: skip
    assert "USD 36 billion" in marked


def test_a_document_that_cannot_be_read_is_refused(tmp_path):
    document = tmp_path / "made.pdf"
    document.write_bytes(b"no pdf")
    with pytest.raises(ExtractionError, match="its text cannot be shown"):
        document_lines(document)


def test_the_first_page_lists_documents_without_reading_them(ask, document):
    assert 'href="/figures/made.txt">made.txt</a></li>' in ask(path="/")[1]
    ask()
    assert "made.txt</a>: 2 open of 2 figures" in ask(path="/")[1]


def test_a_document_that_the_desk_does_not_know_is_told(ask):
    status, page = ask(path="/figures/other.txt")
    assert status == 404 and "no such document" in page


def test_a_document_without_text_says_so_on_its_page(ask, document):
    document.write_text("")
    status, page = ask()
    assert status == 503 and "the file is empty" in page
