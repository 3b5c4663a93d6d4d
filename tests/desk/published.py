"""A small published file for the tests of the desk."""

import duckdb

FIGURES = [  # figure_id, line, printed, value, low, high, unit, indicator, period
    ("a/1", 3, "93.41%", 93.41, 93.405, 93.415, "percent", "market_size", "2023-2030"),
    ("a/2", 3, "170亿元", 1.7e10, 1.695e10, 1.705e10, "CNY", "market_size", "2023"),
    ("a/3", 3, "1.09万亿元", 1.09e12, 1.085e12, 1.095e12, "CNY", "market_size", "2030"),
    ("a/4", 5, "20%", 20.0, 19.5, 20.5, "percent", "market_size", "2024"),
    ("a/5", 5, "30%", 30.0, 29.5, 30.5, "percent", "market_size", "2024"),
]
FINDINGS = [  # issue, importance, finding, rule, code, figures, stated, low, high, expected, low, high
    ("issue:a/4", 0.3, "repeat:a/4", "repeat", "unexplained", ["a/4", "a/5"], 0.2, 0.195, 0.205, 0.3, 0.295, 0.305),
    ("issue:a/1", 0.9, "cagr:a/1", "cagr", "unexplained", ["a/1", "a/2", "a/3"], 0.9341, 0.93405, 0.93415, 0.8119, 0.81,
     0.8138),
]  # fmt: skip
TIES = ["cagr:a/found.text.1.655546e2", "repeat:a/found.text.4.fd8d8a56"]
TEXT = "# 人工智能\n\n规模由 170 亿元增至 1.09 万亿元，复合增长率 **93.41**%\n\n占比 20%，又作 30%。\n"


def publish(path, findings):
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as db:
        db.execute("create schema core; create schema reconciliation")
        db.execute("create table core.sources as select 'a' as source_id, 'Report A' as title, 'a.txt' as source_file")
        db.execute(
            "create table core.figures (figure_id text, source_id text, line int, exhibit text, printed text, "
            "qualifier text, value double, value_low double, value_high double, unit text, counted text, "
            "indicator text, entity text, segment text, whole text, geography text, basis text, period_label text, "
            "status text, "
            "statistic text)"
        )
        for name, line, printed, value, low, high, unit, indicator, period in FIGURES:
            db.execute(
                "insert into core.figures by name select ? as figure_id, 'a' as source_id, ? as line, ? as printed, "
                "? as value, ? as value_low, ? as value_high, ? as unit, ? as indicator, ? as period_label",
                [name, line, printed, value, low, high, unit, indicator, period],
            )
        db.execute(
            "create table reconciliation.issues (issue_id text, importance double, decision text, finding_ids text[]);"
            "create table reconciliation.findings (finding_id text, comparison_id text, rule text, severity text, "
            "explanation_code text, explanation text, explanation_zh text, decision text, reason text);"
            "create table reconciliation.comparisons (comparison_id text, figure_ids text[], stated double, stated_low "
            "double, stated_high double, expected double, expected_low double, expected_high double, explanation text, "
            "explanation_zh text);"
            "create table reconciliation.decision_guards (finding_id text, problem text, who text, decision text)"
        )
        for issue, importance, finding, rule, code, figure_ids, *numbers in findings:
            db.execute("insert into reconciliation.issues values (?, ?, 'open', [?])", [issue, importance, finding])
            db.execute(
                "insert into reconciliation.findings values (?, ?, ?, 'error', ?, ?, ?, 'open', null)",
                [finding, finding, rule, code, f"{finding} does not fit.", f"{finding} 不符。"],
            )
            marks = ", ".join("?" * 8)
            db.execute(
                f"insert into reconciliation.comparisons values ({marks}, null, null)", [finding, figure_ids, *numbers]
            )
        for comparison in TIES:
            db.execute(
                "insert into reconciliation.comparisons by name select ? as comparison_id, ? as explanation",
                [comparison, "It holds."],
            )
