"""Arithmetic ties between figures: relation files and the `checks` of table specs, to one row a term."""

from dataclasses import dataclass
from math import isfinite
from typing import Any

from orchestration.loading.files import LINE
from orchestration.loading.problems import Problem
from orchestration.loading.tables import Table

# rule -> (required roles, optional roles); a role that ends in + takes a list
RULES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "cagr": (("stated", "from", "to"), ()),
    "growth": (("stated", "from", "to"), ()),
    "fold": (("stated", "from", "to"), ()),
    "share": (("stated", "part", "whole"), ()),
    "sum": (("stated", "parts+"), ("minus+",)),
    "product": (("stated", "factors+"), ("divisors+",)),
    "ratio": (("stated", "numerator", "denominator"), ()),
    "currency_pair": (("usd", "cny"), ()),
    "repeat": (("figures+",), ()),
    "text_vs_table": (("text", "table"), ()),
    "part_exceeds_whole": (("part", "whole"), ()),
    "bounds": (("figures+",), ()),
}
_OTHER_FIELDS = {"id", "rule", "covers", "note", "along", "levels", "years", LINE}
ROLE_NAMES = {"parts": "part", "minus": "minus", "factors": "factor", "divisors": "divisor", "figures": "figure"}


@dataclass(frozen=True, slots=True)
class Term:
    """One figure (or constant) in one relation: a row of ``raw.relations``.

    ``figure_id_high`` is set when the reference is a printed range: the term then reaches from the low end of
    ``figure_id`` to the high end of ``figure_id_high``.
    """

    relation_id: str
    source_id: str
    rule: str
    covers: str | None
    role: str
    position: int
    figure_id: str | None
    figure_id_high: str | None
    constant: float | None
    years: float | None
    note: str | None


class _RelationError(ValueError):
    pass


def read_relations(
    entries: Any, source_id: str, file: str, known: set[str], seen: set[str]
) -> tuple[list[Term], list[Problem], int]:
    """Terms, problems and the number of relations in one relation file (a list of mappings).

    ``seen`` are the relation ids of this source so far; those of this file are added.
    """
    terms: list[Term] = []
    problems: list[Problem] = []
    if entries is None:
        return terms, problems, 0
    if not isinstance(entries, list):
        return terms, [Problem(file, 1, "", "the file is no list", "Write `- {id: …, rule: …}` entries")], 1
    for entry in entries:
        if not isinstance(entry, dict):
            problems.append(Problem(file, 1, "", f"{entry!r} is no mapping", "Write `- {id: …, rule: …}`"))
            continue
        name = str(entry.get("id") or "")
        relation_id = f"{source_id}/{name}"
        try:
            if not name:
                raise _RelationError("the relation has no id")
            if relation_id in seen:
                raise _RelationError(f"the id {name!r} stands twice in this source; rename the later one")
            found = _terms(entry, relation_id, source_id, known)
            seen.add(relation_id)
            terms.extend(found)
        except _RelationError as error:
            problems.append(
                Problem(file, entry[LINE], name, str(error), "See docs/raw-format.md, Relations", str(entry))
            )
    return terms, problems, len(entries)


def read_checks(table: Table, source_id: str, known: set[str], seen: set[str]) -> tuple[list[Term], list[Problem], int]:
    """Expand the `checks` of a table along its other axis; instances whose stated cell is not printed do not exist.

    ``seen`` are the relation ids of this source so far; those of this table are added.
    """
    terms: list[Term] = []
    problems: list[Problem] = []
    count = 0
    for number, check in enumerate(table.checks, 1):
        along = check.get("along")
        if along not in ("rows", "columns"):
            message = f"`along` is {along!r}"
            problems.append(Problem(table.spec_file, check[LINE], table.table_id, message, "Write rows or columns"))
            count += 1
            continue
        steps = table.column_keys if along == "columns" else table.row_keys
        own = set(table.row_keys if along == "columns" else table.column_keys)
        unknown = {name for name in _names(check) if name.split(".")[0] not in own and not _external(name)}
        if unknown:
            message = f"the table has no {'row' if along == 'columns' else 'column'} {', '.join(sorted(unknown))}"
            problems.append(Problem(table.spec_file, check[LINE], table.table_id, message, "Correct the check"))
            count += 1
            continue
        before = count
        for position, step in enumerate(steps):
            instance = _instance(check, table.table_id, along, step, steps[position - 1] if position else None)
            if instance is None or not _all_known(instance, source_id, known):
                continue
            relation_id = f"{source_id}/{table.table_id}.check{number}.{step}"
            count += 1
            try:
                found = _terms(instance, relation_id, source_id, known)
                if relation_id in seen:
                    raise _RelationError(f"the id {relation_id!r} stands twice in this source")
                seen.add(relation_id)
                terms.extend(found)
            except _RelationError as error:
                problems.append(Problem(table.spec_file, check[LINE], relation_id, str(error), "Correct the check"))
        if count == before:
            message = f"the check {check.get('rule')!r} meets no cells"
            problems.append(Problem(table.spec_file, check[LINE], table.table_id, message, "Correct its keys"))
            count += 1
    return terms, problems, count


