"""One decision about one finding: its fields, what is wrong with it, and its row (docs/decisions.md)."""

import reprlib
from collections.abc import Collection, Iterator
from datetime import date
from difflib import get_close_matches
from math import isfinite
from typing import Any

from orchestration.loading.files import LINE
from orchestration.loading.problems import Problem

FILE = "decisions.yml"
DECISIONS = ("accepted", "corrected", "not_comparable")
# the columns of raw.decisions, all of them text
DECISION_COLUMNS = (
    "finding_id", "decision", "reason", "expect_code", "expect_stated", "expect_expected", "corrected_figure",
    "corrected_value", "corrected_unit", "who", "decided_on", "file_line",
)  # fmt: skip

FIELDS = ("finding", "decision", "reason", "expect", "prefer", "deprecate", "corrected", "who", "decided_on")
EXPECT = ("code", "stated", "expected")
CORRECTED = ("figure", "value", "unit")


class DecisionError(ValueError):
    """What is wrong with an entry, and what would be right."""

    def __init__(self, message: str, remedy: str = "See docs/decisions.md") -> None:
        super().__init__(message)
        self.remedy = remedy


def decision_problem(
    entry: Any,
    seen: Collection[str] = (),
    figure_ids: Collection[str] | None = None,
    file: str = FILE,
) -> Problem | None:
    """What is wrong with one entry, with its line; None when it can be used.

    ``seen`` are the findings decided before it, ``file`` the one that holds it. With ``figure_ids`` (all of the
    warehouse) its figures must be known.
    """
    try:
        _check(entry, seen)
        if figure_ids is not None:
            for name in _named(entry):
                check_known("figure", name, figure_ids)
    except DecisionError as error:
        line = entry[LINE] if isinstance(entry, dict) else 1
        return Problem(file, line, _key(entry), str(error), error.remedy, shown(entry))
    return None


def _check(entry: Any, seen: Collection[str]) -> None:
    if not isinstance(entry, dict):
        raise DecisionError(f"{shown(entry)[:80]} is no mapping", "Write `- finding: …`")
    check_fields(entry, FIELDS, "the decision")
    for name in ("finding", "decision", "reason", "expect"):
        if not entry.get(name) and entry.get(name) != {}:  # what an empty `expect` lacks is said below
            raise DecisionError(f"the decision has no `{name}`")
    for name in ("finding", "decision", "reason", "who"):
        check_text(name, entry.get(name))
    check_known("decision", entry["decision"], DECISIONS)
    if entry["finding"] in seen:
        raise DecisionError(f"the finding {entry['finding']!r} is decided twice", "Keep one of the two entries")
    _check_expect(entry["expect"])
    _check_correction(entry)
    _check_ranks(entry)
    _check_day(entry.get("decided_on"))


def _check_expect(expect: Any) -> None:
    if not isinstance(expect, dict) or not expect.get("code"):
        raise DecisionError("`expect` names no `code`: without the guard nobody would notice that the finding changed")
    check_fields(expect, EXPECT, "`expect`")
    check_text("expect.code", expect["code"])
    for name in ("stated", "expected"):
        if expect.get(name) is not None:
            _check_number(f"expect.{name}", expect[name])


def _check_correction(entry: dict[str, Any]) -> None:
    corrected = entry.get("corrected")
    if (entry["decision"] == "corrected") != (corrected is not None):
        if corrected is None:
            raise DecisionError(
                "the decision is `corrected`, and no corrected value stands in it",
                "Write `corrected: {figure: …, value: …}`, or `decision: accepted` where no value would mend it",
            )
        raise DecisionError(
            f"the decision is `{entry['decision']}`, and a corrected value stands in it", "Write `decision: corrected`"
        )
    if corrected is None:
        return
    if not isinstance(corrected, dict):
        raise DecisionError("`corrected` is no mapping", "Write `corrected: {figure: …, value: …}`")
    check_fields(corrected, CORRECTED, "`corrected`")
    for name in ("figure", "value"):
        if corrected.get(name) is None:
            raise DecisionError(f"`corrected` has no `{name}`", "Write `corrected: {figure: …, value: …}`")
    _check_figure("corrected.figure", corrected["figure"])
    _check_number("corrected.value", corrected["value"])
    check_text("corrected.unit", corrected.get("unit"))


