"""A document goes from the inbox into the warehouse, marked as extracted, and leaves no trace when it is removed."""

import shutil
from pathlib import Path

import duckdb

from orchestration import pipeline
from orchestration.settings import PROJECT, Settings

TEXT = "2024 年全球样本芯片市场规模达到 123.4 亿美元，同比增长 56%。\n"


def settings_with_inbox(tmp_path: Path) -> Settings:
    raw = tmp_path / "raw"
    shutil.copytree(PROJECT / "raw", raw)
    shutil.rmtree(raw / "inbox", ignore_errors=True)
    (raw / "inbox").mkdir()
    (raw / "inbox" / "sample-report.txt").write_text(TEXT, encoding="utf-8")
    return Settings(project=PROJECT, raw=raw, state=tmp_path / "state", published=tmp_path / "warehouse")


def extracted(settings: Settings) -> list[tuple[str, float, str]]:
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        return connection.execute(
            "select printed, value, review from core.figures where source_id = 'sample_report' order by figure_id"
        ).fetchall()


def test_a_document_enters_and_leaves_the_warehouse(tmp_path: Path) -> None:
    settings = settings_with_inbox(tmp_path)
    pipeline.run(settings)  # with the checks: a document must not stop the publication
    assert ("123.4亿美元", 12.34e9, "extracted") in extracted(settings)
    (settings.raw / "inbox" / "sample-report.txt").unlink()
    pipeline.run(settings, check=False)
    assert extracted(settings) == []


def test_an_unreadable_document_is_one_quarantined_row(tmp_path: Path) -> None:
    settings = settings_with_inbox(tmp_path)
    (settings.raw / "inbox" / "sample-report.txt").rename(settings.raw / "inbox" / "broken.pdf")
    pipeline.run(settings, check=False)
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        rows = connection.execute("select file, remedy from quality.quarantine").fetchall()
        counts = connection.execute(
            "select rows_in, rows_loaded, rows_quarantined from quality.load_counts where source_id = 'inbox/broken'"
        ).fetchall()
    assert rows == [("inbox/broken.pdf", "Replace or remove the document")]
    assert counts == [(1, 0, 1)]


def test_of_two_documents_with_one_id_the_second_is_quarantined(tmp_path: Path) -> None:
    settings = settings_with_inbox(tmp_path)
    (settings.raw / "inbox" / "sample-report.md").write_text(TEXT, encoding="utf-8")
    pipeline.run(settings)  # with the checks: figure ids are unique, nothing is lost
    assert len(extracted(settings)) == 2
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        rows = connection.execute("select file, remedy from quality.quarantine").fetchall()
        counts = connection.execute(
            "select rows_in, rows_loaded, rows_quarantined from quality.load_counts "
            "where source_id like 'inbox/%' order by source_id"
        ).fetchall()
    assert rows == [("inbox/sample-report.txt", "Remove or rename one of the two documents")]
    assert counts == [(1, 0, 1), (2, 2, 0)]
