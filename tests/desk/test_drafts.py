"""Drafts of datasets at the desk: what a file would change, published or held by a key."""

import asyncio
import json

import pytest

from orchestration.datasets.fetch import draft_of, open_dataset, publish_when_clean
from orchestration.desk import decisions, drafts, journal
from orchestration.desk.app import build
from orchestration.desk.desk import Desk
from tests.datasets.made import DAYS, SECOND, SPEC, THIRD, make

_DAY, *_, _LAST = DAYS
_ITEM = f"draft:chips@{_LAST}"


@pytest.fixture
def waits(tmp_path):
    """A desk over a dataset of two snapshots, and a third file that was fetched."""
    folder = make(tmp_path / "raw", days={day: DAYS[day] for day in DAYS if day != _LAST})
    _fetched(folder, THIRD)
    return Desk(tmp_path / "raw", tmp_path / "none.duckdb")


def _fetched(folder, text, day=_LAST):
    (folder / "draft").mkdir(exist_ok=True)
    (folder / "draft" / f"{day}.csv").write_text(text, encoding="utf-8")


def _ask(desk, what, seen=None, hash_=""):
    (draft,) = desk.drafts()
    return decisions.decide(desk, {"item": draft.name, "hash": hash_ or draft.hash, "what": what, "seen": seen})


def _page(desk, path="/drafts"):
    """The text of a page."""
    body = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        body.append(message.get("body", b""))

    headers = [(b"host", b"127.0.0.1:80"), (b"cookie", b"desk=secret")]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers,
             "root_path": "", "scheme": "http", "http_version": "1.1", "server": ("127.0.0.1", 80)}  # fmt: skip
    asyncio.run(build(desk, "secret", 80)(scope, receive, send))
    return b"".join(body).decode()


def test_the_page_says_what_a_draft_changes_and_what_speaks_against_it(waits):
    (draft,) = waits.drafts()
    assert (draft.name, draft.changes["row new"]) == (_ITEM, (1, ["Plover"]))
    assert draft.changes["value revised"] == (1, ["heron-a.bandwidth 9800000000000 -> 820000000000 byte/s"])
    assert ["times what it was" in problem for problem in draft.problems] == [True]
    text = _page(waits)
    assert "Plover" in text and "times what it was" in text and 'data-key="p"' in text
    assert 'href="/drafts">Drafts of datasets</a>: 1' in _page(waits, "/")


def test_publishing_makes_it_a_snapshot_with_its_author_in_the_journal(waits):
    _ask(waits, "publish")
    folder = waits.raw / "chips"
    assert (folder / "snapshots" / f"{_LAST}.csv").read_text() == THIRD
    assert str(_LAST) in json.loads((folder / "snapshots" / "manifest.json").read_text())
    (line,) = journal.read(waits.raw)
    assert (line["item"], line["what"], len(line["against"])) == (_ITEM, "publish", 1) and line["who"]
    assert waits.drafts() == [] and "No draft waits" in _page(waits)
    with pytest.raises(decisions.RefusedError, match="nothing to undo"):
        decisions.decide(waits, {"what": "undo", "queue": "draft"})


def test_a_held_draft_stays_until_the_hold_is_undone(waits):
    _ask(waits, "hold")
    assert not (waits.raw / "chips" / "snapshots" / f"{_LAST}.csv").exists()
    assert "Held back" in _page(waits)
    decisions.decide(waits, {"what": "undo", "queue": "draft"})
    assert "Held back" not in _page(waits)


def test_a_held_draft_is_not_published_by_the_rule_of_the_spec(waits):
    """`publish: when clean` gives way to a person; another file of that day is judged by the rule again."""
    folder = make(waits.raw, SPEC.replace("citation:", "publish: when clean\ncitation:"), {_DAY: SECOND})
    (folder / "snapshots" / "2025-11-01.csv").unlink()
    clean = SECOND.replace(",700,", ",710,")
    _fetched(folder, clean)
    _ask(waits, "hold")
    opened = open_dataset(waits.raw, "chips")
    held = draft_of(opened, offline=True)
    assert held.difference is not None and held.difference.problems == ()
    assert publish_when_clean(opened, held) is None
    _fetched(folder, clean.replace(",710,", ",711,"))
    assert publish_when_clean(opened, draft_of(opened, offline=True)) is not None


def test_a_draft_that_changed_since_it_was_shown_is_refused(waits):
    before = waits.drafts()[0].hash
    _fetched(waits.raw / "chips", THIRD.replace(",500,", ",501,"))
    with pytest.raises(decisions.RefusedError, match="changed since"):
        _ask(waits, "publish", hash_=before)
    assert journal.read(waits.raw) == []


def test_a_snapshot_is_never_replaced(waits):
    (waits.raw / "chips" / "snapshots" / f"{_LAST}.csv").write_text(SECOND)
    with pytest.raises(decisions.RefusedError, match="never replaced"):
        _ask(waits, "publish")
    assert journal.read(waits.raw) == []


def test_a_draft_that_cannot_be_read_says_why_and_can_only_be_held(waits):
    _fetched(waits.raw / "chips", "<!doctype html><html>")
    text = _page(waits)
    assert "is a web page, no table" in text and 'data-key="p"' not in text
    with pytest.raises(decisions.RefusedError, match="web page"):
        _ask(waits, "publish")
    _ask(waits, "hold")


def test_a_draft_that_is_a_link_out_of_raw_is_none(waits, tmp_path):
    draft = waits.raw / "chips" / "draft" / f"{_LAST}.csv"
    draft.unlink()
    (tmp_path / "elsewhere.csv").write_text(THIRD)
    draft.symlink_to(tmp_path / "elsewhere.csv")
    assert waits.drafts() == []


def test_held_drafts_come_last(waits):
    (draft,) = waits.drafts()
    other = drafts.Draft("draft:other@2026-01-01", "h", "other", _LAST, draft.path, None, {}, [])
    held = {draft.name: {"what": "hold", "hash": draft.hash}}
    assert drafts.waiting([draft, other], held) == [other, draft]
