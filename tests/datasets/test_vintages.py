"""Vintages follow from the snapshots alone, in whatever order they came; what cannot be trusted changes nothing."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.datasets.snapshots import Table, read_table
from orchestration.datasets.spec import read_spec
from orchestration.datasets.vintages import history_of
from orchestration.loading import load_reference, load_sources
from orchestration.loading.load import SourceLoad, load_source
from orchestration.settings import PROJECT
from tests.datasets.made import DAYS, FIRST, SECOND, SPEC, THIRD, make

FIRST_DAY, SECOND_DAY, THIRD_DAY = DAYS


def load(raw: Path, spec: str = SPEC, days: dict[date, str] | None = None) -> SourceLoad:
    make(raw, spec, days)
    loaded = load_source(raw, load_sources(raw)["chips"], load_reference(raw))
    assert loaded.rows_in == loaded.rows_loaded + len(loaded.problems)
    return loaded


def versions(loaded: SourceLoad, fact: str) -> list[tuple[str, date | None, date | None]]:
    found = [f for f in loaded.figures if f.figure_id.startswith(f"chips/{fact}@")]
    return [(f.printed, f.known_from, f.known_until) for f in sorted(found, key=lambda f: str(f.known_from))]


def test_only_a_change_makes_a_vintage(tmp_path: Path) -> None:
    loaded = load(tmp_path / "raw")
    assert [str(problem) for problem in loaded.problems] == []
    # noise of binary fractions, gigabytes that became bytes, and a name that came and went change nothing
    assert versions(loaded, "oxbow-1.fp16") == [("3.0e14", FIRST_DAY, None)]
    assert versions(loaded, "oxbow-1.memory") == [("40", FIRST_DAY, None)]
    assert versions(loaded, "oxbow-2.fp16") == [("9.0e14", FIRST_DAY, None)]
    # withdrawn and given again; mended by ten; gone; new
    assert versions(loaded, "heron-a.tdp") == [("140", FIRST_DAY, SECOND_DAY), ("225", THIRD_DAY, None)]
    assert versions(loaded, "heron-a.bandwidth") == [
        ("9.8e12", FIRST_DAY, THIRD_DAY),
        ("8.2e11", THIRD_DAY, None),
    ]
    assert versions(loaded, "wren.tdp") == [("75", FIRST_DAY, THIRD_DAY)]
    assert versions(loaded, "plover.tdp") == [("500", THIRD_DAY, None)]


def test_values_are_in_canonical_units_and_the_rows_are_entities(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    loaded = load(raw)
    reference = load_reference(raw)
    (memory,) = (f for f in loaded.figures if f.figure_id == f"chips/kestrel.memory@{FIRST_DAY}")
    unit = reference.units.get(memory.unit_symbol)
    assert unit is not None and (unit.unit, memory.number * unit.factor) == ("B", 64e9)
    assert memory.entity == "Kestrel" and "Kestrel" in reference.entities
    assert "Oxbow 2 (Pro)" not in reference.entities


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(list(DAYS)), known=st.integers(1, 3))
def test_the_order_of_arrival_changes_nothing(
    order: list[date], known: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    raw = tmp_path_factory.mktemp("any") / "raw"
    folder = make(raw, days=DAYS)
    reference = load_reference(raw)
    spec = read_spec(folder, raw, reference)
    tables = [read_table(folder / "snapshots" / f"{day}.csv", raw, spec, day) for day in order[:known]]
    ordered = sorted(tables, key=lambda table: table.day)
    assert history_of(tables, spec, reference) == history_of(ordered, spec, reference)


@settings(max_examples=40, deadline=None)
@given(
    cells=st.lists(
        st.lists(st.sampled_from(["", "1", "2", "2.0000000001", "nan", "3"]), min_size=1, max_size=5),
        min_size=1,
        max_size=4,
    )
)
def test_on_every_day_the_history_says_what_the_snapshot_said(cells: list[list[str]]) -> None:
    reference = load_reference(PROJECT / "raw")
    spec = _plain_spec()
    days = [date(2025, 1, day) for day in range(1, max(map(len, cells)) + 1)]
    tables = [
        Table(
            day,
            f"{day}.csv",
            ("Name", "TDP (W)"),
            tuple((n, (f"r{n}", row[i])) for n, row in enumerate(cells, 1) if i < len(row)),
        )
        for i, day in enumerate(days)
    ]
    history = history_of([table for table in tables if table.rows], spec, reference)
    for table in (table for table in tables if table.rows):
        for _, (row, text) in table.rows:
            alive = [
                v
                for v in history.versions
                if v.row == row and v.known_from <= table.day and (v.known_until is None or table.day < v.known_until)
            ]
            wanted = [] if text in ("", "nan") else [float(text)]
            assert [float(v.cell.text) for v in alive] == pytest.approx(wanted, rel=1e-8)


def _plain_spec():  # type: ignore[no-untyped-def]
    import tempfile

    with tempfile.TemporaryDirectory() as base:
        raw = Path(base) / "raw"
        text = "format: csv\ncitation: none\nkey: {column: Name}\nentities: {kind: chip}\ncolumns:\n"
        folder = make(raw, text + "  - {column: TDP (W), key: tdp, indicator: power_draw, unit: header}\n", {})
        return read_spec(folder, raw, load_reference(PROJECT / "raw"))


DRIFT = {
    "a renamed column of units": (SECOND.replace("FP16 (FLOP/s)", "FP16 dense (FLOPS)"), "there is no column"),
    "a dropped key": (SECOND.replace("Name,", "Product,"), "which names the rows"),
    "doubled keys": (SECOND + "Wren,0.6e14,24000000000,0.6e12,80,\n", "stands twice"),
    "a year as text": (SECOND.replace("1.5e12", "in 2024"), "is no number"),
    "infinity": (SECOND.replace(",350,", ",Infinity,"), "is no finite number"),
    "gigabytes for bytes": (SECOND.replace("000000000,", ","), "all together"),
    "ten times in one column": (
        SECOND.replace(",300,", ",3000,").replace(",700,", ",7000,").replace(",200,", ",2000,")
        .replace(",350,", ",3500,").replace(",75,", ",750,"),
        "all together",
    ),
    "a truncated download": (SECOND[: len(SECOND) - 30], "cells, the header has"),
    "a web page": ("<!DOCTYPE html>\n<html><body>502</body></html>", "is a web page"),
    "nothing": ("", "is empty"),
    "a header alone": (SECOND.splitlines()[0] + "\n", "has no rows"),
    "outside the range": (SECOND.replace("3.0e12", "3.0"), "is below"),
    "a decimal comma": (SECOND.replace("1.2e12", '"1,25"'), "groups no thousands"),
    "a doubled header": (SECOND.replace("Efficiency", "TDP (W)", 1), "stands twice"),
}  # fmt: skip


@pytest.mark.parametrize("name", DRIFT)
def test_drift_ends_in_a_message_and_changes_nothing_else(name: str, tmp_path: Path) -> None:
    text, words = DRIFT[name]
    loaded = load(tmp_path / "raw", days={FIRST_DAY: FIRST, SECOND_DAY: text})
    told = [str(problem) for problem in loaded.problems]
    assert any(words in line and "2025-11-01.csv" in line for line in told), told
    assert all(problem.remedy for problem in loaded.problems)
    # what the snapshot does not tell is unknown, not withdrawn and not changed
    assert versions(loaded, "kestrel.memory") == [("64", FIRST_DAY, None)]
    assert versions(loaded, "kestrel.bandwidth") == [("2.0e12", FIRST_DAY, None)]
    assert versions(loaded, "kestrel.fp16") == [("4.0e14", FIRST_DAY, None)]
    assert versions(loaded, "kestrel.tdp") == [("350", FIRST_DAY, None)]
    assert versions(loaded, "wren.tdp") == [("75", FIRST_DAY, None)]


WITHOUT = SPEC.replace("    required: true\n", "")
DATED = WITHOUT.replace("rows:", "period: {column: Year}\nrows:", 1)


def _with_years(text: str, header: str) -> str:
    head, *rows = text.splitlines()
    return "\n".join([f"{head},{header}", *(f"{row},2024" for row in rows)]) + "\n"


def test_a_wanted_column_that_went_away_is_told_without_being_required(tmp_path: Path) -> None:
    days = {FIRST_DAY: FIRST, SECOND_DAY: SECOND.replace("TDP (W)", "Board power (W)")}
    (problem,) = load(tmp_path / "raw", WITHOUT, days).problems
    assert "there is no column 'TDP (W)' any more: its values stand as they were" in str(problem)
    allowed = SPEC.replace("power_draw, unit: header", "power_draw, unit: header, required: false")
    loaded = load(tmp_path / "other", allowed, days)
    assert loaded.problems == [] and versions(loaded, "kestrel.tdp") == [("350", FIRST_DAY, None)]


def test_a_column_that_no_snapshot_has_is_a_slip_of_the_spec(tmp_path: Path) -> None:
    (problem,) = load(tmp_path / "raw", SPEC.replace("column: TDP (W)", "column: TPD (W)")).problems
    assert "no snapshot has a column 'TPD (W)'" in str(problem)
    assert (problem.file, problem.line) == ("chips/dataset.yml", SPEC[: SPEC.index("TDP")].count("\n") + 1)


def test_without_the_column_of_the_period_nothing_of_a_snapshot_is_taken(tmp_path: Path) -> None:
    first = _with_years("\n".join(SECOND.splitlines()), "Year")
    second = _with_years(THIRD, "Year of release")
    loaded = load(tmp_path / "raw", DATED, {FIRST_DAY: first, SECOND_DAY: second})
    (problem,) = loaded.problems
    assert "there is no column 'Year', which `period` reads" in str(problem) and "2025-11-01.csv" in problem.file
    assert {f.known_until for f in loaded.figures} == {None} and {f.period_label for f in loaded.figures} == {"2024"}


def test_what_is_wrong_in_every_snapshot_is_told_once(tmp_path: Path) -> None:
    double = "Wren,0.6e14,48000000000,0.6e12,80,\n"
    loaded = load(tmp_path / "raw", SPEC, {FIRST_DAY: SECOND + double, SECOND_DAY: SECOND + double})
    (problem,) = loaded.problems
    assert "'Wren' stands twice (lines 7, 8), in 2 snapshots" in str(problem) and "2025-11-01" in problem.file


def test_rows_that_nobody_registered_are_told_together(tmp_path: Path) -> None:
    loaded = load(tmp_path / "raw", SPEC.replace("entities: {kind: chip}\n", ""))
    (problem,) = loaded.problems
    assert "'Heron A' is no entity that is known, nor are 6 other names" in str(problem)
    assert loaded.figures == []


def test_names_that_differ_in_marks_alone_are_two_rows(tmp_path: Path) -> None:
    """`Wren (L)` and `Wren-L` have the same letters; the one known first keeps the plain key, whatever comes later."""
    late = THIRD + "Wren (L),0.5e14,24000000000,0.6e12,75,\nWren L,0.5e14,24000000000,0.6e12,80,\n"
    early = SECOND + "Wren-L,0.5e14,24000000000,0.6e12,70,\n"
    loaded = load(tmp_path / "raw", days={SECOND_DAY: early, THIRD_DAY: late})
    told = {f.entity: f.figure_id for f in loaded.figures if f.printed in ("70", "75", "80") and "L" in f.entity}
    assert told["Wren-L"] == f"chips/wren-l.tdp@{SECOND_DAY}"
    assert len(set(told.values())) == 3
    assert len({f.figure_id for f in loaded.figures}) == len(loaded.figures)


def test_names_that_differ_in_capitals_alone_are_one_name_that_stands_twice(tmp_path: Path) -> None:
    loaded = load(tmp_path / "raw", days={FIRST_DAY: FIRST + "WREN,0.5e14,24,0.6e12,80,,\n"})
    assert ["'Wren' or 'WREN' stands twice (lines 8, 9)" in str(problem) for problem in loaded.problems] == [True]
    assert versions(loaded, "wren.tdp") == []


def test_nan_and_blanks_are_one_thing(tmp_path: Path) -> None:
    loaded = load(tmp_path / "raw", days={FIRST_DAY: FIRST.replace(",350,", ",NaN,")})
    assert loaded.problems == [] and versions(loaded, "kestrel.tdp") == []


def test_a_snapshot_that_was_edited_is_refused(tmp_path: Path) -> None:
    folder = make(tmp_path / "raw")
    (folder / "snapshots" / "manifest.json").write_text(f'{{"{SECOND_DAY}": {{"sha256": "{"0" * 64}"}}}}')
    loaded = load_source(tmp_path / "raw", load_sources(tmp_path / "raw")["chips"], load_reference(tmp_path / "raw"))
    assert ["is not what was fetched" in str(problem) for problem in loaded.problems] == [True]
    assert versions(loaded, "heron-a.tdp") == [("140", FIRST_DAY, THIRD_DAY), ("225", THIRD_DAY, None)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("chip_performance", "chip_perfomance"), "unknown indicator"),
        (("unit: header\n    range", "unit: parsec\n    range"), "unknown unit"),
        (("[1e12, 1e17]", "[1e17, 1e12]"), "`range` is no pair"),
        (("key: {column: Name, aliases: [Chip]}\n", ""), "no `key`"),
        (("format: csv", "format: xml"), "unknown format"),
        (("citation: Made up for the tests\n", ""), "no `citation`"),
        (("key: tdp", "key: fp16"), "stands twice"),
        (("left_out:", "left_oot:"), "unknown field"),
        (
            (
                "Memory (bytes), aliases: [Memory size (GB)], key: memory, indicator: memory_capacity",
                "FP16 peak (FLOP/s), key: peak, basis: FP16; dense, indicator: chip_performance",
            ),
            "measure one thing",
        ),
        (("{kind: chip}", "{kind: chip, colour: {column: Notes}}"), "unknown field of `entities`"),
    ],
)
def test_a_wrong_spec_names_its_line_and_remedy(change: tuple[str, str], words: str, tmp_path: Path) -> None:
    loaded = load(tmp_path / "raw", SPEC.replace(*change, 1))
    (problem,) = loaded.problems
    assert words in str(problem) and problem.file == "chips/dataset.yml" and problem.line and problem.remedy


def test_a_second_key_column_tells_rows_apart(tmp_path: Path) -> None:
    spec = SPEC.replace(
        "key: {column: Name, aliases: [Chip]}",
        "key: [{column: Name}, {column: Memory (bytes)}]\nentity: {column: Name}",
    )
    days = {SECOND_DAY: SECOND + "Wren,0.6e14,48000000000,0.6e12,80,\n"}
    told_apart = spec.replace(
        "entity:", "segment: {column: Memory (bytes), words: {48000000000: memory_chip}, default: ''}\nentity:"
    )
    loaded = load(tmp_path / "raw", told_apart, days)
    assert loaded.problems == []
    assert {f.entity for f in loaded.figures if f.printed == "80"} == {"Wren"}
    # rows of one thing with different values are left out: each would contradict the other
    loaded = load(tmp_path / "raw", spec, days)
    said = [str(problem) for problem in loaded.problems]
    assert len(said) == 3 and all("nothing tells their figures apart" in problem for problem in said)
    assert "2 rows are left out" in said[0] and "'Wren | 24000000000' and 'Wren | 48000000000'" in said[0]
    # the bandwidths are equal: one thing said twice
    assert {f.printed for f in loaded.figures if f.entity == "Wren"} == {"0.6e12"}


def test_models_of_several_makers_percentages_and_dates(tmp_path: Path) -> None:
    """A dataset of another kind: fractions that mean percent, several countries in a cell, a date for the period."""
    spec = """\
