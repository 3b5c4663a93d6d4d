"""Two builds of one raw folder say the same, to the last bit."""

import json
from pathlib import Path

import pytest

from orchestration.settings import Settings
from tests.reconciliation.warehouse import build, rows


@pytest.fixture(scope="module")
def builds(shipped_build: Settings, tmp_path_factory: pytest.TempPathFactory) -> list[Settings]:
    return [shipped_build, build(shipped_build.raw, tmp_path_factory.mktemp("build"))]


@pytest.mark.parametrize("table", ["comparisons", "findings", "consensus", "source_scorecard"])
def test_two_builds_give_the_same_rows(builds: list[Settings], table: str) -> None:
    """Sums as well, whichever thread adds first: json writes each double so that no other one reads the same."""

    def written(settings: Settings) -> list[str]:
        return [json.dumps(row, default=str) for row in rows(settings, f"from reconciliation.{table} order by all")]

    first, second = map(written, builds)
    assert len(first) > 4
    assert first == second


def test_sums_do_not_depend_on_the_number_of_threads(tmp_path: Path) -> None:
    """The macro, rendered by hand: 200 groups of terms of all sizes, added by one thread and by four."""
    import duckdb

    query = (
        "select g, sum(x order by k, x) as s, sum(x) as loose from ("
        "select i % 200 as g, hash(i) as k, (hash(i + 1) % 1000003)::double / 7 * power(10, i % 9) as x "
        "from range(400000) as t(i)) group by g order by g"
    )
    sums = []
    for threads in (1, 4):
        with duckdb.connect(":memory:", config={"threads": threads}) as connection:
            sums.append([row[:2] for row in connection.execute(query).fetchall()])
    assert sums[0] == sums[1]
