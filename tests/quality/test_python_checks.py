"""Checks that read files: places in the source texts, their sha256, the data package beside the published file."""

import hashlib
import json
from pathlib import Path

import duckdb
import pytest

from orchestration.quality import checks
from orchestration.quality.history import CheckResult
from orchestration.settings import PROJECT, Settings
from tests.quality.tiny import Tiny, entry

TEXT = "first line\nsales were 12.5 million\nof which 3-\n4 in chips\n"


@pytest.fixture
def warehouse(tmp_path: Path, tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """One source of three figures, the last a range that wraps over a line end; its text is present."""
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "one.txt").write_text(TEXT, encoding="utf-8")
    monkeypatch.setenv("AI_FIGURES_SOURCES", str(texts))
    sha = hashlib.sha256(TEXT.encode()).hexdigest()
    tiny.sql(f"""
        create table core.sources as select 'one' as source_id, 'one.txt' as source_file, '{sha}' as sha256
        union all select 'a_dataset', null, null;
        create table core.figures as
        select * from (values ('one/2a', 'one', 2, '12.5million'), ('one/3a:low', 'one', 3, '3-4'),
                       ('one/3a:high', 'one', 3, '3-4')) as t (figure_id, source_id, line, printed)
    """)
    (tiny.settings.expectations).mkdir(parents=True)
    shipped = (PROJECT / "expectations" / "provenance.yml").read_text(encoding="utf-8")
    (tiny.settings.expectations / "provenance.yml").write_text(shipped, encoding="utf-8")
    return tiny


def _places(tiny: Tiny) -> CheckResult:
    return checks.provenance(tiny.settings, tiny.database)


def test_printed_values_stand_where_they_are_cited(warehouse: Tiny) -> None:
    result = _places(warehouse)
    assert (result.success, result.ran, result.element_count) == (True, True, 2), result.message


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("line = 1", "one/2a: '12.5million' is not at line 1, it stands at line 2"),
        ("line = 99", "one/2a: '12.5million' is not at line 99, it stands at line 2"),
        ("printed = '12.6million'", "one/2a: '12.6million' is not at line 2, it stands nowhere"),
    ],
)
def test_a_misplaced_value_is_named_with_its_true_line(warehouse: Tiny, change: str, found: str) -> None:
    warehouse.sql(f"update core.figures set {change} where figure_id = 'one/2a'")
    result = _places(warehouse)
    assert (result.success, result.blocking, result.unexpected_count) == (False, True, 1)
    assert result.sample == (found,)
    assert checks.failing_rows(warehouse.settings, warehouse.database, result) == [{"found": found}]


def test_a_changed_source_text_is_noticed(warehouse: Tiny, tmp_path: Path) -> None:
    assert warehouse.run()["source_texts_are_the_registered_ones"].success
    (tmp_path / "texts" / "one.txt").write_text(TEXT + "more\n", encoding="utf-8")
    result = warehouse.run()["source_texts_are_the_registered_ones"]
    assert not result.success
    assert result.sample[0].startswith("one: one.txt has sha256 ")


@pytest.mark.parametrize("folder", ["nowhere", "empty"])
def test_without_texts_the_check_says_that_it_did_not_run(
    warehouse: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("AI_FIGURES_SOURCES", str(tmp_path / folder))
    for result in warehouse.run().values():
        assert (result.success, result.ran) == (True, False)
        assert result.message.startswith("Did not run: source texts absent")


def test_an_unknown_python_check_fails(tiny: Tiny) -> None:
    tiny.suite(entry("rule", "python", kwargs={"check": "nothing"}))
    result = tiny.run()["rule"]
    assert not result.success
    assert (
        "no Python check 'nothing'; one of datapackage, pages, printed_values, published_file, source_texts"
        in result.message
    )


def _package(settings: Settings) -> CheckResult:
    results = checks.run_checks(settings, settings.published_file, ["publication"])
    return next(result for result in results if result.name == "datapackage_describes_every_table")


def test_datapackage(copy: Settings) -> None:
    result = _package(copy)
    assert result.success and result.element_count and result.element_count > 40, result.message

    package_file = copy.published / "datapackage.json"
    package = json.loads(package_file.read_text(encoding="utf-8"))
    gone = package["resources"].pop(0)["name"]
    package["resources"][0]["schema"]["fields"] = []
    package["version"] = "another"
    package_file.write_text(json.dumps(package), encoding="utf-8")
    changed, removed = sorted((copy.published / "parquet").glob("core.*.parquet"))
    changed.write_bytes(changed.read_bytes() + b"x")
    removed.unlink()
    with duckdb.connect(str(copy.published_file)) as connection:
        connection.execute("drop table market.market_size")
    found = "\n".join(_package(copy).sample)
    for words in (
        f"{gone}: not in datapackage.json",
        "market.market_size: in datapackage.json, not in the database",
        f"sha256 of parquet/{changed.name} differs",
        f"parquet/{removed.name} is missing",
        "no fields described",
        "version another in datapackage.json",
    ):
        assert words in found
    package_file.unlink()
    assert _package(copy).sample == ("datapackage.json is missing",)
