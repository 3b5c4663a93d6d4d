"""What the audit found, for people (text, HTML) and for machines (JSON, CSV, SARIF 2.1.0, JUnit)."""

import csv
import html
import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

from orchestration.audit.model import Comparison, Document, Spot
from orchestration.audit.told import Teller, count, shown

COLUMNS = (
    "file", "rule", "origin", "stated_line", "stated_printed", "input_lines", "input_printed", "verdict",
    "explanation_code", "explanation", "confidence",
)  # fmt: skip
ALARMS = ("disagree", "strained")
SURE = 0.75  # how often what an engine tells must have been right to stand in front
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


@dataclass(slots=True)
class Result:
    """One document and its comparisons; ``file`` as the command was given it."""

    file: str
    document: Document
    comparisons: list[Comparison]


def row(file: str, c: Comparison) -> dict[str, Any]:
    """A comparison with the fields of the contract."""
    return {
        "file": file,
        "rule": {"difference": "sum", "rate_of": "product"}.get(c.rule, c.rule),
        "origin": c.origin,
        "stated_line": c.stated.line,
        "stated_printed": c.stated.printed,
        "input_lines": [s.line for s in c.inputs],
        "input_printed": [s.printed for s in c.inputs],
        "verdict": c.verdict,
        "explanation_code": c.code or None,
        "explanation": c.explanation or None,
        "confidence": round(min(1.0, max(0.0, c.confidence)), 3),
    }


def rows(results: Sequence[Result]) -> list[dict[str, Any]]:
    return [row(r.file, c) for r in results for c in r.comparisons]


def alarms(result: Result) -> list[Comparison]:
    """What does not follow, each cause once: neither again with another print of an input, nor once more with the
    statement and an input exchanged. A known slip goes before a disagreement that nothing explains. In the order of the
    document, those behind whose engine is more often wrong."""
    once: dict[tuple[int, str, tuple[float, ...]], Comparison] = {}
    for c in result.comparisons:
        if c.verdict in ALARMS and c.operator != "other_print":
            once.setdefault((id(c.stated), c.rule, tuple(sorted(s.value for s in c.inputs))), c)
    best: dict[frozenset[int], Comparison] = {}
    for c in sorted(once.values(), key=lambda c: (c.code in ("", "unexplained"), -c.confidence)):
        best.setdefault(frozenset(id(s) for s in (c.stated, *c.inputs)), c)
    kept = [c for c in once.values() if any(c is b for b in best.values())]
    return sorted(kept, key=lambda c: c.confidence < SURE)


# --- people -----------------------------------------------------------------------------------------------------------


def counts(result: Result) -> dict[str, Any]:
    """What was compared, and what was not."""
    tied = {id(s) for c in result.comparisons for s in (c.stated, *c.inputs)}
    everything = [
        *result.document.spots, *(s for t in result.document.tables for cells in t.cells for s in cells if s)
    ]  # fmt: skip
    return {
        "file": result.file,
        "figures": len(everything),
        "figures_in_no_comparison": sum(1 for s in everything if id(s) not in tied),
        "tables": len(result.document.tables),
        "verdicts": dict(Counter(c.verdict for c in result.comparisons)),
        "issues": [Teller(result.document).sentence(c) for c in alarms(result)],
    }


def as_text(results: Sequence[Result]) -> str:
    """What does not follow, each with its surroundings; how many hold, and how many figures met no other."""
    out = []
    for result in results:
        found, counted = alarms(result), counts(result)
        holds = sum(c.verdict == "agree" for c in result.comparisons)
        bad, good = count(len(found), "statement does", "statements do"), count(holds, "holds", "hold")
        out.append(f"{result.file}: {bad} not follow, {good}")
        out += shown(found, Teller(result.document), SURE)
        out.append(f"  {_unchecked(counted)}")
    return "\n".join(out) + "\n"


def _unchecked(counted: dict[str, Any]) -> str:
    alone, total = counted["figures_in_no_comparison"], counted["figures"]
    return f"not checked: {alone:,} of {count(total, 'figure', 'figures')}, with which nothing could be compared"


# --- machines ---------------------------------------------------------------------------------------------------------


def as_json(results: Sequence[Result]) -> str:
    inner = ",\n ".join(json.dumps(r, ensure_ascii=False) for r in rows(results))
    return f"[\n {inner}\n]\n" if inner else "[]\n"


def as_csv(results: Sequence[Result]) -> str:
    """Lists are joined by `` ; ``; no cell is a formula to a spreadsheet."""
    from orchestration.extraction.commands import csv_cell

    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for r in rows(results):
        flat = {k: " ; ".join(map(str, v)) if isinstance(v, list) else v for k, v in r.items()}
        writer.writerow({k: csv_cell(v) for k, v in flat.items()})
    return out.getvalue()


