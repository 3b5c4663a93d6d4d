"""Plant slips by program into documents whose ties hold, and count what the audit finds.

    python benchmarks/audit_slips.py FOLDER... [--all] [--quiet]

A folder holds text documents and ties.csv (file, rule, stated, inputs, verdict). One slip at a time is written over a
stated number that holds: a digit, two neighbours exchanged, to for by (growth), part over the rest (share), one year
more (cagr), a power of ten. Found means: a disagreement that names the line. The null is the document without a slip.
"""

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestration.audit.document import load
from orchestration.audit.engine import compare
from orchestration.audit.model import Comparison
from orchestration.extraction import extract_document

KINDS = (".txt", ".md", ".csv", ".html")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def slips(rule: str, printed: str, inputs: list[float]) -> Iterator[tuple[str, str]]:
    """(slip, the number as printed then)."""
    match = NUMBER.search(printed)
    if match is None:
        return
    text = match[0]
    value, decimals = float(text.replace(",", "")), len(text.partition(".")[2])
    digits = [i for i, c in enumerate(text) if c.isdigit()]
    if len(digits) >= 3:
        i = digits[1]
        yield "digit", text[:i] + str((int(text[i]) + 3) % 10) + text[i + 1 :]
        a, b = digits[0], digits[1]
        if text[a] != text[b] and b == a + 1 and text[b] != "0":
            yield "exchange", text[:a] + text[b] + text[a] + text[b + 1 :]
    if rule == "growth":
        yield "by_to", f"{value + 100:.{decimals}f}"
    if rule == "share" and value < 90:
        yield "rest", f"{100 * value / (100 - value):.{decimals}f}"
    if rule == "cagr":
        for n in range(2, 15):
            if len(inputs) == 2 and inputs[0] > 0:
                rate = 100 * ((inputs[1] / inputs[0]) ** (1 / n) - 1)
                if abs(rate - value) < 0.6:
                    yield "periods", f"{100 * ((inputs[1] / inputs[0]) ** (1 / (n + 1)) - 1):.{decimals}f}"
                    break
    if rule in ("sum", "text_vs_table", "product"):
        yield "scale", f"{value * 10:,.{decimals}f}" if "," in text else f"{value * 10:.{decimals}f}"


def audit(path: Path) -> list[Comparison]:
    return compare(load(path, extract_document(path)))


def alarms(found: list[Comparison]) -> list[Comparison]:
    return [c for c in found if c.verdict in ("disagree", "strained")]


def main() -> None:
    folders = [Path(a) for a in sys.argv[1:] if not a.startswith("-")]
    total: Counter[tuple[str, str]] = Counter()
    hit: Counter[tuple[str, str]] = Counter()
    operators: Counter[str] = Counter()
    for folder in folders:
        ties = list(csv.DictReader((folder / "ties.csv").open(encoding="utf-8")))
        for path in sorted(
            p
            for p in folder.iterdir()
            if p.suffix in KINDS and p.name not in ("ties.csv", "expected.csv", "traps.csv", "frames.csv")
        ):
            held = {(c.stated.line, c.stated.printed) for c in alarms(audit(path))}
            lines = path.read_text(encoding="utf-8").split("\n")
            for tie in (t for t in ties if t["file"] == path.name and t["verdict"] == "agree"):
                line, _, printed = tie["stated"].partition(":")
                if not line.isdigit() or lines[int(line) - 1].count(printed) != 1:
                    continue
                inputs = [
                    float(m[0].replace(",", ""))
                    for i in tie["inputs"].split(" ; ")
                    if (m := NUMBER.search(i.partition(":")[2]))
                ]
                for kind, wrong in slips(tie["rule"], printed, inputs):
                    match = NUMBER.search(printed)
                    assert match
                    planted = printed[: match.start()] + wrong + printed[match.end() :]
                    changed = list(lines)
                    changed[int(line) - 1] = changed[int(line) - 1].replace(printed, planted)
                    with TemporaryDirectory() as directory:
                        copy = Path(directory) / path.name
                        copy.write_text("\n".join(changed), encoding="utf-8")
                        found = [c for c in alarms(audit(copy)) if (c.stated.line, c.stated.printed) not in held]
                    key = (tie["rule"], kind)
                    total[key] += 1
                    near = [c for c in found if any(abs(s.line - int(line)) <= 1 for s in (c.stated, *c.inputs))]
                    hit[key] += bool(near)
                    operators.update(c.operator for c in near[:1])
                    if "-v" in sys.argv and not near:
                        print(f"  missed {path.name}:{line} {tie['rule']} {kind} {printed} -> {planted}")
    for key in sorted(total):
        print(f"{key[0]:14} {key[1]:9} {hit[key]:4} of {total[key]:4}")
    print(f"all {sum(hit.values())} of {sum(total.values())}; by operator {dict(operators.most_common())}")


if __name__ == "__main__":
    main()
