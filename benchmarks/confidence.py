"""Learn the line of the extraction's probabilities from labelled documents, and say what they are worth.

    python -m benchmarks.confidence FOLDER... [--write]

A folder holds documents and ``expected.csv`` (the corpus format). Every folder is left out once: what is printed was
measured on documents that the line had not seen. ``--write`` keeps the line learned from all folders.

The weights of the traits are judged (``data/confidence.yml`` says why): trusted rows are so seldom wrong that they
teach no forty weights. Learned is the line from judged score to odds, on the trusted rows; only these are measured.
Needs numpy.
"""

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from orchestration.extraction import confidence, figures_of_document, pipeline
from orchestration.extraction.model import ExtractedFigure, ExtractionError

NO_DOCUMENTS = {"expected.csv", "ties.csv", "traps.csv", "frames.csv", "README.txt"}
RATES = {"percent": 1.0, "ratio": 100.0, "times": 100.0, "multiple": 100.0}
PENALTY = 1.0  # strength of the ridge: one folder must not decide the slope
Seen = tuple[dict[str, float], bool, bool]  # traits, right, withheld


def same(value: float, unit: str, wanted: float, wanted_units: list[str]) -> bool:
    """Whether value and unit are those of a label; a rate may be percent or a multiple, a sign may be a word."""

    def near(a: float, b: float) -> bool:
        return abs(abs(a) - abs(b)) <= 2e-3 * max(abs(a), abs(b)) + 1e-12

    for label in wanted_units:
        if label in ("*", unit) and near(value, wanted):
            return True
        if {unit, label} <= RATES.keys() and near(value * RATES[unit], wanted * RATES[label]):
            return True
    return False


def labelled(folder: Path) -> Iterator[Seen]:
    """Traits of every figure read in a folder, and whether a label has its value and unit at its line."""
    labels = defaultdict(list)
    with (folder / "expected.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["value"].strip():
                labels[row["file"]].append(row)
    seen: list[tuple[ExtractedFigure, dict[str, float]]] = []

    def remember(figure: ExtractedFigure, sure: float, table: bool, dimension: str) -> float:
        seen.append((figure, confidence.traits(figure, sure, table, dimension)))
        return 0.0

    figures_of_document.probability = remember  # type: ignore[assignment]
    for name, wanted in labels.items():
        seen.clear()
        try:
            figures = {id(figure) for figure in pipeline.extract_document(folder / name)}
        except ExtractionError as error:
            print(error, file=sys.stderr)
            continue
        del figures
        free = list(wanted)
        for figure, found in seen:
            right = next((label for label in free if _is(figure, label)), None)
            if right is not None:
                free.remove(right)
            elif any(_is(figure, label) for label in wanted):
                continue  # the same figure at the same place once more
            yield found, right is not None, bool(figure.withheld)


def _is(figure: ExtractedFigure, label: dict[str, str]) -> bool:
    line = label["line"].strip()
    if line and figure.page is None and abs(figure.line - int(float(line))) > 1:
        return False
    return any(
        same(figure.value, figure.unit, float(value), label["unit"].split("|"))
        for value in label["value"].split("|")
        if value.strip() not in ("", "*")
    )


def learn(rows: list[Seen]) -> np.ndarray:
    """Slope and intercept from the judged score of trusted rows to the odds of being right."""
    trusted = [row for row in rows if not row[2]]
    return _regression(_line(trusted), np.array([float(right) for _, right, _ in trusted]), PENALTY)


def _line(rows: list[Seen]) -> np.ndarray:
    return np.array([[confidence.model().score(found), 1.0] for found, _, _ in rows])


def _regression(x: np.ndarray, y: np.ndarray, penalty: float) -> np.ndarray:
    """Logistic regression with a ridge, by Newton's steps; the last column is the constant."""
    weights = np.zeros(x.shape[1])
    ridge = np.diag([penalty] * (x.shape[1] - 1) + [0.0])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ weights))
        step = np.linalg.solve(x.T @ (x * (p * (1 - p))[:, None]) + ridge, x.T @ (y - p) - ridge @ weights)
        weights += step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def chances(rows: list[Seen], line: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-_line(rows) @ line))


def auc(p: np.ndarray, right: np.ndarray) -> float:
    """Chance that a right figure is held more probable than a wrong one; ties count half."""
    good, bad = p[right], p[~right]
    return float(
        ((good[:, None] > bad).mean() + (good[:, None] == bad).mean() / 2) if len(good) and len(bad) else np.nan
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    rows = {folder.name: list(labelled(folder)) for folder in arguments.folders}
    out: list[tuple[np.ndarray, np.ndarray]] = []
    print("| left out | figures | right | AUC |\n|---|---:|---:|---:|")
    for folder, held in rows.items():
        line = learn([row for other, found in rows.items() if other != folder for row in found])
        held = [row for row in held if not row[2]]
        p, right = chances(held, line), np.array([r for _, r, _ in held])
        out.append((p, right))
        print(f"| {folder} | {len(held)} | {right.mean():.1%} | {auc(p, right):.2f} |")
    p, right = np.concatenate([o[0] for o in out]), np.concatenate([o[1] for o in out])
    print(f"| together | {len(p)} | {right.mean():.1%} | {auc(p, right):.2f} |\n")
    print("| said | figures | right |\n|---|---:|---:|")
    for low, high in ((0, 0.5), (0.5, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 0.98), (0.98, 1.01)):
        here = (p >= low) & (p < high)
        if here.any():
            print(f"| {low:.2f}-{min(high, 1):.2f} | {here.sum()} | {right[here].mean():.1%} |")
    order = np.argsort(-p)
    print("\n| most probable | right |\n|---|---:|")
    for part in (0.25, 0.5, 0.75, 0.9, 1.0):
        print(f"| {part:.0%} | {right[order[: int(len(p) * part)]].mean():.1%} |")
    if arguments.write:
        slope, intercept = learn([row for found in rows.values() for row in found])
        path = Path(confidence.__file__).parent / "data" / "confidence.yml"
        judged = path.read_text(encoding="utf-8").partition("line:\n")[0]
        path.write_text(f"{judged}line:\n  slope: {slope:.3f}\n  intercept: {intercept:.3f}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
