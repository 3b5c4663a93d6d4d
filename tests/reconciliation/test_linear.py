"""Comparing is linear in a series: thousands of prints of one thing are compared with one print, not in pairs."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.loading import SourceLoad, load_reference, load_sources
from orchestration.loading.relations import Term
from orchestration.loading.rows import Place, RawFigure, read_figure
from orchestration.settings import PROJECT, Settings
from orchestration.store.build import open_build
from orchestration.store.registry_rows import write_registry
from orchestration.store.source_rows import write_source
from orchestration.transform import models as transform
from tests.reconciliation.synthetic import Folder

COPIES = 12_000
REPORTS, DATES = 60, 80
PARTS = 3_000
# companies of which one report prints a part and the whole; in so many of them the part is larger
THINGS, TOO_LARGE = 10_000, 100


def copies(figure: RawFigure, count: int, name: str) -> list[RawFigure]:
    return [
        replace(figure, figure_id=f"{figure.source_id}/{name}{n}", key=f"{name}{n}", line=n + 1) for n in range(count)
    ]


def _things(figure: Callable[..., RawFigure]) -> SourceLoad:
    """A part and a whole of many companies, of one indicator and year."""
    load = SourceLoad("things")
    whole = figure("things", printed="5亿元", period="2018")
    small = figure("things", printed="3亿元", period="2018", segment="genai")
    large = figure("things", printed="7亿元", period="2018", segment="genai")
    for n in range(THINGS):
        names = {"entity": f"Thing {n}", "source_id": "things"}
        part = large if n < TOO_LARGE else small
        load.figures.append(replace(whole, figure_id=f"things/w{n}", key=f"w{n}", line=2 * n + 1, **names))
        load.figures.append(replace(part, figure_id=f"things/p{n}", key=f"p{n}", line=2 * n + 2, **names))
    return load


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """One report that repeats one series, many reports that print one series on many dates, one long sum."""
    base: Path = tmp_path_factory.mktemp("crowded")
    folder = Folder()
    names = ["hot", "things", *(f"report{n}" for n in range(REPORTS))]
    for name in names:
        folder.source(name)
    folder.write(base / "raw", PROJECT / "raw" / "reference")
    settings = Settings(project=PROJECT, raw=base / "raw", state=base / "state", published=base / "warehouse")
    reference, sources = load_reference(settings.raw), load_sources(settings.raw)

    def figure(source: str, **row: str) -> RawFigure:
        fields = {
            "key": "k", "line": "1", "indicator": "market_size", "segment": "ai", "geography": "CHN",
            "status": "actual", "statistic": "level",
        }  # fmt: skip
        return read_figure(fields | row, Place(source, "x.csv", 1), reference)[0]

    hot = SourceLoad("hot")
    for year, printed in (("2021", "100亿元"), ("2022", "150亿元"), ("2023", "180亿元")):
        hot.figures += copies(figure("hot", printed=printed, period=year), COPIES, f"level{year}-")
    hot.figures += copies(figure("hot", printed="20%", period="2023", statistic="yoy"), COPIES // 2, "right")
    hot.figures += copies(figure("hot", printed="37%", period="2023", statistic="yoy"), COPIES // 2, "wrong")
    parts = copies(figure("hot", printed="1亿元", period="2019", segment="genai"), PARTS, "part")
    total = copies(figure("hot", printed=f"{PARTS + 700}亿元", period="2019"), 1, "total")
    hot.figures += parts + total
    hot.relations += [
        Term("hot/long", "hot", "sum", "all", "stated", 0, total[0].figure_id, None, None, None, None),
        *(
            Term("hot/long", "hot", "sum", "all", "part", n, p.figure_id, None, None, None, None)
            for n, p in enumerate(parts)
        ),
    ]
    loads = [hot, _things(figure)]
    for number in range(REPORTS):
        load = SourceLoad(f"report{number}")
        for day in range(DATES):
            label = f"2024-{day // 28 + 1:02d}-{day % 28 + 1:02d}"
            one = figure(load.source_id, printed=f"{100 + number % 2}亿元", period=label, segment="cloud")
            load.figures += copies(one, 1, f"d{day}-")
        loads.append(load)
    with open_build(settings.build_file) as connection:
        write_registry(connection, sources, reference, settings.raw)
        for load in loads:
            write_source(connection, load)
    return settings


def test_prints_of_one_series_are_not_compared_in_pairs(crowded: Settings) -> None:
    begin = time.monotonic()
    result = transform.transform(crowded)
    seconds = time.monotonic() - begin
    slow = {node.name: round(node.seconds, 1) for node in result.nodes if node.seconds > 2}
    print(f"\n{5 * COPIES + PARTS + REPORTS * DATES + 2 * THINGS} figures in {seconds:.0f} s; models over 2 s: {slow}")
    # pairs of the copies alone would be some 10^8 rows; this is minutes away from a linear search
    assert seconds < 150, slow
    with open_build(crowded.build_file) as connection:
        rules = dict(
            connection.execute(
                "select rule, count(*) from reconciliation.comparisons where rule <> 'bounds' group by rule"
            ).fetchall()
        )
        verdicts = dict(
            connection.execute(
                "select verdict, count(*) from reconciliation.comparisons where rule = 'growth' group by verdict"
            ).fetchall()
        )
    # every copy meets the first print, every growth one pair of levels, every report the one before it, date by date
    assert rules["growth"] == COPIES and verdicts == {"agree": COPIES // 2, "disagree": COPIES // 2}
    assert rules["repeat"] == 3 * (COPIES - 1) + COPIES - 1
    assert rules["cross_source"] == (REPORTS - 1) * DATES
    assert rules["sum"] == 1
    # every part meets the whole of its own company
    assert rules["part_exceeds_whole"] == TOO_LARGE
    assert next(node.seconds for node in result.nodes if node.name == "int_proposed__parts") < 30