format: csv
citation: Made up
key: {column: Model}
entities: {kind: model}
period: {column: Published}
geography: {column: Country, words: {"UK": GBR}}
columns:
  - {column: Parameters, key: parameters, indicator: model_parameters, counted: parameter, unit: ""}
  - {column: Compute (FLOP), key: compute, indicator: training_compute, unit: header, status: estimate}
  - {column: Score, key: score, indicator: accuracy, unit: "%", factor: 100}
  - {column: Cost, key: cost, indicator: cost, unit: USD, basis: training}
"""
    text = """\
Model,Published,Country,Parameters,Compute (FLOP),Score,Cost
Owl-1,2024-05-13,"United States,China","1,800,000,000",2.1e25,0.825,78000000
Owl-2,2025-02,China,7e9,1e24,0.5,
Owl-3,,UK,,,1,12.5
"""
    loaded = load(tmp_path / "raw", spec, {FIRST_DAY: text})
    assert [str(problem) for problem in loaded.problems] == []
    found = {f.figure_id.split("/")[1].split("@")[0]: f for f in loaded.figures}
    assert found["owl-1.parameters"].number == 1.8e9 and found["owl-1.parameters"].counted == "parameter"
    assert found["owl-1.score"].number == pytest.approx(82.5) and found["owl-1.compute"].status == "estimate"
    assert [found[f"owl-{n}.score"].geography for n in (1, 2, 3)] == [None, "CHN", "GBR"]
    assert [found[f"owl-{n}.score"].period_label for n in (1, 2, 3)] == ["2024-05-13", "2025-02", None]


EPOCH = PROJECT.parent / "shared" / "datasets" / "epoch_ml_hardware"


@pytest.mark.skipif(not EPOCH.is_dir(), reason="the snapshots of others stand in ../shared/datasets only")
def test_five_real_snapshots(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    spec = (PROJECT / "tests" / "datasets" / "epoch_ml_hardware.yml").read_text(encoding="utf-8")
    loaded = load(raw, spec, {date.fromisoformat(p.stem): p.read_text(encoding="utf-8") for p in EPOCH.glob("*.csv")})
    assert [str(problem) for problem in loaded.problems] == []
    days = [date.fromisoformat(path.stem) for path in sorted(EPOCH.glob("*.csv"))]
    assert versions(loaded, "google-tpu-v5e.tdp") == [("140.0", days[0], days[2]), ("225.0", days[3], None)]
    assert versions(loaded, "amazon-trainium1.memory_bandwidth") == [
        ("9800000000000.0", days[0], days[3]),
        ("820000000000.0", days[3], None),
    ]
    assert versions(loaded, "nvidia-b300.fp16") == [("2250000000000000.0", days[0], None)]
    (h100,) = (f for f in loaded.figures if f.figure_id.startswith("chips/nvidia-h100-sxm5-80gb.fp16@"))
    assert (h100.entity, h100.number) == ("NVIDIA H100", 9.894e14)
    assert len([f for f in loaded.figures if f.known_until is None]) > 1100
    assert THIRD
