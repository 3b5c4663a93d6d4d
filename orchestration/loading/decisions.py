"""What a steward decided about findings (`raw/decisions.yml` by hand, `raw/decisions.jsonl` at the desk;
docs/decisions.md): entries to rows, each wrong one to a `Problem`. Whether an entry still matches what the sources show
is judged in SQL (`reconciliation.decision_guards`)."""

import reprlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Any

from orchestration.loading import journal
from orchestration.loading.files import LINE, read_yaml
from orchestration.loading.problems import Problem, RawError

FILE = "decisions.yml"
DECISIONS = ("accepted", "corrected", "not_comparable")
# the columns of raw.decisions, all of them text
DECISION_COLUMNS = (
    "finding_id", "decision", "reason", "expect_code", "expect_stated", "expect_expected", "corrected_figure",
    "corrected_value", "corrected_unit", "who", "decided_on", "file_line",
)  # fmt: skip

# answers about an issue in the journal, and what each decides about its findings (None: they stay open)
ANSWERS = {
    "same": "accepted", "different": "not_comparable", "their_error": "corrected", "our_error": None, "unsure": None,
}  # fmt: skip
_REASONS = {
    "same": "Both are about the same thing; the contradiction is real.",
    "different": "They are not about the same thing.",
    "their_error": "The source prints a wrong value.",
}

_FIELDS = ("finding", "decision", "reason", "expect", "prefer", "deprecate", "corrected", "who", "decided_on")
_EXPECT = ("code", "stated", "expected")
_CORRECTED = ("figure", "value", "unit")
_FINDINGS = "Write findings: [{finding: …, code: …}]"


