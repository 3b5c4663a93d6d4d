"""What a file changes against the vintages before it: one sentence a change, and what speaks against it."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestration.datasets.readings import Readings, kept_of
from orchestration.datasets.renames import renamed_columns, renamed_rows
from orchestration.datasets.snapshots import read_table
from orchestration.datasets.spec import Spec
from orchestration.datasets.vintages import Version, history_of_files
from orchestration.loading.problems import Problem, RawError
from orchestration.loading.reference import Reference


@dataclass(frozen=True, slots=True)
class Difference:
    """What a table changes against the vintages before it, one sentence a line; ``problems`` speak against it.

    ``known`` is what is wrong with cells that stood so in the snapshot before: somebody has published that one.
    """

    lines: tuple[str, ...]
    problems: tuple[str, ...]
    known: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        return bool(self.lines)


def difference(
    raw: Path, spec: Spec, reference: Reference, earlier: dict[date, Path], day: date, path: Path
) -> Difference:
    """What the file of ``day`` says that the snapshots before it do not. Raises ``RawError`` when it is no table."""
    now = read_table(path, raw, spec, day)
    wrong: list[RawError] = []
    files = {when: file for when, file in earlier.items() if when < day}
    readings = Readings(raw, spec, reference, kept_of(raw / Path(spec.file).parent, raw))
    history = history_of_files({**files, day: path}, readings, spec, wrong)
    unreadable = [str(error.problem) for error in wrong]
    tables = history.days[:-1]
    last = read_table(files[tables[-1]], raw, spec, tables[-1]) if tables else None
    known: dict[str, set[str]] = {"before": set(), "now": set(), "ever": set()}
    for version in history.versions:
        alive = version.known_until is None or version.known_until > day
        before = version.known_from < day and (version.known_until is None or version.known_until >= day)
        known["now"] |= {version.row} if alive else set()
        known["before"] |= {version.row} if before else set()
        known["ever"] |= {version.row} if version.known_from < day else set()
    lines = [f"row new: {row}" for row in sorted(known["now"] - known["ever"])] if tables else []
    lines += [f"row returned: {row}" for row in sorted((known["now"] & known["ever"]) - known["before"])]
    lines += [f"row gone: {row}" for row in sorted(known["before"] - known["now"])]
    ended = {v.fact: v for v in history.versions if v.known_until == day}
    begun = {v.fact: v for v in history.versions if v.known_from == day}
    for fact, version in sorted(begun.items()):
        if fact in ended:
            lines.append(f"value revised: {fact} {ended[fact].cell.text} -> {version.cell.text} {version.cell.unit}")
        elif version.row in known["before"] and tables:
            lines.append(f"value new: {fact} {version.cell.text} {version.cell.unit}")
    lines += [
        f"value withdrawn: {fact} {version.cell.text}"
        for fact, version in sorted(ended.items())
        if fact not in begun and version.row in known["now"]
    ]
    if last is not None:
        lines += [f"column new: {header}" for header in now.headers if header not in last.headers]
        lines += [f"column gone: {header}" for header in last.headers if header not in now.headers]
    else:
        lines.append(f"first snapshot: {len(known['now'])} rows, {len(begun)} values")
    before_it = readings.read(files[tables[-1]], tables[-1]).problems if tables else ()
    against, known_before = _parted(history.problems, (now.file, spec.file), before_it)
    problems = [*unreadable, *against]
    problems += _losses(history.versions, day) + _jumps(ended, begun)
    if last is None:
        return Difference(tuple(lines), tuple(problems), tuple(known_before))
    rows, columns = renamed_rows(last, now, spec), renamed_columns(last, now, spec)
    lines = [line for line in lines if not _says_renamed(line, rows, columns)]
    for old, new in columns.items():
        is_told = any({old, new} <= set(names) for _, names, _ in spec.reads())
        lines.append(f"column renamed{'' if is_told else ', as it seems'}: {old} -> {new}")
    for old, new in rows.items():
        remedy = f"Write `rows: {{{_quoted(old)}: {_quoted(new)}}}` into the spec if they are one thing"
        problems.append(f"row renamed, as it seems: {old} -> {new}. {remedy}")
    return Difference(tuple(lines), tuple(problems), tuple(known_before))


def _parted(
    problems: Iterable[Problem], files: tuple[str, str], before: Iterable[Problem]
) -> tuple[list[str], list[str]]:
    """The problems of the files: what is new, and what stands word for word in the same cells of the snapshot before.

    What is wrong with more than cells, like a column that is gone, is never of the second sort.
    """
    marks = {each for problem in before for each in problem.about}
    found: tuple[list[str], list[str]] = ([], [])
    for problem in problems:
        if problem.file in files:
            found[bool(problem.about) and marks.issuperset(problem.about)].append(str(problem))
    return found


# more of what stood than this, at once, is more likely lost than withdrawn; a few are always possible
_SHARE_LOST, _FEW_LOST = 0.1, 4
_JUMP = 3


def _losses(versions: Iterable[Version], day: date) -> list[str]:
    """Columns that lose many of their values at once: the file may be cut off between two rows, or emptied."""
    stood, lost = Counter[str](), Counter[str]()
    begun = {version.fact for version in versions if version.known_from == day}
    for version in versions:
        if version.known_from < day and (version.known_until is None or version.known_until >= day):
            stood[version.column.key] += 1
            lost[version.column.key] += version.known_until == day and version.fact not in begun
    return [
        f"{lost[key]} of {stood[key]} values of {key} are gone at once. Is the file all of it? Publish it if they are"
        for key in sorted(stood)
        if lost[key] >= _FEW_LOST and lost[key] > _SHARE_LOST * stood[key]
    ]


def _jumps(ended: dict[str, Version], begun: dict[str, Version]) -> list[str]:
    """Values revised by more than a factor of three: a slip, or one that was mended."""
    found = []
    for fact in sorted(ended.keys() & begun.keys()):
        old, new = ended[fact].cell, begun[fact].cell
        if old.measure == new.measure and old.amount and not 1 / _JUMP <= (ratio := new.amount / old.amount) <= _JUMP:
            found.append(
                f"{fact} is {float(ratio):.3g} times what it was. Was this a slip, or is it one? Then publish it"
            )
    return found


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def _says_renamed(line: str, rows: dict[str, str], columns: dict[str, str]) -> bool:
    """Whether a line tells, as gone and new, what is told as renamed."""
    kind, _, name = line.partition(": ")
    told = {
        "row gone": set(rows),
        "row new": set(rows.values()),
        "column gone": set(columns),
        "column new": set(columns.values()),
    }
    return name in told.get(kind, ())
