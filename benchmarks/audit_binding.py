"""Fit the weights by which a rate of the text is bound to two levels (`orchestration/audit/data/binding.yml`).

    python benchmarks/audit_binding.py FOLDER... [--write]

Documents whose statements hold are enough, no label is read: for every rate the pairs of levels around it that the
arithmetic confirms are the right ones, and none where it confirms none (a pair may fit by chance, which is weighed).
Prints, leaving out a fifth of the documents at a time, how often the best pair is confirmed by its probability.
"""

import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from orchestration.audit.arithmetic import chance, judge
from orchestration.audit.binder import Binder, Candidate, rule_of
from orchestration.audit.document import load
from orchestration.audit.model import Document, Spot
from orchestration.audit.text_operators import prose, signed
from orchestration.audit.words import DATA
from orchestration.extraction import ExtractionError, extract_document

KINDS = (".txt", ".md", ".html", ".docx", ".pdf")
NAMES = ("expected.csv", "ties.csv", "traps.csv", "frames.csv", "README.txt", "README.md")
RIDGE = 2.0
STEPS = 400
SLIP = 0.02  # how often a statement is wrong
RULES = ("growth", "share", "ratio", "difference", "cagr")


def fits(stated: Spot, c: Candidate) -> tuple[bool, float]:
    """Whether the arithmetic confirms a pair, and how often a random pair would."""
    verdict, exact = judge(c.rule, signed(c.rule, stated, c.rise), c.inputs, c.periods)
    return verdict == "agree", min(0.5, chance(stated, exact))


def examples(document: Document) -> list[tuple[str, list[dict[str, float]], list[bool], list[float]]]:
    """(rule, features of every pair, whether it fits, the odds of what is printed under it) of every rate."""
    binder = Binder(document)
    found = []
    for text in document.texts:
        for n, stated in enumerate(text.spots):
            rule = rule_of(stated, n, text)
            if not rule or not stated.value or not stated.scaled or not prose(stated, text):
                continue
            if candidates := binder.candidates(stated, n, text, rule):
                found.append(_example(stated, candidates))
    return found


def _example(stated: Spot, candidates: list[Candidate]) -> tuple[str, list[dict[str, float]], list[bool], list[float]]:
    judged = [fits(stated, c) for c in candidates]
    # a value that a pair gives is so much likelier under it than under no pair
    odds = [1 / max(0.002, p) if f else SLIP for f, p in judged]
    return candidates[0].rule, [c.features for c in candidates], [f for f, _ in judged], odds


def fit(data):  # type: ignore[no-untyped-def]
    """Weights by rule, by gradient ascent on the likelihood of what is printed: what all rules have in common, and what
    a rule has of its own, both drawn to nothing."""
    names = sorted({k for e in data for f in e[1] for k in f})
    columns = {n: i for i, n in enumerate([*names, *(f"{r}:{n}" for r in RULES for n in names)])}
    rows = []
    for rule, features, _, odds in data:
        x = np.zeros((len(features) + 1, len(columns)))
        for r, f in enumerate(features):
            for k, v in f.items():
                x[r, columns[k]] = x[r, columns[f"{rule}:{k}"]] = v
        used = np.flatnonzero(x.any(axis=0))
        rows.append((used, x[:, used], np.array([*odds, 1.0])))
    w = np.zeros(len(columns))
    m, v = np.zeros_like(w), np.zeros_like(w)
    for step in range(1, STEPS + 1):
        gradient = -RIDGE / len(rows) * w
        for used, x, target in rows:
            score = x @ w[used]
            p = np.exp(score - score.max())
            p /= p.sum()
            q = p * target
            q /= q.sum()
            gradient[used] += x.T @ (q - p) / len(rows)
        m, v = 0.9 * m + 0.1 * gradient, 0.99 * v + 0.01 * gradient**2
        w += 0.1 * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.99**step)) + 1e-8)
    return {r: {n: float(w[columns[n]] + w[columns[f"{r}:{n}"]]) for n in names} for r in RULES}


def predicted(weights, features):  # type: ignore[no-untyped-def]
    scores = [sum(weights[k] * v for k, v in f.items() if k in weights) for f in features]
    total = 1 + sum(np.exp(scores))
    return [float(np.exp(s) / total) for s in scores]


def main() -> None:
    folders = [Path(a) for a in sys.argv[1:] if not a.startswith("-")]
    paths = sorted(p for f in folders for p in f.iterdir() if p.suffix in KINDS and p.name not in NAMES)
    documents = []
    for path in paths:
        try:
            documents.append(examples(load(path, extract_document(path))))
        except ExtractionError as error:
            print(path.name, error)
    bins: dict[tuple[str, float], list[bool]] = defaultdict(list)
    gains: dict[str, list[float]] = defaultdict(list)
    for part in range(5):
        weights = fit([e for i, d in enumerate(documents) if i % 5 != part for e in d])
        for i, d in enumerate(documents):
            for rule, features, holds, odds in d if i % 5 == part else []:
                p = predicted(weights[rule], features)
                gains[rule].append(float(np.log(1 - sum(p) + np.dot(p, odds))))
                best = int(np.argmax(p))
                bins[rule, min(9, int(10 * p[best])) / 10].append(holds[best])
    for (rule, low), held in sorted(bins.items()):
        print(f"{rule}: best pair at {low:.1f}: {sum(held)} of {len(held)} hold")
    for rule, gained in sorted(gains.items()):
        print(
            f"{rule}: log likelihood of what is printed, left out: {np.mean(gained):.3f} a rate ({len(gained)} rates)"
        )
    weights = fit([e for d in documents for e in d])
    lines = []
    for rule in RULES:
        lines.append(f"{rule}:")
        lines += [f"  {n}: {x:.2f}" for n, x in weights[rule].items() if abs(x) >= 0.05]
    if "--write" in sys.argv:
        head = "# fitted by benchmarks/audit_binding.py: log odds that a rate is over a pair of levels, against none\n"
        (DATA / "binding.yml").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
