"""Datasets of other kinds, by a spec alone: statistics in long form, prices with the currency beside them."""

import json
from datetime import date
from pathlib import Path

import pytest

from orchestration.datasets.draft import draft_spec
from orchestration.datasets.snapshots import read_table
from orchestration.datasets.spec import measure_of, read_spec
from orchestration.loading import load_reference, load_sources
from orchestration.loading.load import SourceLoad, load_source
from orchestration.settings import PROJECT
from tests.datasets.made import make

_DAY, _NEXT = date(2025, 1, 15), date(2025, 2, 15)
STATISTICS = """\
format: json
citation: Made up
long: {names: series, values: value, unit: unit}
key: [{column: country}, {column: month}]
entity: none
period: {column: month}
geography: {column: country}
columns:
  - column: Chip sales (million USD)
    key: sales
    indicator: spending
    segment: semiconductor
    unit: header
    status: {column: "flag: Chip sales (million USD)", words: {p: estimate}, default: actual}
  - {column: Use of AI (percent), key: use, indicator: penetration_rate, unit: header}
"""
PRICES = """\
format: csv
citation: Made up
key: {column: SKU}
entity: {column: Product}
entities: {kind: product}
period: {column: Since}
columns:
  - {column: Price, key: price, indicator: component_cost, unit: {column: Currency, words: {Yuan: CNY}}}
"""
ROWS = """\
SKU,Product,Since,Price,Currency
A1,Auk 1,2025-01,1200,USD
A2,Auk 2,2025-01,8000,Yuan
A3,Auk 3,2025-01,5,million EUR
A4,Auk 4,2025-01,7,shells
A5,Auk 5,2025-01,8,
A6,Auk 6,2025-01,,
"""


def _row(
    country: str, month: str, value: float | None, series: str = "Chip sales", flag: str = ""
) -> dict[str, object]:
    unit = "million USD" if series == "Chip sales" else "percent"
    code = {"Japan": "JPN"}.get(country, "")
    return {
        "country": country,
        "code": code,
        "month": month,
        "series": series,
        "unit": unit,
        "value": value,
        "flag": flag,
    }


_LONG = [
    _row("Japan", "2024-01", 120.5),
    _row("Japan", "2024-01", 31.5, "Use of AI"),
    _row("Japan", "2024-02", 130.0, flag="p"),
    _row("Korea, Rep.", "2024-01", 99.5),
    _row("Korea, Rep.", "2024-01", None, "Use of AI"),
]


def _load(raw: Path, spec: str, days: dict[date, str], ending: str = ".csv") -> SourceLoad:
    folder = make(raw, spec, {})
    for day, text in days.items():
        (folder / "snapshots" / f"{day}{ending}").write_text(text, encoding="utf-8")
    loaded = load_source(raw, load_sources(raw)["chips"], load_reference(raw))
    assert loaded.rows_in == loaded.rows_loaded + len(loaded.problems)
    return loaded


def test_statistics_in_long_form(tmp_path: Path) -> None:
    loaded = _load(tmp_path / "raw", STATISTICS, {_DAY: json.dumps(_LONG)}, ".json")
    assert [str(problem) for problem in loaded.problems] == []
    found = {(f.geography, f.period_label, f.indicator): (f.number, f.unit_symbol, f.status) for f in loaded.figures}
    assert found == {
        ("JPN", "2024-01", "spending"): (120.5e6, "USD", "actual"),
        ("JPN", "2024-02", "spending"): (130e6, "USD", "estimate"),
        ("KOR", "2024-01", "spending"): (99.5e6, "USD", "actual"),
        ("JPN", "2024-01", "penetration_rate"): (31.5, "per cent", "actual"),
    }
    assert not any(f.entity for f in loaded.figures)


def test_a_unit_that_changes_is_a_column_that_is_gone(tmp_path: Path) -> None:
    later = json.dumps(_LONG).replace("million USD", "billion USD")
    loaded = _load(tmp_path / "raw", STATISTICS, {_DAY: json.dumps(_LONG), _NEXT: later}, ".json")
    assert any("no column 'Chip sales (million USD)' any more" in str(problem) for problem in loaded.problems)
    assert {f.known_until for f in loaded.figures} == {None}


def test_a_series_that_stands_twice_is_told(tmp_path: Path) -> None:
    twice = json.dumps([*_LONG, _row("Japan", "2024-01", 7.0)])
    loaded = _load(tmp_path / "raw", STATISTICS, {_DAY: twice}, ".json")
    assert ["'Japan | 2024-01' stands twice" in str(problem) for problem in loaded.problems] == [True]
    assert {f.geography for f in loaded.figures if f.period_label == "2024-01"} == {"KOR"}


