"""A document at the desk: its frame, runners-up, new registry rows, reading twice, many at once, promotion."""

import csv

import duckdb
import pytest
import yaml

from orchestration.cli import main
from orchestration.desk import blind, decisions, frames, journal, registry, rows, views
from orchestration.desk.alternatives import alternatives
from orchestration.desk.desk import Desk
from orchestration.desk.queue import is_open
from orchestration.inbox import documents
from orchestration.loading import load_reference, load_source, load_sources
from tests.conftest import settings_below


@pytest.fixture
def at_desk(raw, document, never_blind):
    return Desk(raw, raw / "none.duckdb")


def _ask(desk, shown, what, **more):
    asked = {"item": shown.name, "hash": shown.hash, "what": what, "seen": None, "queue": "figure:made.txt"}
    return decisions.decide(desk, asked | more)


def _by_print(desk):
    return {shown.figure.printed: shown for shown in desk.shown("made.txt")}


def _undo(desk):
    return decisions.decide(desk, {"what": "undo", "queue": "figure:made.txt"})


# --- frame ---


@pytest.fixture
def unframed(at_desk, document):
    document.with_name("made.txt.frame.yml").unlink()
    document.write_text(
        "# AI market in Japan 2024\n\nRevenue of vendors was USD 36 billion.\n\nIn Japan in 2024 it grew.\n"
    )
    return at_desk


def test_the_frame_is_confirmed_by_two_keys_and_governs_the_figures(unframed, document):
    told = document.with_name("made.txt.frame.yml")
    questions = unframed.questions("made.txt")
    assert [(q.field, q.value) for q in questions] == [("period", "2024"), ("place", "JPN")]
    _ask(unframed, questions[0], "accept")
    assert not told.exists()  # half a frame would have the document read twice
    _ask(unframed, questions[1], "edit", new={"place": "KOR"})
    assert yaml.safe_load(told.read_text()) == {"period": "2024", "place": "KOR"}
    assert frames.waiting(unframed.questions("made.txt")) == []
    assert _by_print(unframed)["USD36billion"].figure.geography == "KOR"
    assert [d.name for d in unframed.documents.values()] == ["made.txt"]  # the frame is no document
    _undo(unframed)
    assert not told.exists()
    assert [q.field for q in frames.waiting(unframed.questions("made.txt"))] == ["place"]


def test_a_frame_that_nothing_infers_may_be_none_and_nonsense_is_refused(unframed, document):
    questions = unframed.questions("made.txt")
    with pytest.raises(decisions.RefusedError, match="no code of a geography"):
        _ask(unframed, questions[1], "edit", new={"place": "nowhere at all"})
    _ask(unframed, questions[0], "reject")
    _ask(unframed, questions[1], "unsure")
    assert yaml.safe_load(document.with_name("made.txt.frame.yml").read_text()) == {"period": "none"}


def test_what_a_person_wrote_into_the_frame_file_is_not_asked(at_desk):
    assert at_desk.questions("made.txt") == []


def test_a_frame_that_is_told_has_the_document_extracted_anew_by_the_build(raw, document, tmp_path):
    settings = settings_below(tmp_path)
    told = document.with_name("made.txt.frame.yml")
    before = documents._kept_file(settings, document)
    told.write_text("period: 2024\n")
    assert documents._kept_file(settings, document) != before
    assert documents.inbox_documents(raw) == [document]


# --- runners-up and edits ---


def test_a_runner_up_is_what_the_sentence_or_the_text_above_names(at_desk, document):
    document.write_text("# Chips of NVIDIA\n\nIn 2024, after 2023, revenue in China and in Japan was USD 36 billion.\n")
    shown = _by_print(at_desk)["USD36billion"]
    above = document.read_text()[:40]
    found = alternatives(shown.figure, above, [], {"period": "2022", "geography": ""}, at_desk.reference())
    read = shown.figure
    assert {"2023", "2024", "2022"} - {read.period} <= set(found["period"])
    assert {"CHN", "JPN"} - {read.geography} <= set(found["geography"])
    assert read.entity == "NVIDIA" or "NVIDIA" in found["entity"]
    assert all(getattr(read, name) not in found[name] for name in ("period", "status", "entity"))


def test_the_last_mend_of_the_same_reading_comes_first(at_desk):
    shown = _by_print(at_desk)
    _ask(at_desk, shown["USD36billion"], "edit", new={"indicator": "company_fact"})
    figure = shown["USD45billion"].figure
    found = alternatives(figure, "", at_desk.shown("made.txt"), {}, at_desk.reference())
    assert found["indicator"][0] == "company_fact"


