"""A publication takes over what holds the same rows, and nothing else."""

import json
from pathlib import Path

import duckdb
import pytest

from orchestration.settings import Settings
from orchestration.store.publication import publish
from orchestration.store.verification import verify
from tests.conftest import copy_of

EDITED, SAME = "core.figures", "reference.units"


@pytest.fixture
def settings(shipped_build: Settings, tmp_path: Path) -> Settings:
    copy = copy_of(shipped_build, tmp_path)
    publish(copy.build_file, copy.history_file, copy.published_file)
    return copy


def _parquet(settings: Settings, table: str) -> Path:
    return (settings.published / "parquet" / f"{table}.parquet").resolve()


def _edit(settings: Settings) -> None:
    with duckdb.connect(str(settings.build_file)) as connection:
        connection.execute(
            "update core.figures set note = 'edited' where figure_id = (select min(figure_id) from core.figures)"
        )


def _package(published: Path) -> dict[str, object]:
    package = json.loads((published / "datapackage.json").read_text(encoding="utf-8"))
    # the three tables that a publication makes itself hold times and versions
    own = ("quality.publication", "quality.publication_tables", "quality.check_results")
    return {each["name"]: each for each in package["resources"] if each["name"] not in own}


def test_an_edited_table_is_written_and_the_others_are_taken_over(settings: Settings) -> None:
    before = {table: _parquet(settings, table).stat().st_ino for table in (EDITED, SAME)}
    _edit(settings)
    publish(settings.build_file, settings.history_file, settings.published_file)
    assert verify(settings.published_file) == []
    after = {table: _parquet(settings, table).stat().st_ino for table in (EDITED, SAME)}
    assert after[SAME] == before[SAME] and after[EDITED] != before[EDITED]
    with duckdb.connect(":memory:") as connection:
        found = connection.execute(
            f"select count(*) from '{_parquet(settings, EDITED)}' where note = 'edited'"
        ).fetchall()
        assert found == [(1,)]


def test_what_is_published_is_that_of_a_publication_into_an_empty_folder(settings: Settings, tmp_path: Path) -> None:
    _edit(settings)
    publish(settings.build_file, settings.history_file, settings.published_file)
    anew = tmp_path / "anew" / "ai_figures.duckdb"
    publish(settings.build_file, settings.history_file, anew)
    assert _package(settings.published) == _package(anew.parent)
    hashes = []
    for file in (settings.published_file, anew):
        with duckdb.connect(str(file), read_only=True) as connection:
            hashes.append(
                connection.execute(
                    "from quality.publication_tables where not starts_with(table_name, 'quality.p') "
                    "and table_name <> 'quality.check_results' order by table_name"
                ).fetchall()
            )
    assert hashes[0] == hashes[1]


@pytest.mark.parametrize("damage", ["a byte", "gone", "the package", "another writer"])
def test_a_damaged_copy_is_written_anew(settings: Settings, damage: str) -> None:
    file, package = _parquet(settings, SAME), settings.published / "datapackage.json"
    for path in (file, package.resolve()):
        path.chmod(0o644)
    if damage == "a byte":
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(bytes(data))
        file.chmod(0o444)
    elif damage == "gone":
        file.unlink()
    elif damage == "the package":
        package.resolve().write_text("{", encoding="utf-8")
    else:
        told = json.loads(package.read_text(encoding="utf-8")) | {"writer": "another"}
        package.resolve().write_text(json.dumps(told), encoding="utf-8")
    publish(settings.build_file, settings.history_file, settings.published_file)
    assert verify(settings.published_file) == []


def test_a_column_that_is_described_otherwise_is_told_so(settings: Settings) -> None:
    with duckdb.connect(str(settings.build_file)) as connection:
        connection.execute("comment on column reference.units.unit is 'In other words.'")
    publish(settings.build_file, settings.history_file, settings.published_file)
    resource = _package(settings.published)[SAME]
    assert "In other words." in json.dumps(resource)
    assert verify(settings.published_file) == []