def _external(name: str) -> bool:
    return name.startswith("=") or "/" in name or name[:1].isdigit()


def _names(check: dict[str, Any]) -> list[str]:
    names: list[str] = []
    for role, value in check.items():
        if role in _OTHER_FIELDS - {"levels"} or value is None:
            continue
        names.extend(str(item) for item in (value if isinstance(value, list) else [value]))
    return names


def _instance(
    check: dict[str, Any], table_id: str, along: str, step: str, previous: str | None
) -> dict[str, Any] | None:
    def cell(name: object, at: str) -> str:
        text = str(name)
        if _external(text):
            return text
        head, _, suffix = text.partition(".")
        key = f"{table_id}.{head}.{at}" if along == "columns" else f"{table_id}.{at}.{head}"
        return f"{key}.{suffix}" if suffix else key

    instance: dict[str, Any] = {}
    for role, value in check.items():
        if role in ("along", "levels"):
            continue
        if role in _OTHER_FIELDS:
            instance[role] = value
        elif isinstance(value, list):
            instance[role] = [cell(item, step) for item in value]
        else:
            instance[role] = cell(value, step)
    if "levels" in check:
        if previous is None:
            return None
        instance |= {"from": cell(check["levels"], previous), "to": cell(check["levels"], step)}
    return instance


def _all_known(instance: dict[str, Any], source_id: str, known: set[str]) -> bool:
    """Whether every cell is printed (a missing part of a sum means that the sum cannot be checked there)."""
    return all(_resolve(name, source_id, known) is not None for name in _names(instance))


def _resolve(name: str, source_id: str, known: set[str]) -> tuple[str | None, str | None, float | None] | None:
    if name.startswith("="):
        constant = _finite(name[1:])
        return None if constant is None else (None, None, constant)
    if "/" in name and not name.startswith(f"{source_id}/"):
        return name, None, None  # of another source: joined, and missed loudly, in dbt
    figure_id = f"{source_id}/{name.removeprefix(f'{source_id}/')}"
    if figure_id in known:
        return figure_id, None, None
    if f"{figure_id}:low" in known:
        return f"{figure_id}:low", f"{figure_id}:high", None
    return None


def _finite(text: object) -> float | None:
    try:
        number = float(str(text))
    except ValueError:
        return None
    return number if isfinite(number) else None


def _terms(entry: dict[str, Any], relation_id: str, source_id: str, known: set[str]) -> list[Term]:
    rule = str(entry.get("rule", ""))
    if rule not in RULES:
        raise _RelationError(f"unknown rule {rule!r}; one of {', '.join(RULES)}")
    required, optional = RULES[rule]
    given = {role for role, value in entry.items() if role not in _OTHER_FIELDS and value not in (None, "", [])}
    needed, allowed = ({role.rstrip("+") for role in roles} for roles in (required, required + optional))
    if needed - given:
        raise _RelationError(f"{rule} needs {', '.join(sorted(needed - given))}")
    if given - allowed:
        raise _RelationError(
            f"{rule} knows no {', '.join(sorted(given - allowed))}; it takes {', '.join(sorted(allowed))}"
        )
    years = _finite(entry["years"]) if entry.get("years") else None
    if entry.get("years") and years is None:
        raise _RelationError(f"`years` is {entry['years']!r}; it takes a number")
    terms: list[Term] = []
    for role in (*required, *optional):
        bare = role.rstrip("+")
        value = entry.get(bare)
        if bare not in given:
            continue
        if role.endswith("+") != isinstance(value, list):
            raise _RelationError(f"`{bare}` takes {'a list' if role.endswith('+') else 'one figure'}")
        for position, name in enumerate(value if isinstance(value, list) else [value]):
            found = _resolve(str(name), source_id, known)
            if found is None:
                raise _RelationError(f"there is no figure {name!r} (it may be quarantined itself)")
            terms.append(
                Term(
                    relation_id,
                    source_id,
                    rule,
                    str(entry["covers"]) if entry.get("covers") else None,
                    ROLE_NAMES.get(bare, bare),
                    position,
                    *found,
                    years,
                    str(entry["note"]) if entry.get("note") else None,
                )
            )
    return terms