@pytest.mark.parametrize(("typed", "value"), [("3.7e10", 3.7e10), ("37bn USD", 3.7e10), ("370亿美元", 3.7e10)])
def test_a_value_is_typed_plain_or_as_it_is_printed(at_desk, typed, value):
    _ask(at_desk, _by_print(at_desk)["USD36billion"], "edit", new={"value": typed}, sure=True)
    (line,) = journal.read(at_desk.raw)
    assert float(line["new"]["value"]) == value and line["new"]["unit"] == "USD"


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ({"value": "much"}, "is no number"),
        ({"entity": "Nobody Ltd"}, "knows no entity 'Nobody Ltd'"),
        ({"period": "once"}, "once"),
        ({"unit": "furlong"}, "knows no unit"),
        ({"indicator": "patents", "statistic": "level"}, "does not fit indicator|knows no indicator"),
    ],
)
def test_what_the_loader_would_refuse_is_refused_at_the_desk(at_desk, new, message):
    with pytest.raises(rows.EditError, match=message):
        _ask(at_desk, _by_print(at_desk)["USD36billion"], "edit", new=new)
    assert journal.read(at_desk.raw) == []


# --- registries ---


def test_a_new_entity_is_a_row_of_the_registry_and_may_be_used_at_once(at_desk, raw):
    seen = registry.digest(raw, "entity")
    path = registry.propose(raw, "entity", {"entity": "Nobody Ltd", "kind": "company", "country": "JPN"}, seen)
    with path.open(encoding="utf-8") as handle:
        assert (
            list(csv.DictReader(handle))[-1] | {"kind": "company", "country": "JPN"}
            == list(csv.DictReader(path.open(encoding="utf-8")))[-1]
        )
    assert "Nobody Ltd" in load_reference(raw).entities
    _ask(at_desk, _by_print(at_desk)["USD36billion"], "edit", new={"entity": "Nobody Ltd"})
    with pytest.raises(registry.RowRefusedError, match="changed since"):
        registry.propose(raw, "entity", {"entity": "Another Ltd", "kind": "company"}, seen)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"entity": "Nobody Ltd"}, "kind"),
        ({"entity": "NVIDIA", "kind": "company"}, "stands twice"),
        ({"entity": "Nobody Ltd", "kind": "company", "country": "Atlantis"}, "Atlantis"),
        ({"entity": "", "kind": "company"}, "empty"),
    ],
)
def test_a_row_that_the_loader_refuses_is_not_written(raw, row, message):
    path = raw / "reference" / "entities.csv"
    before = path.read_bytes()
    with pytest.raises(registry.RowRefusedError, match=message):
        registry.propose(raw, "entity", row, registry.digest(raw, "entity"))
    assert path.read_bytes() == before


# --- many at once ---


def test_one_key_accepts_rows_that_agree_and_one_takes_them_back(at_desk):
    first, second = (_by_print(at_desk)[printed] for printed in ("USD36billion", "USD45billion"))
    other = {"item": second.name, "hash": second.hash, "seen": None}
    assert _ask(at_desk, first, "accept", others=[other])["count"] == 2
    assert not any(is_open(shown) for shown in at_desk.shown("made.txt"))
    assert _undo(at_desk)["count"] == 2
    assert all(is_open(shown) for shown in at_desk.shown("made.txt"))


def test_a_mend_reaches_the_rows_that_were_read_the_same(at_desk):
    first, second = (_by_print(at_desk)[printed] for printed in ("USD36billion", "USD45billion"))
    other = {"item": second.name, "hash": second.hash, "seen": None}
    with pytest.raises(decisions.RefusedError, match="one figure only"):
        _ask(at_desk, first, "edit", new={"value": "1"}, others=[other])
    _ask(at_desk, first, "edit", new={"entity": "NVIDIA", "period": "2021"}, others=[other])
    lines = {line["item"]: line for line in journal.read(at_desk.raw)}
    assert lines[second.name]["what"] == "edit"
    mended = lines[second.name]["new"]
    assert (mended["entity"], mended["value"], mended["period"]) == ("NVIDIA", "45000000000", "2025")


def test_rows_that_do_not_agree_are_not_accepted_together_and_none_is_written(at_desk, document):
    document.write_text("In 2024 revenue in China was USD 36 billion.\n\nIn 2024 its margin was 45%.\n")
    first, second = at_desk.shown("made.txt")[:2]
    with pytest.raises(decisions.RefusedError, match="does not agree"):
        _ask(at_desk, first, "accept", others=[{"item": second.name, "hash": second.hash}])
    assert journal.read(at_desk.raw) == []


# --- twice, once blind ---


