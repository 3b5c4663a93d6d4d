"""A figure that extraction missed is added at the desk: at its place, as the parser reads it, kept as a label."""

import csv
from types import SimpleNamespace

import pytest

from orchestration.cli import main
from orchestration.desk import added, adding, decisions, journal, rows
from orchestration.desk.desk import Desk
from orchestration.desk.rows import EditError
from tests.conftest import settings_below

_TEXT = """# AI in China

In 2024 revenue was USD 36 billion.

The run of the H100 took about 95 and the next 95 as well, at a cost of -4.5; it had 3.1e25.
It took 14 to 16 in all.
"""
_SAID = {"status": "actual", "statistic": "level", "period": "2024", "indicator": "duration"}


@pytest.fixture
def at_desk(raw, document, never_blind):
    document.write_text(_TEXT)
    return Desk(raw, raw / "none.duckdb")


def _place(printed, scale="days", line=5, **more):
    return {"page": "", "line": str(line), "printed": printed, "scale": scale, **more}


def _add(desk, place, **more):
    seen = added.seen(desk.document("made.txt"), added.Place.told(place))
    asked = {"item": "added:made.txt#", "hash": seen, "what": "add", "queue": "figure:made.txt"}
    return decisions.decide(desk, asked | {"new": _SAID | place | more})


def _mine(desk):
    return [shown for shown in desk.shown("made.txt") if shown.figure.added]


def _undo(desk):
    return decisions.decide(desk, {"what": "undo", "queue": "figure:made.txt"})


def test_what_the_line_prints_is_read_by_the_parser_and_stands_as_decided(at_desk):
    assert not any(shown.figure.line == 5 and shown.figure.printed == "95" for shown in at_desk.shown("made.txt"))
    _add(at_desk, _place("95"))
    (shown,) = _mine(at_desk)
    figure = shown.figure
    assert (figure.value, figure.unit, figure.qualifier) == (95 * 86400, "s", "about")  # the word stands beside it
    assert (figure.key, figure.period, figure.indicator) == ("x5-d1", "2024", "duration")
    assert not shown.orphan and shown.decision["what"] == "add"
    assert journal.read(at_desk.raw)[-1]["new"]["value"] == "8208000"


def test_both_ends_of_a_range_are_added_by_one_line_of_the_journal(at_desk):
    for shown in at_desk.shown("made.txt"):  # whatever was read there gives way
        if shown.figure.line == 6:
            decisions.decide(at_desk, {"item": shown.name, "hash": shown.hash, "what": "reject", "seen": None})
    _add(at_desk, _place("14 to 16", line=6))
    assert [(s.figure.value / 86400, s.figure.range_end) for s in _mine(at_desk)] == [(14, "low"), (16, "high")]
    assert sum(entry["what"] == "add" for entry in journal.read(at_desk.raw)) == 1


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (_place("96"), "does not print '96'"),
        (_place("95", line=3), "does not print"),
        (_place("95", line="x"), "in which line"),
        (_place("95", line="9" * 5000), "in which line"),
        (_place("9 " * 5000), "cannot be read"),
        (_place("95", scale=""), "has no unit"),
        (_place("95", scale="furlongs of no registry"), "cannot be read"),
        (_place("36 billion", scale="USD", line=3), "is a figure already"),
        (_place("4.5", scale="USD"), "goes on: it prints '-4.5'"),
        (_place("100", scale="W"), "goes on: it prints 'H100'"),
        (_place("3.1", scale="FLOP"), "goes on: it prints '3.1e25"),
        (_place("took", scale="W"), "cannot be read"),
    ],
)
def test_what_is_no_figure_of_its_own_at_this_place_is_refused(at_desk, place, message):
    document = at_desk.document("made.txt")
    with pytest.raises(added.AddError, match=message):
        added.read(document, added.Place.told(place), at_desk.reference())


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"status": ""}, added.AddError),
        ({"indicator": "no_such"}, EditError),
        ({"period": "sometime"}, EditError),
        ({"entity": "Nobody Ltd"}, EditError),
        ({"indicator": "revenue"}, EditError),  # days are no revenue
    ],
)
def test_context_that_the_loader_would_refuse_is_refused(at_desk, said, error):
    with pytest.raises(error):
        _add(at_desk, _place("95"), **said)
    assert journal.read(at_desk.raw) == []


def test_words_that_a_line_prints_twice_are_added_twice_and_no_more(at_desk):
    _add(at_desk, _place("95"))
    _add(at_desk, _place("95"))
    assert [shown.key for shown in _mine(at_desk)] == ["x5-d1", "x5-d2"]
    with pytest.raises(added.AddError, match="is a figure already"):
        _add(at_desk, _place("95"))


