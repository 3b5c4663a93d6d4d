"""The command: what is told, what is kept quiet, and the formats."""

import csv
import io
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from orchestration.audit.engine import OTHER_PRINT
from orchestration.cli import main

TABLE = """# Output of the plants

| Plant | 2022 | 2023 | 2024 | 2024 growth (%) |
|---|---|---|---|---|
| North | 1,250 | 1,480 | 2,010 | 35.8 |
| South | 980 | 1,120 | 1,560 | 39.3 |
| West | 460 | 610 | 790 | 29.5 |
| Total | 2,690 | 3,210 | 4,360 | 35.8 |
"""
TEXT = """Sales were $120 million in 2024, up 20% from $100 million in 2023.

Of these, cloud brought $30 million, 25% of the $120 million.

The market grows from $10 billion in 2024 to $20 billion in 2029, a CAGR of 14.9%.
"""


def audit(tmp_path: Path, capsys, text: str, name: str = "a.md", *options: str):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    code = main(["audit", str(path), "--format", "json", *options])
    return code, json.loads(capsys.readouterr().out)


def wrong(rows):
    """What does not hold, each once."""
    return [
        (r["stated_printed"], r["explanation_code"])
        for r in rows
        if r["verdict"] in ("disagree", "strained") and OTHER_PRINT not in (r["explanation"] or "")
    ]


def test_what_holds_is_said_and_nothing_else(tmp_path, capsys):
    code, rows = audit(tmp_path, capsys, TABLE + "\n" + TEXT)
    assert code == 0 and wrong(rows) == []
    held = {(r["rule"], r["stated_printed"]) for r in rows if r["verdict"] == "agree"}
    assert {("sum", "4,360"), ("growth", "39.3"), ("growth", "20%"), ("share", "25%"), ("cagr", "14.9%")} <= held


@pytest.mark.parametrize(
    ("old", "new", "stated", "reason"),
    [
        ("4,360", "4,630", "4,630", "digit"),
        ("| 39.3", "| 139.3", "139.3", "increase_by_vs_to"),
        ("| 4,360", "| 3,570", "3,570", "part_left_out"),
    ],
)
def test_the_place_that_breaks_a_table_is_named(tmp_path, capsys, old, new, stated, reason):
    assert old in TABLE
    _, rows = audit(tmp_path, capsys, TABLE.replace(old, new))
    assert (stated, reason) in wrong(rows)


@pytest.mark.parametrize(
    ("old", "new", "stated", "reason"),
    [
        ("up 20%", "up 120%", "120%", "increase_by_vs_to"),
        ("25% of", "33% of", "33%", "share_of_rest"),
        ("14.9%", "12.2%", "12.2%", "periods"),
        ("14.9%", "100%", "100%", "total_growth"),
    ],
)
def test_a_slip_in_a_sentence_is_named(tmp_path, capsys, old, new, stated, reason):
    assert old in TEXT
    _, rows = audit(tmp_path, capsys, TEXT.replace(old, new), "a.txt")
    assert wrong(rows) == [(stated, reason)]


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("2024年甲市算力为2,100PFLOPS。", "digit"),
        ("2024年甲市算力为1,480PFLOPS。", "other_year"),
        ("2024年甲市算力为20,100PFLOPS。", "scale"),
        ("2024年甲市算力为2,010PFLOPS。", None),
    ],
)
def test_text_against_the_cell_it_names(tmp_path, capsys, sentence, reason):
    table = "| 城市 | 2023年 | 2024年 |\n|---|---|---|\n| 甲市 | 1,480 | 2,010 |\n| 乙市 | 1,120 | 1,560 |\n"
    text = f"表1 算力（单位：PFLOPS）\n\n{table}"
    _, rows = audit(tmp_path, capsys, f"{text}\n{sentence}\n")
    assert [code for _, code in wrong(rows)] == ([reason] if reason else [])


def test_unlike_numbers_are_no_finding(tmp_path, capsys):
    text = "Revenue was $310 million. Staff grew 17%. The plant has 420 workers. Costs rose 8% and prices fell 3%.\n"
    _, rows = audit(tmp_path, capsys, text, "a.txt")
    assert wrong(rows) == []


def test_the_share_of_a_year_before_is_not_held_against_the_amount_of_this_year(tmp_path, capsys):
    text = "2024年营业收入为40.0亿元。分产品看，硬件收入30.0亿元，占营业收入的75.0%；软件收入6.0亿元，占比15.0%；"
    _, rows = audit(tmp_path, capsys, f"{text}服务收入4.0亿元，占比由上年的5.2%升至10.0%。\n", "a.txt")
    assert wrong(rows) == []
    _, rows = audit(tmp_path, capsys, f"{text}服务收入4.0亿元，占比12.0%。\n", "a.txt")
    assert [stated for stated, _ in wrong(rows)] == ["12.0%"]


