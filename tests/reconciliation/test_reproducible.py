"""Sums say the same to the last bit. That two builds do: tests/orchestration/test_full_refresh.py."""

from pathlib import Path


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
