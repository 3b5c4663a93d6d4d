"""How often what the audit tells is right, by engine and slip (`orchestration/audit/data/precision.yml`).

    python benchmarks/audit_precision.py FOLDER... [--write]

A folder holds documents and `ties.csv` (file, rule, stated, inputs, verdict, reason; places are `line:printed`, the
line is left out where a format has none). What is told of a place is right where a slip of that place is labelled with
one of the inputs at least, or where the two have changed parts.
"""

import csv
import sys
from collections import Counter, defaultdict
from pathlib import Path

import yaml

from orchestration.audit.document import load
from orchestration.audit.engine import compare
from orchestration.audit.formats import Result, alarms
from orchestration.audit.model import Comparison, Document, Spot
from orchestration.audit.words import DATA
from orchestration.extraction import ExtractionError
from orchestration.extraction.isolation import DocumentReader
from orchestration.extraction.model import Grid, Line
from orchestration.figures.text import squeeze

Place = tuple[int | None, str]


def place_of(said: str) -> Place:
    line, _, printed = said.strip().partition(":")
    return (int(line) if line.strip().isdigit() else None), squeeze(printed)


def meets(place: Place, spot: Spot) -> bool:
    line, printed = place
    return (line is None or line == spot.line) and (
        squeeze(spot.printed) in printed or printed in squeeze(spot.printed)
    )


def is_right(c: Comparison, slips: list[list[Place]]) -> bool:
    spots = [c.stated, *c.inputs]
    for places in slips:
        met = [any(meets(place, spot) for spot in spots) for place in places]
        if met[0] and sum(met) >= min(2, len(met)):
            return True
    return False


def slips_of(folder: Path) -> dict[str, list[list[Place]]]:
    found: dict[str, list[list[Place]]] = defaultdict(list)
    with (folder / "ties.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["file"]] += [
                [place_of(p) for p in (row["stated"], *row["inputs"].split(" ; ")) if not p.strip().startswith("=")]
            ] * (row["verdict"] == "disagree")
    return found


def told_of(document: Document) -> list[Comparison]:
    """What people are told of a document, and what is only a candidate because its engine was seldom right."""
    found = compare(document)
    for c in found:
        if c.verdict == "undetermined" and c.code:
            c.verdict = "disagree"
    return alarms(Result(document.file, document, found))


def main(folders: list[Path], write: bool) -> None:
    told: Counter[str] = Counter()
    right: Counter[str] = Counter()
    with DocumentReader() as reader:
        for folder in folders:
            for name, slips in slips_of(folder).items():
                elements: list[Line | Grid] = []
                try:
                    figures = list(reader.figures(folder / name, seen=elements.append))
                    document = load(folder / name, figures, elements)
                except ExtractionError as error:
                    print(f"{name}: {error}", file=sys.stderr)
                    continue
                for c in told_of(document):
                    key = f"{c.origin} {c.operator} {c.code}"
                    told[key] += 1
                    right[key] += is_right(c, slips)
    for key, n in sorted(told.items(), key=lambda item: (-item[1], item[0])):
        print(f"{right[key]:4} of {n:4}  {key}")
    print(f"{sum(right.values())} of {sum(told.values())} are right")
    if write:
        entries = {key: [right[key], n] for key, n in sorted(told.items())}
        text = "# engine and slip: told rightly, told (benchmarks/audit_precision.py, documents with labelled slips)\n"
        path = DATA / "precision.yml"
        path.write_text(text + yaml.safe_dump(entries, default_flow_style=None, width=200), encoding="utf-8")


if __name__ == "__main__":
    arguments = [a for a in sys.argv[1:] if not a.startswith("-")]
    main([Path(a) for a in arguments], "--write" in sys.argv)