STATEMENT = """        STATEMENTS OF OPERATIONS
        (in millions)

                                       2025            2024
Net revenue                       $    648.2      $    510.4
Cost of revenue                        297.5           247.5
Gross profit                           350.7           262.9
Research and development               156.4           118.0
Selling and administration              71.3            66.8

"""


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("27%", "33%", []),
        ("27%", "23%", [("23%", "digit")]),
        # the row is named and the level stands in it: no other rate need hold, and no slip be known
        ("27%", "48%", [("48%", "unexplained")]),
        ("12%", "48%", [("12%", "unexplained"), ("48%", "unexplained")]),
        # what is told as about so much is far from what follows
        ("27%", "about 48%", [("48%", "unexplained")]),
    ],
)
def test_growth_said_of_a_row_is_held_against_its_cells(tmp_path, capsys, first, second, expected):
    text = f"Net revenue grew {first} to $648.2 million. Research and development grew {second} to $156.4 million.\n"
    _, rows = audit(tmp_path, capsys, STATEMENT + text, "a.txt")
    assert wrong(rows) == expected


def test_growth_of_a_row_is_told_without_a_known_slip_where_two_other_rates_hold(tmp_path, capsys):
    text = "Net revenue grew 27% to $648.2 million. Gross profit grew 33% to $350.7 million.\n"
    _, rows = audit(
        tmp_path, capsys, f"{STATEMENT}{text}Research and development grew 48% to $156.4 million.\n", "a.txt"
    )
    assert wrong(rows) == [("48%", "unexplained")]


def test_a_line_of_another_level_is_no_part_left_out(tmp_path, capsys):
    text = "Item,Amount\nCloud,120.5\nof which new,40.2\nDevices,80.1\nTotal,200.6\n"
    _, rows = audit(tmp_path, capsys, text, "a.csv")
    assert wrong(rows) == []


def test_exit_codes(tmp_path, capsys):
    path = tmp_path / "a.txt"
    path.write_text(TEXT.replace("up 20%", "up 120%"), encoding="utf-8")
    assert main(["audit", str(path)]) == 0
    assert main(["audit", str(path), "--fail-on", "disagree"]) == 2
    assert main(["audit", str(tmp_path / "none.txt")]) == 1
    assert "none.txt" in capsys.readouterr().err


def test_formats(tmp_path, capsys):
    path = tmp_path / 'a & <b> "c".md'
    path.write_text(
        TABLE.replace("4,360", "4,630") + "\n<script>alert(1)</script> Sales were $5 million.\n", encoding="utf-8"
    )
    out = {}
    for kind in ("text", "csv", "html", "sarif", "junit"):
        assert main(["audit", str(path), "--format", kind, "--summary", str(tmp_path / "s.json")]) == 0
        out[kind] = capsys.readouterr().out
    assert re.search(r"4,630 \(line 8\).*2,010 \(line 5\).*digit", out["text"])
    assert any(r["verdict"] == "disagree" for r in csv.DictReader(io.StringIO(out["csv"])))
    sarif = json.loads(out["sarif"])
    result = sarif["runs"][0]["results"][0]
    assert sarif["version"] == "2.1.0" and result["locations"][0]["physicalLocation"]["region"]["startLine"] == 8
    assert result["ruleId"] in [r["id"] for r in sarif["runs"][0]["tool"]["driver"]["rules"]]
    suites = ET.fromstring(out["junit"])
    assert [int(s.attrib["failures"]) for s in suites] == [len(suites.findall(".//failure"))] and suites.findall(
        ".//failure"
    )
    assert (
        "<script" not in out["html"]
        and 'class="bad"' in out["html"]
        and "http" not in re.sub("http-equiv", "", out["html"])
    )
    summary = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    assert summary[0]["figures_in_no_comparison"] >= 1 and summary[0]["verdicts"]["disagree"] >= 1


def test_without_a_published_file_the_remedy_is_named(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("AI_FIGURES_PUBLISHED", str(tmp_path))
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    assert main(["audit", str(path), "--against", "warehouse"]) == 1
    assert "make warehouse" in capsys.readouterr().err


def test_start_up_without_the_pipeline():
    code = "import sys; from orchestration.cli import main; main(['audit', '/dev/null']); " \
        "print([m for m in ('dagster', 'dbt', 'great_expectations', 'polars') if m in sys.modules])"  # fmt: skip
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip().endswith("[]")
