"""The passages of our own: reading of the expectation files, and the comparison with what is extracted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from orchestration.extraction import ExtractedFigure

FOLDER = Path(__file__).parent / "passages"
FIELDS = ("period", "geography", "status", "statistic")


@dataclass(frozen=True)
class Expected:
    """One expected figure; a field ``*`` is not looked at. ``anything`` matches any figures (an open question)."""

    value: float | None
    unit: str
    fields: dict[str, str]


@dataclass(frozen=True)
class Passage:
    name: str
    text: str
    kind: str
    figures: list[Expected]
    open: bool = False


@dataclass
class Result:
    expected: int = 0
    found: int = 0
    matched: int = 0
    all_four: int = 0
    right: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIELDS, 0))
    problems: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        return 2 * self.matched / max(self.expected + self.found, 1)

    def add(self, other: "Result") -> None:
        self.expected += other.expected
        self.found += other.found
        self.matched += other.matched
        self.all_four += other.all_four
        for name in FIELDS:
            self.right[name] += other.right[name]
        self.problems += other.problems


def passages() -> Iterator[Passage]:
    for path in sorted(FOLDER.glob("*.yml")):
        for number, entry in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), 1):
            figures = [_expected(text) for text in entry["figures"] if text != "*"]
            yield Passage(
                f"{path.stem}-{number}", entry["text"], entry.get("kind", "txt"), figures, "*" in entry["figures"]
            )


def _expected(text: str) -> Expected:
    value, unit, *fields = text.replace('"', "").split()
    number = None
    if value != "*":
        number = 1.0
        for factor in value.split("*"):
            number *= float(factor)
    return Expected(number, unit, {n: v for n, v in zip(FIELDS, fields, strict=True) if v != "*"})


def _is_value(figure: ExtractedFigure, wanted: float) -> bool:
    """Whether a figure has this value; passages hold rates of change as printed, without the sign of a fall."""
    value = abs(figure.value) if figure.statistic in ("yoy", "change", "cagr") and wanted > 0 else figure.value
    return abs(value - wanted) <= 2e-3 * abs(wanted)


def compare(passage: Passage, figures: list[ExtractedFigure]) -> Result:
    left = [figure for figure in figures if figure.unit]  # the others say that a table left numbers out
    result = Result(expected=len(passage.figures), found=len(left))
    for want in passage.figures:
        got = next(
            (f for f in left if f.unit == want.unit and (want.value is None or _is_value(f, want.value))),
            None,
        )
        if got is None:
            result.problems.append(f"{passage.name}: missed {want.value} {want.unit} in {passage.text[:90]!r}")
            continue
        left.remove(got)
        result.matched += 1
        wrong = [
            f"{name} {expected} read as {getattr(got, name) or '-'}"
            for name, expected in want.fields.items()
            if (getattr(got, name) or "-") != expected
        ]
        for name in FIELDS:
            result.right[name] += not any(w.startswith(name) for w in wrong)
        result.all_four += not wrong
        if wrong:
            result.problems.append(f"{passage.name}: {got.printed}: {'; '.join(wrong)} in {passage.text[:90]!r}")
    if passage.open:
        result.found -= len(left)
        left = []
    result.problems += [
        f"{passage.name}: invented {f.printed} = {f.value:g} {f.unit} in {passage.text[:90]!r}" for f in left
    ]
    return result