def _check_ranks(entry: dict[str, Any]) -> None:
    ranks: dict[str, str] = {}
    for preference, name in ranked(entry):
        _check_figure("prefer" if preference == "preferred" else "deprecate", name)
        if ranks.setdefault(name, preference) != preference:
            raise DecisionError(f"the figure {name} is preferred and deprecated", "Strike it from one of the two")


def check_fields(mapping: dict[str, Any], allowed: tuple[str, ...], where: str) -> None:
    """Raises ``DecisionError`` for a field of ``mapping`` that is not among ``allowed``."""
    for name in mapping:
        if name != LINE:
            check_known(f"field of {where}", name, allowed)


def check_text(name: str, value: Any) -> None:
    """Raises ``DecisionError`` for a value that is neither text nor absent."""
    if value is not None and not isinstance(value, str):
        raise DecisionError(f"`{name}` is {shown(value)[:80]}, no text")


def _check_figure(name: str, value: Any) -> None:
    check_text(name, value)
    source_id, _, key = (value or "").partition("/")
    if not source_id or not key:
        raise DecisionError(f"`{name}` is {value!r}, no figure", "Write <source_id>/<key>, as in core.figures")


def _check_number(name: str, value: Any) -> None:
    if not is_number(value):
        raise DecisionError(
            f"`{name}` is {shown(value)[:80]}, no finite number", "Write a plain number in the figure's canonical unit"
        )


def is_number(value: Any) -> bool:
    """Whether a value is the text of a finite number that DuckDB reads as well."""
    try:
        # Python reads 1_000 and full-width digits, DuckDB does not
        return isinstance(value, str) and value.isascii() and "_" not in value and isfinite(float(value))
    except ValueError:
        return False


def _check_day(value: Any) -> None:
    check_text("decided_on", value)
    try:
        if value is not None:
            date.fromisoformat(value)
    except ValueError:
        raise DecisionError(f"`decided_on` is {value[:80]!r}, no day", "Write it as 2026-11-21") from None


def check_known(what: str, word: str, allowed: Collection[str]) -> None:
    """Raises ``DecisionError`` with the nearest of ``allowed`` where ``word`` is none of them."""
    if word in allowed:
        return
    near = get_close_matches(word, allowed, 1)
    listed = f"; one of {', '.join(allowed)}" if len(allowed) < 12 else ""
    raise DecisionError(
        f"unknown {what} {word[:80]!r}{listed}", f"Write {near[0]}" if near else "See docs/decisions.md"
    )


def ranked(entry: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The figures that an entry prefers and deprecates, each behind its preference."""
    for preference, names in (("preferred", entry.get("prefer")), ("deprecated", entry.get("deprecate"))):
        for name in names if isinstance(names, list) else [names] if names else []:
            yield preference, name


def _named(entry: dict[str, Any]) -> list[str]:
    corrected = entry.get("corrected")
    return [name for _, name in ranked(entry)] + ([corrected["figure"]] if corrected else [])


def row_of(entry: dict[str, Any]) -> tuple[str | None, ...]:
    """The row of an entry in the columns ``DECISION_COLUMNS``."""
    expect, corrected = entry["expect"], entry.get("corrected") or {}
    return (
        entry["finding"], entry["decision"], entry["reason"], expect["code"], expect.get("stated"),
        expect.get("expected"), corrected.get("figure"), corrected.get("value"), corrected.get("unit"),
        entry.get("who"), entry.get("decided_on"), str(entry[LINE]),
    )  # fmt: skip


def _key(entry: Any) -> str:
    finding = entry.get("finding") if isinstance(entry, dict) else None
    return finding if isinstance(finding, str) else shown(entry)[:80]


def shown(entry: Any) -> str:
    """An entry as text, cut off: nested YAML aliases of 400 bytes are gigabytes when they are written out."""
    shown = reprlib.Repr()
    shown.maxlevel, shown.maxlist, shown.maxdict, shown.maxstring, shown.maxother = 3, 20, 20, 2000, 200
    return shown.repr(entry)
