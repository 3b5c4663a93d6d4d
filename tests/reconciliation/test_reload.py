"""A reload of one report over an existing build gives what a build from nothing gives, whatever was edited.

Edits: rows, ties, tables, decisions, reference data and whole reports changed, removed, renamed; several before one
reload, so that other files than those of the named report are stale as well. What a reload must not leave behind:
figures, ties, quarantined rows and counts of what is gone, ties of other reports that name it, known findings.
"""

import csv
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from orchestration.driver import pipeline
from orchestration.settings import PROJECT, Settings
from orchestration.store.catalog import public_tables
from tests.conftest import begun_from
from tests.reconciliation.synthetic import Case, Folder, money, percent

REPORTS = ("one", "two", "three")
# edits, with a reload and a build from nothing after each few
ROUNDS = 2


def make_raw(raw: Path, rng: random.Random) -> None:
    """Three reports with shared series, growth rates, a table, and ties within and between them."""
    folder = Folder()
    for name in REPORTS:
        folder.source(name)
    for number in range(1, 7):
        case = Case(folder, folder.sources[REPORTS[number % 3]], number, rng)
        size, rate = case.size(), case.noise(0.05, 0.6)
        wrong = 1.3 if number % 2 else 1
        first = case.figure(money(size), period="2022")
        second = case.figure(money(size * (1 + rate) * wrong))
        growth = case.figure(percent(rate), statistic="yoy")
        case.tie("growth", stated=growth, **{"from": first, "to": second})
        other = folder.sources[REPORTS[(number + 1) % 3]]
        case.figure(money(size * wrong), where=other, period="2022")
        other_key = case.figure(money(size * 2), where=other, period="2022", segment="genai")
        other.relations.append(
            {"id": f"across-{number}", "rule": "part_exceeds_whole", "part": other_key,
             "whole": f"{case.source.source_id}/{first}"}
        )  # fmt: skip
    for number in range(1, 5):
        folder.sources["three"].table.append((f"Maker {number:05d}", money(rng.uniform(20, 900))))
    folder.write(raw, PROJECT / "raw" / "reference")
    (raw / "known_findings.csv").write_text("finding_id,explanation_code\n", encoding="utf-8")


# --- edits ------------------------------------------------------------------------------------------------------------

Edit = Callable[[Path, str, random.Random], None]


def _rows(path: Path) -> list[list[str]]:
    if not path.exists():  # another edit took it away
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.reader(handle))


def _write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows(rows)


def _edited_prose(change: Callable[[list[list[str]], random.Random], None]) -> Edit:
    def edit(raw: Path, report: str, rng: random.Random) -> None:
        path = raw / report / "figures" / "prose.csv"
        header_and_rows = _rows(path)
        if len(header_and_rows) > 1:
            rows = header_and_rows[1:]
            change(rows, rng)
            _write(path, [header_and_rows[0], *rows])

    return edit


def _other_digits(rows: list[list[str]], rng: random.Random) -> None:
    row = rng.choice(rows)
    row[3] = "".join(str(rng.randint(1, 9)) if sign.isdigit() else sign for sign in row[3])


def _remove_row(rows: list[list[str]], rng: random.Random) -> None:
    rows.remove(rng.choice(rows))


def _rename_key(rows: list[list[str]], rng: random.Random) -> None:
    rng.choice(rows)[0] += "x"


def _spoil_row(rows: list[list[str]], rng: random.Random) -> None:
    rng.choice(rows)[9] = "no_such_indicator"


def _other_entity(rows: list[list[str]], rng: random.Random) -> None:
    rng.choice(rows)[10] = rng.choice(rows)[10]


def _ties(raw: Path, report: str) -> tuple[Path, list[Any]]:
    path = raw / report / "relations" / "ties.yml"
    return path, (yaml.safe_load(path.read_text(encoding="utf-8")) or []) if path.exists() else []


def _remove_tie(raw: Path, report: str, rng: random.Random) -> None:
    path, ties = _ties(raw, report)
    if ties:
        ties.remove(rng.choice(ties))
        path.write_text(yaml.safe_dump(ties, sort_keys=False), encoding="utf-8")


def _rename_tie(raw: Path, report: str, rng: random.Random) -> None:
    path, ties = _ties(raw, report)
    if ties:
        rng.choice(ties)["id"] += "x"
        path.write_text(yaml.safe_dump(ties, sort_keys=False), encoding="utf-8")


def _remove_ties(raw: Path, report: str, rng: random.Random) -> None:
    shutil.rmtree(raw / report / "relations", ignore_errors=True)


def _remove_table(raw: Path, report: str, rng: random.Random) -> None:
    shutil.rmtree(raw / report / "tables", ignore_errors=True)


def _remove_table_row(raw: Path, report: str, rng: random.Random) -> None:
    path = raw / report / "tables" / "t1.csv"
    if path.exists():
        header, *rows = _rows(path)
        _write(path, [header, *rows[1:]])


def _remove_figures(raw: Path, report: str, rng: random.Random) -> None:
    (raw / report / "figures" / "prose.csv").unlink(missing_ok=True)


