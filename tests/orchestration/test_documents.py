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


def test_what_cannot_be_loaded_is_quarantined_and_the_rest_is_published(tmp_path: Path) -> None:
    """A broken document, one without a figure, and two with one id: none of them stops the publication."""
    settings = settings_with_inbox(tmp_path)
    inbox = settings.raw / "inbox"
    (inbox / "broken.pdf").write_text(TEXT, encoding="utf-8")
    (inbox / "words.txt").write_text("Nothing is counted here.\n", encoding="utf-8")
    (inbox / "sample-report.md").write_text(TEXT, encoding="utf-8")
    pipeline.run(settings)  # with the checks: figure ids are unique, nothing is lost, sources have figures
    assert settings.published_file.exists()
    assert len(extracted(settings)) == 2
    with duckdb.connect(str(settings.published_file), read_only=True) as connection:
        rows = connection.execute("select source_id, file, remedy from quality.quarantine order by all").fetchall()
        counts = connection.execute(
            "select source_id, rows_in, rows_loaded, rows_quarantined from quality.load_counts "
            "where source_id like 'inbox/%' order by source_id"
        ).fetchall()
        sources = connection.execute("select source_id from core.sources where kind = 'document'").fetchall()
    assert rows == [
        ("inbox/broken", "inbox/broken.pdf", "Replace or remove the document"),
        ("inbox/sample-report.txt", "inbox/sample-report.txt", "Remove or rename one of the two documents"),
    ]
    assert counts == [
        ("inbox/broken", 1, 0, 1),
        ("inbox/sample-report.txt", 1, 0, 1),
        ("inbox/sample_report", 2, 2, 0),
        ("inbox/words", 0, 0, 0),
    ]
    assert sources == [("sample_report",)]
