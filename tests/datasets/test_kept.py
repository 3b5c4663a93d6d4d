"""What is kept of snapshots saves time and nothing else: with it, without it, damaged or of others, one history."""

import os
import random
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import orchestration.datasets.readings as readings_module
from orchestration.datasets import vintages as vintages_module
from orchestration.datasets.readings import Readings, kept_of
from orchestration.datasets.spec import Spec, read_spec
from orchestration.datasets.vintages import History, history_of_files, read_history
from orchestration.loading import load_reference
from orchestration.loading.problems import RawError
from orchestration.loading.reference import Reference
from orchestration.settings import PROJECT
from orchestration.store.kept import Kept
from tests.datasets.made import DAYS, make

REFERENCE = load_reference(PROJECT / "raw")
TWO = """\
format: csv
citation: made up
key: {column: Name}
entities: {kind: chip}
columns:
  - {column: TDP (W), key: tdp, indicator: power_draw, unit: header}
  - {column: Memory (GB), aliases: [Memory (bytes)], key: memory, indicator: memory_capacity, unit: header}
"""
NUMBERS = st.sampled_from(["", "1", "2", "2.0000000001", "30", "nan", "inf", "9 %"])
ROWS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "B", "c", "d", "e", "f"]), NUMBERS, NUMBERS), min_size=1, max_size=8
)


@st.composite
def snapshot(draw: st.DrawFn) -> str:
    """A file with what drift does to files: rows that come and go or stand twice, columns that are gone or change
    their unit, values that leave all together."""
    rows = draw(ROWS)
    headers = draw(st.sampled_from(["TDP (W),Memory (GB)", "TDP (W),Memory (bytes)", "TDP (W),Other", "X,Memory (GB)"]))
    zeros = draw(st.sampled_from(["", "", "000"]))
    first = draw(st.sampled_from(["Name", "Name", "Name", "Called"]))
    told = [f"{name},{one + zeros if one.isdigit() else one},{two}" for name, one, two in rows]
    return "\n".join([f"{first},{headers}", *told]) + "\n"


def naive(files: dict[date, Path], raw: Path, spec: Spec) -> list[tuple[str, str, Decimal, date, date | None]]:
    """The history as it is defined: each fact on each day beside what stood before."""
    standing: dict[tuple[str, str], tuple[readings_module.Cell, date]] = {}
    done = []
    rows: set[str] = set()
    last: dict[str, dict[str, Decimal]] = {}
    for day, path in sorted(files.items()):
        now = Readings(raw, spec, REFERENCE, Kept(None)).read(path, day)
        rows |= {row for row, _ in now.cells}
        for key in (column.key for column in spec.columns):
            numbers = now.numbers(key)
            if key in now.unknown or readings_module.leap(last.get(key, {}), numbers) is not None:
                continue
            last[key] = numbers or last.get(key, {})
            for row in rows:
                if (row, key) in now.unknown:
                    continue
                cell = now.cells.get((row, key))
                told = cell if cell and cell.text else None
                stood = standing.get((row, key))
                if stood and told and vintages_module.same(stood[0], told):
                    continue
                if stood:
                    done.append((row, key, stood[0].amount, stood[1], day))
                    del standing[row, key]
                if told:
                    standing[row, key] = (told, day)
    alive = [(row, key, cell.amount, day, None) for (row, key), (cell, day) in standing.items()]
    return sorted([*done, *alive], key=str)


def plain(history: History) -> list[tuple[str, str, Decimal, date, date | None]]:
    found = [(v.row, v.column.key, v.cell.amount, v.known_from, v.known_until) for v in history.versions]
    return sorted(found, key=str)


def told(files: dict[date, Path], raw: Path, spec: Spec, kept: Kept, reference: Reference = REFERENCE) -> History:
    wrong: list[RawError] = []
    history = history_of_files(files, Readings(raw, spec, reference, kept), spec, wrong)
    assert not wrong
    return history


@settings(max_examples=150, deadline=None)
@given(texts=st.lists(snapshot(), min_size=1, max_size=6), shuffled=st.randoms(use_true_random=False))
def test_any_order_of_arrival_with_and_without_what_is_kept_gives_one_history(
    texts: list[str], shuffled: random.Random, tmp_path_factory: pytest.TempPathFactory
) -> None:
    raw = tmp_path_factory.mktemp("any") / "raw"
    (raw / "chips" / "snapshots").mkdir(parents=True)
    (raw / "chips" / "dataset.yml").write_text(TWO, encoding="utf-8")
    spec = read_spec(raw / "chips", raw, REFERENCE)
    arrived: dict[date, Path] = {}
    for number in shuffled.sample(range(len(texts)), len(texts)):
        day = date(2025, 1, 1 + number)
        arrived[day] = raw / "chips" / "snapshots" / f"{day}.csv"
        arrived[day].write_text(texts[number], encoding="utf-8")
        kept = Kept(raw.parent / "kept")
        assert told(arrived, raw, spec, kept) == told(arrived, raw, spec, Kept(None))
        if shuffled.random() < 0.3:
            kept.forget_the_rest()
            for path in (raw.parent / "kept").iterdir():
                if shuffled.random() < 0.3:
                    path.unlink()
    assert plain(told(arrived, raw, spec, Kept(raw.parent / "kept"))) == naive(arrived, raw, spec)


