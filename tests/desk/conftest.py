"""A desk over a published file of two issues, two ties and one text."""

import csv

import pytest

from orchestration.desk.desk import Desk
from tests.desk.published import FINDINGS, TEXT, publish


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
    return Desk(raw, tmp_path / "w.duckdb", {}, {})