def test_an_addition_is_undone_or_taken_back_and_its_key_is_not_used_again(at_desk):
    _add(at_desk, _place("95"))
    _undo(at_desk)
    assert _mine(at_desk) == []
    _add(at_desk, _place("95"))
    (shown,) = _mine(at_desk)
    assert shown.key == "x5-d2"
    decisions.decide(at_desk, {"item": shown.name, "hash": shown.hash, "what": "reject", "seen": "add"})
    assert _mine(at_desk) == []
    _undo(at_desk)
    assert [shown.key for shown in _mine(at_desk)] == ["x5-d2"]


def _offered(desk, printed):
    request = SimpleNamespace(query_params=_place(printed, line=3, scale=""))
    fields = adding.page(desk, request, "made.txt", {}, "en")["fields"]
    return {name: (value, others) for _, name, value, others in fields}


def test_the_nearest_figure_of_the_line_is_offered_and_filled_in_once_a_person_judged_it(at_desk, document):
    document.write_text("\n\nIn 2024 revenue was USD 36 billion, and 12% more came late.\n")
    (late,) = [shown for shown in at_desk.shown("made.txt") if shown.figure.printed == "12%"]
    decisions.decide(at_desk, {"item": late.name, "hash": late.hash, "what": "reject", "seen": None})
    (known,) = [shown for shown in at_desk.shown("made.txt") if shown.figure.printed != "12%"]
    value, others = _offered(at_desk, "12%")["period"]
    assert (value, others[0]) == ("", "2024")
    decisions.decide(at_desk, {"item": known.name, "hash": known.hash, "what": "accept", "seen": None})
    offered = _offered(at_desk, "12%")
    assert (offered["period"][0], offered["indicator"][0]) == ("2024", "")  # what it is about is never taken over


def test_a_figure_that_is_still_to_be_read_blind_offers_nothing(at_desk, document, monkeypatch):
    document.write_text("\n\nIn 2024 revenue was USD 36 billion, and 12% more came late.\n")
    (late,) = [shown for shown in at_desk.shown("made.txt") if shown.figure.printed == "12%"]
    decisions.decide(at_desk, {"item": late.name, "hash": late.hash, "what": "reject", "seen": None})
    monkeypatch.setattr(adding, "alternatives", lambda *_: {name: [] for name in added.CONTEXT})
    assert _offered(at_desk, "12%")["period"] == ("", ["2024"])
    monkeypatch.setattr("orchestration.desk.blind.SHARE", 1.0)
    assert _offered(at_desk, "12%")["period"] == ("", [])


def test_a_line_that_changed_since_it_was_shown_is_refused(at_desk):
    asked = {"item": "added:made.txt#", "hash": "old", "what": "add", "new": _SAID | _place("95")}
    with pytest.raises(decisions.RefusedError, match="changed since"):
        decisions.decide(at_desk, asked)


def test_an_addition_that_its_line_no_longer_prints_is_an_orphan(at_desk, document):
    _add(at_desk, _place("95"))
    document.write_text(_TEXT.replace("95", "97"))
    (shown,) = _mine(at_desk)
    assert shown.orphan
    assert rows.decided(at_desk.shown("made.txt"), at_desk.reference()) == ([], [])


@pytest.mark.parametrize("by", ["desk", "command"])
def test_an_addition_is_promoted_and_kept_as_a_label(at_desk, raw, document, by, monkeypatch, tmp_path):
    _add(at_desk, _place("95"))
    with (raw / "inbox" / "labels" / "made.txt" / "expected.csv").open(encoding="utf-8") as handle:
        (label,) = csv.DictReader(handle)
    assert (label["line"], label["printed"], label["value"], label["indicator"]) == ("5", "95", "8208000", "duration")
    if by == "desk":
        figures, refused = rows.decided(at_desk.shown("made.txt"), at_desk.reference())
        assert not refused
        rows.promoted(raw, document, figures, at_desk.reference())
    else:
        monkeypatch.setenv("AI_FIGURES_RAW", str(settings_below(tmp_path).raw))
        assert main(["promote", str(document)]) == 0
    with (raw / "made" / "figures" / "extracted.csv").open(encoding="utf-8") as handle:
        (row,) = csv.DictReader(handle)
    assert (row["key"], row["printed"], row["scale"], row["qualifier"]) == ("x5-d1", "95", "days", "about")
    assert row["note"] == "added at the desk"


def test_what_stands_inside_a_longer_figure_is_not_its_place(at_desk, document):
    document.write_text("It grew by a factor of 5.0 a year, to 5.0 × 10^26 FLOP in 2024.\n")
    spans = at_desk.document("made.txt").anchored.spans
    assert all(len(places) == 1 for places in spans.values()) and len(spans) >= 2


def test_what_the_loader_would_refuse_is_refused_when_it_is_accepted(at_desk, document, monkeypatch):
    (shown,) = [shown for shown in at_desk.shown("made.txt") if shown.figure.line == 3]

    def refuse(*_):
        raise EditError("error.loader", message="no unit")

    monkeypatch.setattr("orchestration.desk.rows.check", refuse)
    with pytest.raises(EditError, match="no unit"):
        decisions.decide(at_desk, {"item": shown.name, "hash": shown.hash, "what": "accept", "seen": None})
