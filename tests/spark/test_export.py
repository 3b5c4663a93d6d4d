"""What `make spark` hands to Spark, and what it says when it cannot; needs neither Java nor the group spark."""

from pathlib import Path

import duckdb
import pytest

from orchestration.settings import PROJECT, Settings
from orchestration.transform import spark


def settings_in(base: Path) -> Settings:
    return Settings(project=PROJECT, raw=PROJECT / "raw", state=base / "state", published=base / "warehouse")


def test_every_raw_row_is_exported(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    settings.build_file.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.build_file)) as build:
        build.execute("create schema raw")
        build.execute("create table raw.figures as select range as line, '2亿元' as printed from range(3)")
        build.execute("create table raw.quarantine (message varchar)")
    stale = tmp_path / "raw" / "gone.parquet"
    stale.parent.mkdir()
    stale.touch()
    files = spark.export_raw(settings, tmp_path / "raw")
    assert [file.name for file in files] == ["figures.parquet", "quarantine.parquet"]
    assert not stale.exists()
    assert duckdb.sql(f"select sum(line), min(printed) from '{files[0]}'").fetchall() == [(3, "2亿元")]


def test_without_a_build_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(spark.SparkError, match="make warehouse"):
        spark.export_raw(settings_in(tmp_path), tmp_path / "raw")


def test_without_java_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark")
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(spark.SparkError, match="Java 17"):
        spark.require_spark()