def test_a_drawn_figure_is_read_blind_first_and_the_agreement_is_counted(at_desk, monkeypatch):
    monkeypatch.setattr(blind, "SHARE", 1.0)
    shown = _by_print(at_desk)["USD36billion"]
    assert blind.waits(shown, {})
    read = {"value": "36bn USD", "period": "2023", "status": "actual", "statistic": "level"}
    asked = {"item": blind.item_name(shown), "hash": shown.hash, "what": "read", "new": read}
    decisions.decide(at_desk, asked)
    assert not blind.waits(shown, journal.standing(journal.read(at_desk.raw)))
    _ask(at_desk, shown, "accept")
    counted = {a.field: a for a in blind.agreement(journal.read(at_desk.raw))}
    assert (counted["value"].read, counted["value"].agree) == (1, 1)
    assert (counted["period"].read, counted["period"].agree) == (1, 0)
    with (at_desk.raw / blind.FILE).open() as handle:
        assert next(csv.DictReader(handle)) == {
            "field": "value",
            "read_twice": "1",
            "agree": "1",
            "machine_agrees_with_blind": "1",
        }


def test_the_share_is_drawn_by_name_alone(at_desk, monkeypatch):
    monkeypatch.setattr(blind, "SHARE", 0.08)
    shown = at_desk.shown("made.txt")[0]
    names = [type(shown)(f"figure:a#{n}", "", "", shown.figure, False, None) for n in range(2000)]
    assert 0.05 < sum(map(blind.is_drawn, names)) / 2000 < 0.1


# --- promotion ---


@pytest.mark.parametrize("by", ["desk", "command"])
def test_accepted_and_edited_figures_are_promoted_as_they_were_decided(at_desk, raw, document, by, monkeypatch):
    shown = _by_print(at_desk)
    _ask(at_desk, shown["USD36billion"], "accept")
    _ask(at_desk, shown["USD45billion"], "edit", new={"value": "4.6e10", "status": "forecast"}, sure=True)
    figures, refused = rows.decided(at_desk.shown("made.txt"), at_desk.reference())
    assert refused == []
    if by == "desk":
        done = rows.promoted(raw, document, figures, at_desk.reference())
        assert (done.written, done.present) == (2, 0)
    else:
        monkeypatch.setenv("AI_FIGURES_RAW", str(raw))
        assert main(["promote", str(document)]) == 0
    (source_id,) = load_sources(raw)
    load = load_source(raw, load_sources(raw)[source_id], load_reference(raw))
    assert load.problems == []
    units = load_reference(raw).units
    read = {f.printed: (f.number * units.get(f.unit_symbol).factor, f.status) for f in load.figures}
    assert read == {"USD36billion": (3.6e10, "actual"), "USD45billion": (4.6e10, "forecast")}


# --- what reopens ---


def test_a_decision_is_asked_again_only_if_what_was_judged_changed(at_desk, document):
    _ask(at_desk, _by_print(at_desk)["USD36billion"], "accept")
    document.write_text(document.read_text() + "\nThis line has no figure.\n")
    assert not is_open(_by_print(at_desk)["USD36billion"])
    document.write_text(document.read_text().replace("In 2024", "In 2022"))
    assert is_open(_by_print(at_desk)["USD36billion"])


def test_documents_come_in_order_of_expected_damage_and_a_finished_one_last(at_desk, raw, document, tmp_path):
    for name in ("sure.txt", "unsure.txt"):
        (raw / "inbox" / name).write_text(document.read_text())
    at_desk.published = tmp_path / "w.duckdb"
    with duckdb.connect(str(at_desk.published)) as db:
        db.execute("create schema candidates; create table candidates.comparisons (figure_ids text[])")
        db.execute(
            "create table candidates.figures (file text, figure_id text, withheld text, confidence double, "
            "confidence_period double, confidence_geography double, confidence_status double, "
            "confidence_statistic double)"
        )
        row = "insert into candidates.figures values (?, ?, null, ?, 0.9, 0.9, 0.9, 0.9)"
        for file, sure in (("made.txt", 0.1), ("unsure.txt", 0.5), ("sure.txt", 0.99)):
            db.execute(row, [file, f"{file}/x1-1", sure])
    assert [d.name for d in views.start(at_desk, None)["documents"]] == ["made.txt", "unsure.txt", "sure.txt"]
    for shown in at_desk.shown("made.txt"):
        _ask(at_desk, shown, "accept")
    found = views.start(at_desk, None)["documents"]
    assert [(d.name, d.figures, d.open) for d in found][1:] == [("sure.txt", 1, None), ("made.txt", 2, 0)]
