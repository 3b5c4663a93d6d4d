"""What a steward decided about findings (`raw/decisions.yml` by hand, `raw/decisions.jsonl` at the desk;
docs/decisions.md): entries to rows, each wrong one to a `Problem`. Whether an entry still matches what the sources show
is judged in SQL (`reconciliation.decision_guards`)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestration.loading import journal
from orchestration.loading.decision_entry import (
    CORRECTED,
    EXPECT,
    FIELDS,
    FILE,
    DecisionError,
    check_fields,
    check_known,
    check_text,
    decision_problem,
    is_number,
    ranked,
    row_of,
    shown,
)
from orchestration.loading.files import LINE, read_yaml
from orchestration.loading.problems import Problem, RawError

# answers about an issue in the journal, and what each decides about its findings (None: they stay open)
ANSWERS = {
    "same": "accepted", "different": "not_comparable", "their_error": "corrected", "our_error": None, "unsure": None,
}  # fmt: skip
_REASONS = {
    "same": "Both are about the same thing; the contradiction is real.",
    "different": "They are not about the same thing.",
    "their_error": "The source prints a wrong value.",
}
_FINDINGS = "Write findings: [{finding: …, code: …}]"


@dataclass(slots=True)
class Decisions:
    """``rows`` have the columns ``DECISION_COLUMNS``; ``figures`` are finding, figure and preference."""

    rows: list[tuple[str | None, ...]] = field(default_factory=list)
    figures: list[tuple[str, str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def take(self, entry: dict[str, Any]) -> None:
        """Add the rows of an entry that has no problem."""
        self.rows.append(row_of(entry))
        self.figures += [(entry["finding"], name, preference) for preference, name in ranked(entry)]


def read_decisions(raw: Path, figure_ids: Collection[str] | None = None) -> Decisions:
    """All entries of both files; a broken YAML file is one problem. Figures are looked up where ids are given."""
    read = Decisions()
    by_hand: dict[str, dict[str, Any]] = {}
    for written in _by_hand(raw, read):
        try:
            entries = list(_of_an_issue(written)) if isinstance(written, dict) and "issue" in written else [written]
        except DecisionError as error:
            read.problems.append(
                Problem(FILE, written[LINE], shown(written["issue"])[:80], str(error), error.remedy, shown(written))
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
            Problem(FILE, 1, "", "the file is no list", "Write `- finding: …` entries", shown(entries))
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
        except DecisionError as error:
            read.problems.append(Problem(journal.FILE, line[LINE], line["item"], str(error), error.remedy, shown(line)))
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

    Raises ``DecisionError`` where it does not name them: the findings and their codes are the guard, so that one which
    joins the issue later is open and not decided unseen.
    """
    check_fields(entry, (*FIELDS, "issue", "findings"), "the decision")
    check_text("issue", entry["issue"])
    if not entry["issue"]:
        raise DecisionError("`issue` is empty", "Write an issue_id of reconciliation.issues")
    for name in ("finding", "expect"):
        if name in entry:
            raise DecisionError(f"the decision names an `issue` and a `{name}`", f"{_FINDINGS}, without `{name}`")
    common = {name: entry[name] for name in ("decision", "reason", "who", "decided_on") if name in entry}
    own = {name: entry[name] for name in ("prefer", "deprecate") if name in entry}
    for number, found in enumerate(_findings(entry)):
        check_fields(found, ("finding", *EXPECT), "`findings`")
        one = _of_the_same(common, found, number, entry.get("findings"), entry.get("corrected"))
        yield one | (own if number == 0 else {}) | {LINE: found.get(LINE, entry[LINE])}


def _findings(mapping: dict[str, Any]) -> list[dict[str, Any]]:
    """The findings that a decision about an issue names. Raises ``DecisionError`` where it does not."""
    findings = mapping.get("findings")
    if not isinstance(findings, list) or not findings or not all(isinstance(found, dict) for found in findings):
        raise DecisionError("the decision names no `findings`", _FINDINGS)
    for found in findings:
        if not isinstance(found.get("finding"), str):
            raise DecisionError("one of the `findings` names no `finding`", _FINDINGS)
    return findings


def _of_the_same(
    common: dict[str, Any], found: dict[str, Any], number: int, findings: Any, corrected: Any
) -> dict[str, Any]:
    """One finding of an issue. A corrected value is about the first, the one that was shown; the others have the same
    cause and are accepted."""
    expect = {name: _text_of(found.get(name)) for name in EXPECT if found.get(name) is not None}
    entry = common | {"finding": found["finding"], "expect": expect}
    if corrected is not None and number == 0:
        return entry | {"corrected": corrected}
    if entry.get("decision") == "corrected" and number > 0:
        reason = f"{entry.get('reason')} Same cause as {findings[0]['finding']}."
        return entry | {"decision": "accepted", "reason": reason}
    return entry


def _answered(line: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What one line of the journal decides about each of its findings, in the form of `decisions.yml`.

    ``decision`` is None for what stays open. Raises ``DecisionError`` where the line does not say what it is about.
    """
    check_known("answer", line["what"], ANSWERS)
    decision, when = ANSWERS[line["what"]], line.get("when")
    new = line["new"] if isinstance(line.get("new"), dict) else {}
    reason = line.get("reason") or _REASONS.get(line["what"])
    if line["what"] == "different" and new.get("field"):
        reason = f"They differ in {str(new['field']).removesuffix('_label')}. {line.get('reason') or ''}".strip()
    common = {
        "decision": decision, "reason": reason, "who": line.get("who"), LINE: line[LINE],
        "decided_on": when[:10] if isinstance(when, str) else None,
    }  # fmt: skip
    corrected = {name: _text_of(value) for name, value in new.items() if name in CORRECTED}
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
        shown(entry),
    )


def _decided(entry: dict[str, Any]) -> tuple[Any, ...]:
    corrected = entry.get("corrected") or {}
    value = corrected.get("value")
    return entry["decision"], corrected.get("figure"), float(str(value)) if is_number(value) else value
