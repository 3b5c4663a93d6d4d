"""`ai-figures ties`: the engines over a registered text with its reviewed figures, and what comes back."""

import csv
import hashlib
import shutil
from pathlib import Path

import pytest

from orchestration.cli import main
from orchestration.loading.relations import Term
from orchestration.loading.rows import PROSE_COLUMNS
from orchestration.settings import load_settings
from orchestration.ties.found import FoundTie, returned

TEXT = "全球水泵市场2023年为200亿元，2024年为250亿元，同比增长25%。\n\n其中甲公司2024年收入100亿元，占40%。\n"
FIGURES = """1a,1,,200亿元,,,,CNY,,market_size,,ai,WLD,,2023,actual,level,
1b,1,,250亿元,,,,CNY,,market_size,,ai,WLD,,2024,actual,level,
1c,1,,25%,,,,,,market_size,,ai,WLD,,2024,actual,yoy,
3a,3,,100亿元,,,,CNY,,market_size,,cloud,WLD,,2024,actual,level,
3b,3,,40%,,,,,,market_size,,cloud,WLD,,2024,actual,share,
"""


@pytest.fixture
def raw(tmp_path: Path, monkeypatch) -> Path:
    folder, texts = tmp_path / "raw", tmp_path / "texts"
    shutil.copytree(load_settings().raw / "reference", folder / "reference")
    (folder / "pumps" / "figures").mkdir(parents=True)
    (folder / "pumps" / "figures" / "prose.csv").write_text(",".join(PROSE_COLUMNS) + "\n" + FIGURES, encoding="utf-8")
    (folder / "pumps" / "relations").mkdir()
    (folder / "pumps" / "relations" / "relations.yml").write_text(
        "- {id: growth, rule: growth, stated: 1c, from: 1a, to: 1b}\n"
        "- {id: pumps, rule: ratio, stated: 3b, numerator: 1a, denominator: 1b}\n",
        encoding="utf-8",
    )
    texts.mkdir()
    (texts / "pumps.txt").write_text(TEXT, encoding="utf-8")
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    (folder / "sources.yml").write_text(
        "- source_id: pumps\n  title: Pumps\n  publisher: nobody\n  published_on: null\n  published_label: '2025'\n"
        f"  language: zh\n  kind: market brief\n  file: pumps.txt\n  sha256: {digest}\n  lines: 3\n"
        "  licence: own\n  notes: none\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("AI_FIGURES_RAW", str(folder))
    monkeypatch.setenv("AI_FIGURES_SOURCES", str(texts))
    return folder


def test_ties_are_found_and_counted(raw, capsys):
    assert main(["ties", "pumps"]) == 0
    rows = list(csv.DictReader((raw / "pumps" / "ties_found.csv").open(encoding="utf-8")))
    assert ("growth", "pumps/1c", "pumps/1a|pumps/1b") in {(r["rule"], r["stated"], r["inputs"]) for r in rows}
    # nothing but nearness binds the share to its whole two sentences before: any pair might fit as well
    assert "share" not in {r["rule"] for r in rows}
    assert {r["sha256"] for r in rows} == {hashlib.sha256(TEXT.encode()).hexdigest()}
    assert "1 of 2 hand-written relations" in capsys.readouterr().out


def test_a_dry_run_writes_nothing(raw):
    assert main(["ties", "--dry-run"]) == 0
    assert not (raw / "pumps" / "ties_found.csv").exists()


def test_another_text_is_refused(raw, tmp_path, capsys):
    (tmp_path / "texts" / "pumps.txt").write_text(TEXT.replace("250", "260"), encoding="utf-8")
    assert main(["ties"]) == 1
    assert "another text" in capsys.readouterr().err and not (raw / "pumps" / "ties_found.csv").exists()


def test_an_unknown_source_is_named_with_the_known(raw, capsys):
    assert main(["ties", "pipes"]) == 1
    assert "registered are pumps" in capsys.readouterr().err


def test_without_texts_the_remedy_is_named(raw, monkeypatch, capsys):
    monkeypatch.setenv("AI_FIGURES_SOURCES", str(raw / "nowhere"))
    assert main(["ties"]) == 1
    assert "AI_FIGURES_SOURCES" in capsys.readouterr().err


def test_prints_that_ties_of_two_join_come_back():
    terms = [Term("r", "s", "repeat", None, "figure", i, f"s/{k}", None, None, None, None) for i, k in enumerate("abc")]
    pairs = [
        FoundTie("repeat", f"s/{x}", (f"s/{y}",), "cluster", "", False, 1.0, "agree", "", 0.8) for x, y in ("ba", "cb")
    ]
    assert returned(terms, pairs) == {"r": ("repeat", True)}
    assert returned(terms, pairs[:1]) == {"r": ("repeat", False)}
