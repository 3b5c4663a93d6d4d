"""A desk over a published file of two issues, two ties and one text."""

import csv
import shutil
from collections.abc import Callable, Iterator

import pytest

from orchestration.desk.desk import Desk
from tests.conftest import PROJECT
from tests.desk.published import FINDINGS, TEXT, publish
from tests.kept_reader import kept_reader


@pytest.fixture(scope="module")
def kept() -> Iterator[Callable[[], None]]:
    with kept_reader() as ended:
        yield ended


@pytest.fixture(autouse=True)
def _kept_reader(kept: Callable[[], None]) -> Iterator[None]:
    """Every document is read by the process that has read the one before; a desk has no end but that of its test."""
    yield
    kept()


@pytest.fixture
def desk(tmp_path, monkeypatch):
    raw = tmp_path / "raw"
    (raw / "a").mkdir(parents=True)
    (raw / "decisions.yml").write_text("[]\n")
    (raw / "a" / "prose.csv").write_text("key,line,printed\n1,3,93.41%\n")
    with (raw / "a" / "ties_found.csv").open("w", newline="") as handle:
        rows = csv.writer(handle)
        rows.writerow(
            [
                "rule",
                "stated",
                "inputs",
                "origin",
                "operator",
                "bound",
                "periods",
                "verdict",
                "explanation_code",
                "confidence",
            ]
        )
        rows.writerow(["cagr", "a/1", "a/2|a/3", "text", "from_to", "yes", "7", "agree", "", "0.9"])
        rows.writerow(["repeat", "a/4", "a/5", "text", "same", "no", "", "disagree", "unexplained", "0.4"])
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "a.txt").write_text(TEXT)
    monkeypatch.setenv("AI_FIGURES_SOURCES", str(texts))
    publish(tmp_path / "w.duckdb", FINDINGS)
    return Desk(raw, tmp_path / "w.duckdb")


@pytest.fixture
def raw(tmp_path):
    """A folder of raw files: the shipped registries, an empty inbox, no source."""
    folder = tmp_path / "raw"
    shutil.copytree(PROJECT / "raw" / "reference", folder / "reference", dirs_exist_ok=True)
    (folder / "inbox").mkdir(parents=True, exist_ok=True)
    (folder / "sources.yml").write_text("[]\n")
    return folder


@pytest.fixture
def document(raw):
    """A document of the inbox whose frame is told."""
    path = raw / "inbox" / "made.txt"
    path.write_text("# AI in China\n\nIn 2024 revenue was USD 36 billion.\nIn 2025 revenue was USD 45 billion.\n")
    (raw / "inbox" / "made.txt.frame.yml").write_text("period: none\nplace: CHN\n")
    return path


@pytest.fixture
def never_blind(monkeypatch):
    """No figure is drawn to be read twice."""
    monkeypatch.setattr("orchestration.desk.blind.SHARE", 0.0)