@dataclass(slots=True)
class Decisions:
    """``rows`` have the columns ``DECISION_COLUMNS``; ``figures`` are finding, figure and preference."""

    rows: list[tuple[str | None, ...]] = field(default_factory=list)
    figures: list[tuple[str, str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def take(self, entry: dict[str, Any]) -> None:
        """Add the rows of an entry that has no problem."""
        self.rows.append(_row(entry))
        self.figures += [(entry["finding"], name, preference) for preference, name in _ranked(entry)]


class _DecisionError(ValueError):
    """What is wrong with an entry, and what would be right."""

    def __init__(self, message: str, remedy: str = "See docs/decisions.md") -> None:
        super().__init__(message)
        self.remedy = remedy


def read_decisions(raw: Path, figure_ids: Collection[str] | None = None) -> Decisions:
    """All entries of both files; a broken YAML file is one problem. Figures are looked up where ids are given."""
    read = Decisions()
    by_hand: dict[str, dict[str, Any]] = {}
    for written in _by_hand(raw, read):
        try:
            entries = list(_of_an_issue(written)) if isinstance(written, dict) and "issue" in written else [written]
        except _DecisionError as error:
            read.problems.append(
                Problem(FILE, written[LINE], _shown(written["issue"])[:80], str(error), error.remedy, _shown(written))
            )
            continue
        for entry in entries:
            problem = decision_problem(entry, by_hand, figure_ids)
            if problem:
                read.problems.append(problem)
                continue
            by_hand[entry["finding"]] = entry
            read.take(entry)
    _read_journal(raw, read, by_hand, figure_ids)
    return read


def _by_hand(raw: Path, read: Decisions) -> list[Any]:
    try:
        entries = read_yaml(raw / FILE, raw) or []
    except RawError as error:
        read.problems.append(error.problem)
        return []
    if not isinstance(entries, list):
        read.problems.append(
            Problem(FILE, 1, "", "the file is no list", "Write `- finding: …` entries", _shown(entries))
        )
        return []
    return entries


def _read_journal(
    raw: Path, read: Decisions, by_hand: dict[str, dict[str, Any]], figure_ids: Collection[str] | None
) -> None:
    """What stands in the journal about findings; of two lines about one finding the later holds."""
    lines, problems = journal.read_journal(raw)
    read.problems += problems
    seen: set[str] = set()
    for line in sorted(journal.standing(lines).values(), key=lambda line: -int(line[LINE])):
        if not line["item"].startswith(("issue:", "finding:")):
            continue  # figures and ties are read by others
        try:
            entries = list(_answered(line))
        except _DecisionError as error:
            read.problems.append(
                Problem(journal.FILE, line[LINE], line["item"], str(error), error.remedy, _shown(line))
            )
            continue
        for entry in entries:
            if entry["finding"] in seen:
                continue
            seen.add(entry["finding"])
            problem = _contradiction(entry, by_hand.get(entry["finding"]))
            if problem is None and entry["decision"] is not None:
                problem = decision_problem(entry, (), figure_ids, journal.FILE)
            if problem:
                read.problems.append(problem)
            elif entry["decision"] is not None and entry["finding"] not in by_hand:
                read.take(entry)


def _of_an_issue(entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """An entry about an issue, as entries about its findings; each keeps the line on which it stands.

    Raises ``_DecisionError`` where it does not name them: the findings and their codes are the guard, so that one which
    joins the issue later is open and not decided unseen.
    """
    _check_fields(entry, (*_FIELDS, "issue", "findings"), "the decision")
    _check_text("issue", entry["issue"])
    if not entry["issue"]:
        raise _DecisionError("`issue` is empty", "Write an issue_id of reconciliation.issues")
    for name in ("finding", "expect"):
        if name in entry:
            raise _DecisionError(f"the decision names an `issue` and a `{name}`", f"{_FINDINGS}, without `{name}`")
    common = {name: entry[name] for name in ("decision", "reason", "who", "decided_on") if name in entry}
    own = {name: entry[name] for name in ("prefer", "deprecate") if name in entry}
    for number, found in enumerate(_findings(entry)):
        _check_fields(found, ("finding", *_EXPECT), "`findings`")
        one = _of_the_same(common, found, number, entry.get("findings"), entry.get("corrected"))
        yield one | (own if number == 0 else {}) | {LINE: found.get(LINE, entry[LINE])}


def _findings(mapping: dict[str, Any]) -> list[dict[str, Any]]:
    """The findings that a decision about an issue names. Raises ``_DecisionError`` where it does not."""
    findings = mapping.get("findings")
    if not isinstance(findings, list) or not findings or not all(isinstance(found, dict) for found in findings):
        raise _DecisionError("the decision names no `findings`", _FINDINGS)
    for found in findings:
        if not isinstance(found.get("finding"), str):
            raise _DecisionError("one of the `findings` names no `finding`", _FINDINGS)
    return findings


def _of_the_same(
    common: dict[str, Any], found: dict[str, Any], number: int, findings: Any, corrected: Any
) -> dict[str, Any]:
    """One finding of an issue. A corrected value is about the first, the one that was shown; the others have the same
    cause and are accepted."""
    expect = {name: _text_of(found.get(name)) for name in _EXPECT if found.get(name) is not None}
    entry = common | {"finding": found["finding"], "expect": expect}
    if corrected is not None and number == 0:
        return entry | {"corrected": corrected}
    if entry.get("decision") == "corrected" and number > 0:
        reason = f"{entry.get('reason')} Same cause as {findings[0]['finding']}."
        return entry | {"decision": "accepted", "reason": reason}
    return entry


def _answered(line: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What one line of the journal decides about each of its findings, in the form of `decisions.yml`.

    ``decision`` is None for what stays open. Raises ``_DecisionError`` where the line does not say what it is about.
    """
    _known("answer", line["what"], ANSWERS)
    decision, when = ANSWERS[line["what"]], line.get("when")
    new = line["new"] if isinstance(line.get("new"), dict) else {}
    reason = line.get("reason") or _REASONS.get(line["what"])
    if line["what"] == "different" and new.get("field"):
        reason = f"They differ in {str(new['field']).removesuffix('_label')}. {line.get('reason') or ''}".strip()
    common = {
        "decision": decision, "reason": reason, "who": line.get("who"), LINE: line[LINE],
        "decided_on": when[:10] if isinstance(when, str) else None,
    }  # fmt: skip
    corrected = {name: _text_of(value) for name, value in new.items() if name in _CORRECTED}
    findings = _findings(line)
    for number, found in enumerate(findings):
        yield _of_the_same(common, found, number, findings, corrected if decision == "corrected" else None)


def _text_of(value: Any) -> Any:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _contradiction(entry: dict[str, Any], by_hand: dict[str, Any] | None) -> Problem | None:
    """The desk and the file by hand decide one finding differently; the file holds until a person strikes one."""
    if by_hand is None or _decided(entry) == _decided(by_hand):
        return None
    return Problem(
        journal.FILE,
        entry[LINE],
        entry["finding"],
        f"the desk says {entry['decision'] or 'open'}, {FILE}:{by_hand[LINE]} says {by_hand['decision']}",
        f"Strike the entry of {FILE}, or undo the decision at the desk",
        _shown(entry),
    )


def _decided(entry: dict[str, Any]) -> tuple[Any, ...]:
    corrected = entry.get("corrected") or {}
    value = corrected.get("value")
    return entry["decision"], corrected.get("figure"), float(str(value)) if _is_number(value) else value


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
                _known("figure", name, figure_ids)
    except _DecisionError as error:
        line = entry[LINE] if isinstance(entry, dict) else 1
        return Problem(file, line, _key(entry), str(error), error.remedy, _shown(entry))
    return None


def _check(entry: Any, seen: Collection[str]) -> None:
    if not isinstance(entry, dict):
        raise _DecisionError(f"{_shown(entry)[:80]} is no mapping", "Write `- finding: …`")
    _check_fields(entry, _FIELDS, "the decision")
    for name in ("finding", "decision", "reason", "expect"):
        if not entry.get(name) and entry.get(name) != {}:  # what an empty `expect` lacks is said below
            raise _DecisionError(f"the decision has no `{name}`")
    for name in ("finding", "decision", "reason", "who"):
        _check_text(name, entry.get(name))
    _known("decision", entry["decision"], DECISIONS)
    if entry["finding"] in seen:
        raise _DecisionError(f"the finding {entry['finding']!r} is decided twice", "Keep one of the two entries")
    _check_expect(entry["expect"])
    _check_correction(entry)
    _check_ranks(entry)
    _check_day(entry.get("decided_on"))


def _check_expect(expect: Any) -> None:
    if not isinstance(expect, dict) or not expect.get("code"):
        raise _DecisionError("`expect` names no `code`: without the guard nobody would notice that the finding changed")
    _check_fields(expect, _EXPECT, "`expect`")
    _check_text("expect.code", expect["code"])
    for name in ("stated", "expected"):
        if expect.get(name) is not None:
            _check_number(f"expect.{name}", expect[name])


def _check_correction(entry: dict[str, Any]) -> None:
    corrected = entry.get("corrected")
    if (entry["decision"] == "corrected") != (corrected is not None):
        if corrected is None:
            raise _DecisionError(
                "the decision is `corrected`, and no corrected value stands in it",
                "Write `corrected: {figure: …, value: …}`, or `decision: accepted` where no value would mend it",
            )
        raise _DecisionError(
            f"the decision is `{entry['decision']}`, and a corrected value stands in it", "Write `decision: corrected`"
        )
    if corrected is None:
        return
    if not isinstance(corrected, dict):
        raise _DecisionError("`corrected` is no mapping", "Write `corrected: {figure: …, value: …}`")
    _check_fields(corrected, _CORRECTED, "`corrected`")
    for name in ("figure", "value"):
        if corrected.get(name) is None:
            raise _DecisionError(f"`corrected` has no `{name}`", "Write `corrected: {figure: …, value: …}`")
    _check_figure("corrected.figure", corrected["figure"])
    _check_number("corrected.value", corrected["value"])
    _check_text("corrected.unit", corrected.get("unit"))


def _check_ranks(entry: dict[str, Any]) -> None:
    ranks: dict[str, str] = {}
    for preference, name in _ranked(entry):
        _check_figure("prefer" if preference == "preferred" else "deprecate", name)
        if ranks.setdefault(name, preference) != preference:
            raise _DecisionError(f"the figure {name} is preferred and deprecated", "Strike it from one of the two")


def _check_fields(mapping: dict[str, Any], allowed: tuple[str, ...], where: str) -> None:
    for name in mapping:
        if name != LINE:
            _known(f"field of {where}", name, allowed)


def _check_text(name: str, value: Any) -> None:
    if value is not None and not isinstance(value, str):
        raise _DecisionError(f"`{name}` is {_shown(value)[:80]}, no text")


def _check_figure(name: str, value: Any) -> None:
    _check_text(name, value)
    source_id, _, key = (value or "").partition("/")
    if not source_id or not key:
        raise _DecisionError(f"`{name}` is {value!r}, no figure", "Write <source_id>/<key>, as in core.figures")


def _check_number(name: str, value: Any) -> None:
    if not _is_number(value):
        raise _DecisionError(
            f"`{name}` is {_shown(value)[:80]}, no finite number", "Write a plain number in the figure's canonical unit"
        )


def _is_number(value: Any) -> bool:
    try:
        # Python reads 1_000 and full-width digits, DuckDB does not
        return isinstance(value, str) and value.isascii() and "_" not in value and isfinite(float(value))
    except ValueError:
        return False


def _check_day(value: Any) -> None:
    _check_text("decided_on", value)
    try:
        if value is not None:
            date.fromisoformat(value)
    except ValueError:
        raise _DecisionError(f"`decided_on` is {value[:80]!r}, no day", "Write it as 2026-11-21") from None


def _known(what: str, word: str, allowed: Collection[str]) -> None:
    if word in allowed:
        return
    near = get_close_matches(word, allowed, 1)
    listed = f"; one of {', '.join(allowed)}" if len(allowed) < 12 else ""
    raise _DecisionError(
        f"unknown {what} {word[:80]!r}{listed}", f"Write {near[0]}" if near else "See docs/decisions.md"
    )


def _ranked(entry: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for preference, names in (("preferred", entry.get("prefer")), ("deprecated", entry.get("deprecate"))):
        for name in names if isinstance(names, list) else [names] if names else []:
            yield preference, name


def _named(entry: dict[str, Any]) -> list[str]:
    corrected = entry.get("corrected")
    return [name for _, name in _ranked(entry)] + ([corrected["figure"]] if corrected else [])


def _row(entry: dict[str, Any]) -> tuple[str | None, ...]:
    expect, corrected = entry["expect"], entry.get("corrected") or {}
    return (
        entry["finding"], entry["decision"], entry["reason"], expect["code"], expect.get("stated"),
        expect.get("expected"), corrected.get("figure"), corrected.get("value"), corrected.get("unit"),
        entry.get("who"), entry.get("decided_on"), str(entry[LINE]),
    )  # fmt: skip


def _key(entry: Any) -> str:
    finding = entry.get("finding") if isinstance(entry, dict) else None
    return finding if isinstance(finding, str) else _shown(entry)[:80]


def _shown(entry: Any) -> str:
    """An entry as text, cut off: nested YAML aliases of 400 bytes are gigabytes when they are written out."""
    shown = reprlib.Repr()
    shown.maxlevel, shown.maxlist, shown.maxdict, shown.maxstring, shown.maxother = 3, 20, 20, 2000, 200
    return shown.repr(entry)