@pytest.fixture()
def made(tmp_path: Path) -> tuple[dict[date, Path], Path, Spec]:
    raw = tmp_path / "raw"
    folder = make(raw, days=DAYS)
    files = {day: folder / "snapshots" / f"{day}.csv" for day in DAYS}
    return files, raw, read_spec(folder, raw, REFERENCE)


def _counted(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    parsed: list[date] = []
    read = readings_module.read_table

    def count(path: Path, raw: Path, spec: Spec, day: date) -> readings_module.Table:
        parsed.append(day)
        return read(path, raw, spec, day)

    monkeypatch.setattr(readings_module, "read_table", count)
    return parsed


def test_a_late_vintage_costs_its_own_reading_and_the_steps_to_its_neighbours(
    made: tuple[dict[date, Path], Path, Spec], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, raw, spec = made
    first, second, third = DAYS
    told({day: files[day] for day in (first, third)}, raw, spec, Kept(tmp_path / "kept"))
    parsed, steps = _counted(monkeypatch), list[tuple[date, date]]()
    made_step = readings_module.step

    def count(before: readings_module.Reading | None, now: readings_module.Reading) -> readings_module.Step:
        steps.extend([(before.day, now.day)] if before else [])
        return made_step(before, now)

    monkeypatch.setattr(readings_module, "step", count)
    late = told(files, raw, spec, Kept(tmp_path / "kept"))
    assert (parsed, steps) == ([second], [(first, second), (second, third)])
    assert late == told(files, raw, spec, Kept(None))


@pytest.mark.parametrize("damage", ["cut", "one bit", "empty", "text", "a folder"])
def test_damaged_entries_are_worked_out_anew(
    damage: str, made: tuple[dict[date, Path], Path, Spec], tmp_path: Path
) -> None:
    files, raw, spec = made
    right = told(files, raw, spec, Kept(tmp_path / "kept"))
    entries = sorted((tmp_path / "kept").iterdir())
    intact = [path.read_bytes() for path in entries]
    for path, data in zip(entries, intact, strict=True):
        if damage == "a folder":
            path.unlink()
            path.mkdir()
            continue
        middle = len(data) // 2
        flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        path.write_bytes({"cut": data[:middle], "one bit": flipped, "empty": b"", "text": b"{}"}[damage])
    assert told(files, raw, spec, Kept(tmp_path / "kept")) == right
    if damage != "a folder":
        assert [path.read_bytes() for path in entries] == intact


def test_what_a_reading_follows_from_is_what_it_is_kept_by(
    made: tuple[dict[date, Path], Path, Spec], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, raw, spec = made
    kept = tmp_path / "kept"
    told(files, raw, spec, Kept(kept))
    parsed = _counted(monkeypatch)

    def again(of: Spec, reference: Reference = REFERENCE) -> int:
        parsed.clear()
        assert told(files, raw, of, Kept(kept), reference) == told(files, raw, of, Kept(None), reference)
        return len(parsed) - len(files)

    def other(change: tuple[str, str], file: Path) -> None:
        file.write_text(file.read_text(encoding="utf-8").replace(*change), encoding="utf-8")

    assert again(spec) == 0
    other(("citation: Made up", "citation: Written up"), raw / "chips" / "dataset.yml")
    assert again(read_spec(raw / "chips", raw, REFERENCE)) == 0
    other(("range: [1e12, 1e17]", "range: [1e12, 3e14]"), raw / "chips" / "dataset.yml")
    assert again(read_spec(raw / "chips", raw, REFERENCE)) == 3
    # two names become one entity: the same words, another thing; the third snapshot does not name it
    entities = raw / "reference" / "entities.csv"
    header = entities.read_text(encoding="utf-8").partition("\n")[0].split(",")
    row = {"entity": "Kestrel", "kind": "chip", "aliases": "Wren"}
    with entities.open("a", encoding="utf-8") as handle:
        handle.write(",".join(row.get(name, "") for name in header) + "\n")
    assert again(spec, load_reference(raw)) == 2
    monkeypatch.setattr(readings_module, "code_digest", lambda: b"another version")
    assert again(spec) == 3


def test_only_the_own_raw_of_a_project_is_kept_and_what_is_past_is_deleted(
    made: tuple[dict[date, Path], Path, Spec], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, raw, spec = made
    monkeypatch.setenv("AI_FIGURES_STATE", str(tmp_path / "state"))
    assert kept_of(raw / "chips", raw).folder is None
    monkeypatch.setenv("AI_FIGURES_RAW", str(raw))
    read_history(raw / "chips", raw, spec, REFERENCE)
    folder = tmp_path / "state" / "vintages" / "chips"
    assert _kinds(folder.iterdir()) == {".head": 3, ".cells": 3, ".step": 2}
    files[max(files)].unlink()
    read_history(raw / "chips", raw, spec, REFERENCE)
    assert _kinds(folder.iterdir()) == {".head": 2, ".cells": 2, ".step": 1}


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written_keeps_nothing(
    made: tuple[dict[date, Path], Path, Spec], tmp_path: Path
) -> None:
    files, raw, spec = made
    (tmp_path / "shut").mkdir(mode=0o500)
    kept = Kept(tmp_path / "shut" / "kept")
    assert told(files, raw, spec, kept) == told(files, raw, spec, Kept(None))


def _kinds(paths: Iterable[Path]) -> dict[str, int]:
    endings = [path.suffix for path in paths]
    return {ending: endings.count(ending) for ending in endings}