def _registry(raw: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load((raw / "sources.yml").read_text(encoding="utf-8"))
    return entries


def _remove_report(raw: Path, report: str, rng: random.Random) -> None:
    entries = [entry for entry in _registry(raw) if entry["source_id"] != report]
    if entries:
        (raw / "sources.yml").write_text(yaml.safe_dump(entries, sort_keys=False), encoding="utf-8")
        shutil.rmtree(raw / report)


def _rename_report(raw: Path, report: str, rng: random.Random) -> None:
    entries = _registry(raw)
    for entry in entries:
        if entry["source_id"] == report:
            entry["source_id"] = f"{report}x"
    (raw / "sources.yml").write_text(yaml.safe_dump(entries, sort_keys=False), encoding="utf-8")
    (raw / report).rename(raw / f"{report}x")


def _publish_earlier(raw: Path, report: str, rng: random.Random) -> None:
    entries = _registry(raw)
    rng.choice(entries)["published_on"] = f"2024-0{rng.randint(1, 9)}-15"
    (raw / "sources.yml").write_text(yaml.safe_dump(entries, sort_keys=False), encoding="utf-8")


def _other_reference(raw: Path, report: str, rng: random.Random) -> None:
    """An entity goes: rows of every report that name it are quarantined."""
    path = raw / "reference" / "entities.csv"
    rows = _rows(path)
    makers = [row for row in rows if row[0].startswith("Maker")]
    if makers:
        rows.remove(rng.choice(makers))
        _write(path, rows)


def _decide(raw: Path, report: str, rng: random.Random) -> None:
    decision = {
        "finding": f"growth:{report}/c{rng.randint(1, 6)}-0", "decision": "accepted", "reason": "seen",
        "expect": {"code": "unexplained"},
    }  # fmt: skip
    entries = rng.choice([[], [decision], [decision, {"finding": "broken"}]])
    (raw / "decisions.yml").write_text(yaml.safe_dump(entries), encoding="utf-8")


def _know(raw: Path, report: str, rng: random.Random) -> None:
    line = f"growth:{report}/c{rng.randint(1, 6)}-0,unexplained\n"
    (raw / "known_findings.csv").write_text("finding_id,explanation_code\n" + line, encoding="utf-8")


EDITS: list[Edit] = [
    _edited_prose(_other_digits), _edited_prose(_remove_row), _edited_prose(_rename_key), _edited_prose(_spoil_row),
    _edited_prose(_other_entity), _remove_tie, _rename_tie, _remove_ties, _remove_table, _remove_table_row,
    _remove_figures, _remove_report, _rename_report, _publish_earlier, _other_reference, _decide, _know,
]  # fmt: skip


# --- the property -----------------------------------------------------------------------------------------------------


def published_rows(settings: Settings) -> dict[str, list[str]]:
    """All rows of all public tables as text, sorted; not the times of loading and checking."""
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach '{settings.build_file}' as build (read_only)")
        found = {}
        for schema, name in public_tables(connection, "build"):
            rows = connection.execute(
                f'select cast(columns(t.*) as varchar) from build.{schema}."{name}" as t'
                if (schema, name) != ("quality", "load_counts")
                else 'select * exclude (loaded_at) from build.quality."load_counts"'
            ).fetchall()
            found[f"{schema}.{name}"] = sorted(map(repr, rows))
        return found


def settings_of(base: Path, raw: Path, parsed: Path | None = None) -> Settings:
    settings = Settings(project=PROJECT, raw=raw, state=base / "state", published=base / "warehouse")
    if parsed is not None:  # the parsed dbt project is the same
        shutil.copytree(parsed / "dbt", settings.state / "dbt")
    return settings


def reload(settings: Settings, report: str) -> None:
    pipeline.load(settings, [report])
    pipeline.transform(settings)


def check_edits(base: Path, edits: list[tuple[Edit, int]], seed: int, every: int, begun: Settings) -> int:
    """Edit, reload, compare; returns how many comparisons of whole warehouses were made.

    The first edit is that all reports of ``begun`` are others.
    """
    rng = random.Random(seed)
    raw = base / "raw"
    make_raw(raw, rng)
    settings = begun_from(begun, settings_of(base / "reloaded", raw))
    pipeline.load(settings)
    pipeline.transform(settings)
    compared = 0
    for number, (edit, place) in enumerate(edits, 1):
        reports = [entry["source_id"] for entry in _registry(raw)]
        edit(raw, reports[place % len(reports)], rng)
        if number % every and number < len(edits):
            continue
        reports = [entry["source_id"] for entry in _registry(raw)]
        reload(settings, rng.choice(reports))
        whole = settings_of(base / f"whole_{number}", raw, settings.state)
        pipeline.load(whole)
        pipeline.transform(whole)
        expected, found = published_rows(whole), published_rows(settings)
        assert found.keys() == expected.keys()
        for table, rows in expected.items():
            assert found[table] == rows, (table, number, [e.__name__ for e, _ in edits[:number]])
        shutil.rmtree(whole.state)
        compared += 1
    return compared


def test_a_reload_after_random_edits_gives_what_a_build_from_nothing_gives(
    shipped_build: Settings, tmp_path: Path
) -> None:
    """Every kind of edit, in random order, a few before each reload of a report that need not be the edited one."""
    rng = random.Random(7)
    edits = [(edit, rng.randrange(3)) for edit in rng.sample(EDITS, len(EDITS))]
    assert check_edits(tmp_path, edits, 7, -(-len(EDITS) // ROUNDS), shipped_build) == ROUNDS


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_a_reload_after_each_of_many_random_edits(shipped_build: Settings, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    edits = [(rng.choice(EDITS), rng.randrange(3)) for _ in range(10)]
    assert check_edits(tmp_path, edits, seed, 1, shipped_build) == 10


def test_only_what_changed_is_read_again(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    make_raw(raw, random.Random(1))
    settings = settings_of(tmp_path, raw)
    assert [load.source_id for load in pipeline.load(settings)] == list(REPORTS)
    assert [load.source_id for load in pipeline.load(settings, ["two"])] == ["two"]
    _edited_prose(_remove_row)(raw, "three", random.Random(1))
    assert [load.source_id for load in pipeline.load(settings, ["two"])] == ["two", "three"]
    _other_reference(raw, "one", random.Random(1))
    assert [load.source_id for load in pipeline.load(settings, ["two"])] == list(REPORTS)