def as_sarif(results: Sequence[Result]) -> str:
    """One result an alarm; rules are those of the contract."""
    from urllib.parse import quote

    def location(file: str, spot: Spot) -> dict[str, Any]:
        where: dict[str, Any] = {"artifactLocation": {"uri": quote(file)}}
        if not spot.page and spot.line:
            where["region"] = {"startLine": spot.line}
        return {"physicalLocation": where, "message": {"text": spot.printed}}

    found = [(r.file, Teller(r.document), c) for r in results for c in alarms(r)]
    run = {
        "tool": {
            "driver": {"name": "ai-figures audit", "rules": [{"id": i} for i in sorted({c.rule for _, _, c in found})]}
        },
        "results": [
            {
                "ruleId": c.rule,
                "level": "error" if c.verdict == "disagree" and c.confidence >= 0.95 else "warning",
                "message": {"text": teller.sentence(c)},
                "locations": [location(file, c.stated)],
                "relatedLocations": [{"id": i, **location(file, s)} for i, s in enumerate(c.inputs)],
                "properties": {"confidence": round(c.confidence, 3), "explanationCode": c.code or None},
            }
            for file, teller, c in found
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1) + "\n"


def as_junit(results: Sequence[Result]) -> str:
    """A suite a document, a case a comparison; what disagrees is a failure."""
    suites = []
    for result in results:
        cases, teller = [], Teller(result.document)
        for c in (c for c in result.comparisons if c.verdict == "agree" or c.operator != "other_print"):
            name = _xml(f"{c.rule} {teller.written(c.stated)} ({teller.place(c.stated)})")
            head = f"  <testcase classname={_xml(result.file)} name={name}"
            if c.verdict in ALARMS:
                cases.append(
                    f"{head}><failure type={_xml(c.code or c.verdict)} message={_xml(teller.sentence(c))}/></testcase>"
                )
            else:
                cases.append(f"{head}/>")
        bad = len(alarms(result))
        suites.append(
            f' <testsuite name={_xml(result.file)} tests="{len(cases)}" failures="{bad}" errors="0" skipped="0">\n'
            + "\n".join(cases)
            + ("\n" if cases else "")
            + " </testsuite>"
        )
    return '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n' + "\n".join(suites) + "\n</testsuites>\n"


def _xml(text: str) -> str:
    # XML has no way to write most control characters
    return quoteattr("".join(c for c in text if c >= " " and c not in "\ufffe\uffff"))


# --- HTML -------------------------------------------------------------------------------------------------------------

_STYLE = """body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1b1b1b}
table{border-collapse:collapse;margin:1rem 0}td,th{border:1px solid #ccc;padding:.15rem .5rem;text-align:left}
mark{background:#dff0df}mark.bad{background:#ffd9d0;font-weight:600}li{margin:.4rem 0}.n{color:#555;font-size:.85em}
@media(prefers-color-scheme:dark){body{background:#161616;color:#eee}mark{background:#234a23;color:#fff}mark.bad{background:#7a2415}.n{color:#aaa}}"""


def as_html(results: Sequence[Result]) -> str:
    """One self-contained page: issues, then the document's text with its figures marked."""
    body = "".join(_html_document(r, n) for n, r in enumerate(results))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Audit of figures</title>'
        '<meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<style>{_STYLE}</style></head><body><h1>Audit of figures</h1>{body}</body></html>\n"
    )


def _html_document(result: Result, number_of: int) -> str:
    found, teller = alarms(result), Teller(result.document)
    marks: dict[int, tuple[str, str]] = {}
    for c in result.comparisons:
        for spot in (c.stated, *c.inputs):
            marks.setdefault(id(spot), ("", f"{c.rule}: holds"))
    for i, c in enumerate(found, 1):
        for spot in (c.stated, *c.inputs):
            marks[id(spot)] = ("bad", f"issue {i}: {teller.sentence(c)}")
    counted = counts(result)
    issues = "".join(f"<li>{html.escape(teller.sentence(c))}</li>" for c in found)
    texts = "".join(f"<p>{_html_text(t.text, t.spots, marks)}</p>" for t in result.document.texts)
    tables = "".join(_html_table(t, marks) for t in result.document.tables)
    return (
        f'<section id="d{number_of}"><h2>{html.escape(result.file)}</h2>'
        f"{f'<ol>{issues}</ol>' if issues else '<p>Every statement that was compared holds.</p>'}"
        f'<p class="n">{html.escape(_unchecked(counted))}</p>'
        f"<h3>Text</h3>{texts}<h3>Tables</h3>{tables}</section>"
    )


def _html_text(text: str, spots: Sequence[Spot], marks: dict[int, tuple[str, str]]) -> str:
    out, at = [], 0
    for spot in spots:
        out += [html.escape(text[at : spot.start]), _mark(text[spot.start : spot.end], spot, marks)]
        at = spot.end
    return "".join(out) + html.escape(text[at:])


def _mark(text: str, spot: Spot, marks: dict[int, tuple[str, str]]) -> str:
    if id(spot) not in marks:
        return html.escape(text)
    kind, said = marks[id(spot)]
    return f'<mark class="{kind}" title="{html.escape(said)}">{html.escape(text)}</mark>'


def _html_table(table: Any, marks: dict[int, tuple[str, str]]) -> str:
    head = "".join(f"<th>{html.escape(c)}</th>" for c in table.columns[1:])
    lines = []
    for label, cells in zip(table.rows, table.cells, strict=True):
        inside = "".join(f"<td>{_mark(s.printed, s, marks) if s else ''}</td>" for s in cells[1:])
        lines.append(f"<tr><th>{html.escape(label)}</th>{inside}</tr>")
    return f"<table><tr><th></th>{head}</tr>{''.join(lines)}</table>"


WRITERS = {"text": as_text, "json": as_json, "csv": as_csv, "html": as_html, "sarif": as_sarif, "junit": as_junit}
