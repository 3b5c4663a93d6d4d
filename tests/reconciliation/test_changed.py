"""A changed report, brought in the small way, leaves the warehouse that a rebuild of everything gives."""

import csv
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from benchmarks.generate import Plan, generate
from orchestration import changed, pipeline, transform
from orchestration.settings import PROJECT, Settings

REPORT = "report_000003"


def settings_of(base: Path) -> Settings:
    return Settings(project=PROJECT, raw=base / "raw", state=base / "state", published=base / "warehouse")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Eight made-up reports that share their companies, built as a whole."""
    settings = settings_of(tmp_path_factory.mktemp("changed"))
    generate(settings.raw, Plan(6000, seed=5))
    pipeline.load_all(settings)
    transform.transform(settings)
    return settings


def tables(settings: Settings) -> dict[str, list[str]]:
    """All rows of all tables that dbt makes, as text, sorted."""
    with duckdb.connect(str(settings.build_file), read_only=True) as build:
        names = build.execute(
            "select schema_name, table_name from duckdb_tables() where schema_name <> 'raw' order by all"
        ).fetchall()
        return {
            f"{schema}.{name}": sorted(
                text for (text,) in build.execute(f'select cast(t as varchar) from {schema}."{name}" as t').fetchall()
            )
            for schema, name in names
        }


def rebuilt(settings: Settings, base: Path) -> dict[str, list[str]]:
    whole = Settings(project=PROJECT, raw=settings.raw, state=base / "whole", published=base / "whole_warehouse")
    # the parsed dbt project is the same
    shutil.copytree(settings.state / "dbt", whole.state / "dbt")
    pipeline.load_all(whole)
    transform.transform(whole)
    return tables(whole)


def compare(settings: Settings, base: Path) -> None:
    small, whole = tables(settings), rebuilt(settings, base)
    assert small.keys() == whole.keys()
    for name, expected in whole.items():
        if name != "quality.load_counts":  # the time of loading is in it
            assert small[name] == expected, name


def edit(raw: Path, seed: int) -> None:
    """Other digits, a row less, a figure of another company, a table row and ties less."""
    chance = random.Random(seed)
    prose = raw / REPORT / "figures" / "prose.csv"
    with prose.open(encoding="utf-8", newline="") as handle:
        header, *rows = list(csv.reader(handle))
    for row in chance.sample(rows, 12):
        row[3] = "".join(str(chance.randint(1, 9)) if sign.isdigit() and sign != "0" else sign for sign in row[3])
    for row in chance.sample(rows, 6):
        row[10] = f"Company {chance.randint(0, 40):07d}"
    for row in chance.sample([row for row in rows if row[16] == "yoy"], 4):
        rows.remove(row)
    with prose.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([header, *rows])
    for name in ("tables/t1.csv", "relations/ties.yml"):
        path = raw / REPORT / name
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        del lines[chance.randint(1, len(lines) - 1)]
        path.write_text("".join(lines), encoding="utf-8")


@pytest.mark.parametrize("seed", [1, 2])
def test_the_small_way_gives_what_a_rebuild_gives(
    built: Settings, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(built.raw, seed)
    before = tables(built)
    pipeline.load_one(built, REPORT)
    monkeypatch.setattr(changed.transform, "transform", _never)
    changed.transform_changed(built)
    monkeypatch.undo()
    assert tables(built)["reconciliation.comparisons"] != before["reconciliation.comparisons"]
    compare(built, tmp_path)


def _never(*_: object) -> None:
    raise AssertionError("everything was rebuilt")


def test_an_unfinished_reload_is_made_good_by_the_next(built: Settings, tmp_path: Path) -> None:
    edit(built.raw, 3)
    pipeline.load_one(built, REPORT)  # and the run dies here
    pipeline.load_one(built, "report_000001")
    changed.transform_changed(built)
    compare(built, tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: (raw / "decisions.yml").write_text(
            "- {finding: nothing, decision: accepted, reason: seen, expect: {code: scale}}\n", encoding="utf-8"
        ),
        lambda raw: _append(raw / "reference" / "exchange_rates.csv", "XTS,2020,2.5,0.4,made up\n"),
    ],
    ids=["decisions", "reference data"],
)
def test_what_all_reports_share_rebuilds_everything(
    built: Settings, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], object]
) -> None:
    change(built.raw)
    pipeline.load_registry(built)
    pipeline.load_one(built, REPORT)
    rebuilds: list[Settings] = []
    monkeypatch.setattr(changed.transform, "transform", rebuilds.append)
    changed.transform_changed(built)
    assert rebuilds == [built]


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as handle:
        handle.write(text)


def test_ties_between_reports_bring_both(tmp_path: Path) -> None:
    """A sum whose part stands in another report is compared again when either of the two changes."""
    settings = settings_of(tmp_path)
    generate(settings.raw, Plan(6000, seed=6))
    relations = settings.raw / "report_000001" / "relations" / "ties.yml"
    _append(relations, f"- {{id: across, rule: part_exceeds_whole, part: 1a, whole: {REPORT}/31a}}\n")
    pipeline.load_all(settings)
    transform.transform(settings)
    edit(settings.raw, 4)
    pipeline.load_one(settings, REPORT)
    changed.transform_changed(settings)
    compare(settings, tmp_path)