def test_what_is_the_same_for_all_series_keeps_its_header(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    _load(raw, STATISTICS, {_DAY: json.dumps(_LONG)}, ".json")
    spec = read_spec(raw / "chips", raw, load_reference(raw))
    table = read_table(raw / "chips" / "snapshots" / f"{_DAY}.json", raw, spec, _DAY)
    assert table.headers[:5] == ("country", "month", "code", "flag", "Chip sales (million USD)")
    assert "flag: Use of AI (percent)" in table.headers
    assert [line for line, _ in table.rows] == [1, 3, 4]


def test_a_missing_column_of_the_long_form_is_told(tmp_path: Path) -> None:
    loaded = _load(tmp_path / "raw", STATISTICS, {_DAY: json.dumps(_LONG).replace("series", "Series")}, ".json")
    assert "no column 'series', which `long` reads" in str(loaded.problems[0]) and loaded.figures == []


@pytest.mark.parametrize("wrong", ["{names: series}", "{values: value}", "{of: x}"])
def test_a_long_form_that_is_not_said_is_refused(wrong: str, tmp_path: Path) -> None:
    spec = STATISTICS.replace("{names: series, values: value, unit: unit}", wrong)
    loaded = _load(tmp_path / "raw", spec, {_DAY: json.dumps(_LONG)}, ".json")
    assert "`long` does not name its columns" in str(loaded.problems[0])


def test_a_place_that_nobody_knows_leaves_out_what_nothing_else_names(tmp_path: Path) -> None:
    """Without place and entity the figures of two countries would be of one thing, and contradict each other."""
    strange = [
        _row(country, "2024-01", value) for country, value in (("Atlantis", 5), ("Lemuria", 7), ("Japan,Spain", 9))
    ]
    loaded = _load(tmp_path / "raw", STATISTICS, {_DAY: json.dumps([*_LONG, *strange])}, ".json")
    told = [str(problem) for problem in loaded.problems]
    assert len(told) == 3 and all("is no single place that is known: 1 cells are left out" in each for each in told)
    assert {f.geography for f in loaded.figures} == {"JPN", "KOR"}


def test_prices_take_their_unit_from_the_row(tmp_path: Path) -> None:
    loaded = _load(tmp_path / "raw", PRICES, {_DAY: ROWS})
    assert {f.entity: (f.number, f.unit_symbol) for f in loaded.figures} == {
        "Auk 1": (1200, "USD"),
        "Auk 2": (8000, "CNY"),
        "Auk 3": (5e6, "EUR"),
    }
    told = [str(problem) for problem in loaded.problems]
    assert ["'shells' is none that is known" in told[0], "prints no unit" in told[1], len(told)] == [True, True, 2]


def test_a_price_in_another_currency_is_another_value(tmp_path: Path) -> None:
    later = ROWS.replace("1200,USD", "1200,EUR")
    loaded = _load(tmp_path / "raw", PRICES, {_DAY: ROWS, _NEXT: later})
    found = [(f.unit_symbol, f.known_until) for f in loaded.figures if f.entity == "Auk 1"]
    assert sorted(found, key=str) == [("EUR", None), ("USD", _NEXT)]


@pytest.mark.parametrize(
    ("printed", "means"),
    [
        ("USD", ("USD", 1)),
        ("million USD", ("USD", 10**6)),
        ("EUR bn", ("EUR", 10**9)),
        ("亿元", ("CNY", 10**8)),
        ("GB", ("B", 1)),
        ("mW", None),
        ("million", None),
        ("million constant things", None),
        ("", None),
    ],
)
def test_only_money_has_magnitudes(printed: str, means: tuple[str, int] | None) -> None:
    found = measure_of(printed, load_reference(PROJECT / "raw"))
    assert (found and (found[0].unit, found[1])) == means


def _drafted(tmp_path: Path, name: str, text: str) -> str:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return draft_spec(path, load_reference(PROJECT / "raw"))


def test_the_draft_of_statistics_in_long_form_loads_as_it_stands(tmp_path: Path) -> None:
    rows = [
        _row(country, f"2024-{month:02d}", 100.0 + month, series)
        for country in ("Japan", "Korea, Rep.", "Atlantis")
        for month in range(1, 7)
        for series in ("Chip sales", "Use of AI")
    ]
    text = json.dumps(rows).replace('"percent"', '"Percent"')
    drafted = _drafted(tmp_path, "long.json", text)
    for line in (
        'long: {names: "series", values: "value", unit: "unit"}',
        'key: [{column: "country"}, {column: "month"}]',
        "entity: none",
        'period: {column: "month"}',
        'geography: {column: "country", words: {"Atlantis": TODO}}',
        'units: {"Percent": "percent"}',
    ):
        assert line in drafted.splitlines()
    wanted = "  - {column: Chip sales (million USD), key: sales, indicator: spending, unit: header}"
    spec = f"{drafted.partition('columns:')[0]}columns:\n{wanted}\n"
    loaded = _load(tmp_path / "raw", spec, {_DAY: text}, ".json")
    assert len(loaded.figures) == 12
    assert ["'TODO' is no single place that is known: 6 cells" in str(problem) for problem in loaded.problems] == [True]


@pytest.mark.parametrize(
    "text",
    [
        # two columns of numbers; no unit; a mark of one letter beside the numbers
        "Name,Kind,Unit,A,B\na,x,USD,1,2\na,y,EUR,3,4\nb,x,USD,5,6\nb,y,EUR,7,8\n",
        "Name,Kind,A\na,x,1\na,y,3\nb,x,5\nb,y,7\n",
        "Name,Kind,Mark,A\na,x,B,12\na,y,E,13\nb,x,B,15\nb,y,E,17\n",
    ],
)
def test_a_table_that_shows_no_long_form_is_drafted_as_it_stands(text: str, tmp_path: Path) -> None:
    assert "long:" not in _drafted(tmp_path, "table.csv", text)


def test_a_place_that_the_draft_does_not_know_is_not_called_none(tmp_path: Path) -> None:
    rows = "".join(f"Auk {n},{'Atlantis' if n == 3 else 'Japan'},{n}00\n" for n in range(1, 9))
    assert 'words: {"Atlantis": TODO}' in _drafted(tmp_path, "table.csv", f"Model,Country,Power (W)\n{rows}")


def test_numbers_with_signs_are_not_called_words(tmp_path: Path) -> None:
    rows = "".join(f"Auk {n},${n}.50,{n}00\n" for n in range(1, 9))
    assert '"Cost": "TODO numbers with signs' in _drafted(tmp_path, "table.csv", f"Model,Cost,Power (W)\n{rows}")
