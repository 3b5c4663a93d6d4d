"""Precision, recall and accuracy by field of the extraction, against the reviewed rows of `raw/`.

Run: `.venv/bin/python benchmarks/extraction.py [--errors N] [--source ID]`. A figure is found when an extracted one has
the same unit and value (1e-6 relative) at the same line or one line beside it; every reviewed figure matches once. Ranks and
one-off durations count against recall as well: nothing is left out of the labelled set.
"""

# ruff: noqa: E501

import argparse
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from orchestration.extraction import ExtractedFigure, extract_document  # noqa: E402
from orchestration.loading import load_reference, load_source, load_sources  # noqa: E402
from orchestration.loading.provenance import sources_folder  # noqa: E402
from orchestration.loading.rows import RawFigure  # noqa: E402

FIELDS = ("period", "geography", "status", "statistic", "indicator", "entity")
FOUR = ("period", "geography", "status", "statistic")


@dataclass
class Score:
    """Counts of one report."""

    labelled: int = 0
    extracted: int = 0
    matched: int = 0
    prose_labelled: int = 0
    prose_matched: int = 0
    right: Counter[str] = field(default_factory=Counter)
    all_four: int = 0
    confusion: dict[str, Counter[tuple[str, str]]] = field(default_factory=lambda: defaultdict(Counter))
    missed: list[str] = field(default_factory=list)
    spurious: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0
    size: int = 0

    @property
    def precision(self) -> float:
        return self.matched / max(self.extracted, 1)

    @property
    def recall(self) -> float:
        return self.matched / max(self.labelled, 1)

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def main() -> int:
    """Print the table by report; with ``--errors`` also lines that were missed, invented or misread."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", type=int, default=0)
    parser.add_argument("--confusion", action="store_true")
    parser.add_argument("--source")
    arguments = parser.parse_args()
    raw = PROJECT / "raw"
    folder = sources_folder(raw)
    if folder is None:
        print("the source texts are not here; nothing to measure")
        return 0
    reference = load_reference(raw)
    total = Score()
    print(
        f"{'report':22}{'labelled':>9}{'found':>7}{'P':>7}{'R':>7}{'F1':>7}{'prose R':>9}"
        + "".join(f"{n:>11}" for n in FIELDS)
        + f"{'all four':>10}{'kB/s':>7}"
    )
    for source_id, source in load_sources(raw).items():
        if arguments.source and source_id != arguments.source:
            continue
        path = folder / source.file
        if not path.exists():
            continue
        labels = load_source(raw, source, reference).figures
        started = time.perf_counter()
        figures = extract_document(path, raw / "reference")
        score = compare(labels, figures, reference.units)
        score.seconds, score.size = time.perf_counter() - started, path.stat().st_size
        _show(source_id, score)
        _add(total, score)
        if arguments.errors:
            for name in ("missed", "spurious", "wrong"):
                for line in getattr(score, name)[: arguments.errors]:
                    print(f"   {name}: {line}")
    _show("all", total)
    if arguments.confusion:
        for name, counts in total.confusion.items():
            print(name)
            for (label, found), count in counts.most_common(14):
                print(f"   {count:5}  {label or '(blank)'} read as {found or '(blank)'}")
    return 0


def compare(labels: list[RawFigure], figures: list[ExtractedFigure], units: object) -> Score:
    """Match figures of one report, greedily by line distance, and count what agrees."""
    score = Score(labelled=len(labels), extracted=len(figures))
    by_value: dict[tuple[str, str], list[ExtractedFigure]] = defaultdict(list)
    used: set[int] = set()
    for figure in figures:
        by_value[_key(figure.value, figure.unit)].append(figure)
    for distance in (0, 1, -1):
        for label in labels:
            if id(label) in used:
                continue
            unit = units.get(label.unit_symbol)  # type: ignore[attr-defined]
            value = label.number * (unit.factor if unit else 1)
            name = unit.unit if unit else label.unit_symbol
            for candidate in by_value.get(_key(value, name), ()):
                if id(candidate) not in used and candidate.line - label.line == distance:
                    used |= {id(candidate), id(label)}
                    _count(score, label, candidate)
                    break
    for label in labels:
        score.prose_labelled += label.table_id is None
        if id(label) not in used:
            score.missed.append(f"{label.line}: {label.printed} {label.unit_symbol} ({label.table_id or 'prose'})")
        elif label.table_id is None:
            score.prose_matched += 1
    for figure in figures:
        if id(figure) not in used:
            score.spurious.append(
                f"{figure.line}: {figure.printed} = {figure.value:g} {figure.unit} {figure.counted} in {figure.text[:90]!r}"
            )
    return score


def _key(value: float, unit: str) -> tuple[str, str]:
    return f"{value:.6g}", unit


def _count(score: Score, label: RawFigure, figure: ExtractedFigure) -> None:
    score.matched += 1
    good = {}
    for name in FIELDS:
        want = str((label.period_label if name == "period" else getattr(label, name)) or "")
        got = str(getattr(figure, name) or "")
        good[name] = want == got
        score.right[name] += want == got
        if want != got:
            score.confusion[name][(want, got)] += 1
    score.all_four += all(good[name] for name in FOUR)
    if not all(good[name] for name in FOUR):
        bad = "; ".join(
            f"{n}: {(label.period_label if n == 'period' else getattr(label, n)) or '-'} read as {getattr(figure, n) or '-'}"
            for n in FOUR
            if not good[n]
        )
        score.wrong.append(f"{label.line}: {label.printed} [{bad}] {figure.text[:100]!r}")


def _add(total: Score, score: Score) -> None:
    for name in ("labelled", "extracted", "matched", "prose_labelled", "prose_matched", "all_four", "seconds", "size"):
        setattr(total, name, getattr(total, name) + getattr(score, name))
    total.right.update(score.right)
    for name, counts in score.confusion.items():
        total.confusion[name].update(counts)


def _show(name: str, score: Score) -> None:
    matched = max(score.matched, 1)
    print(
        f"{name:22}{score.labelled:9}{score.extracted:7}{score.precision:7.1%}{score.recall:7.1%}{score.f1:7.1%}"
        f"{score.prose_matched / max(score.prose_labelled, 1):9.1%}"
        + "".join(f"{score.right[field_] / matched:11.1%}" for field_ in FIELDS)
        + f"{score.all_four / matched:10.1%}{score.size / 1000 / max(score.seconds, 1e-9):7.0f}"
    )


if __name__ == "__main__":
    sys.exit(main())
