"""Arithmetic ties between figures: relation files and the `checks` of table specs, to one row a term."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from orchestration.loading.fields import CONSTANT, RELATION, Wrong, number, unknown, wrong_fields, wrong_value
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
    "mean": (("stated", "parts+"), ()),
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


@dataclass(slots=True)
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


_SEE = "See docs/raw-format.md, Relations"


class _RelationError(ValueError):
    """What is wrong with a relation, and what would be right."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = f"{remedy}. {_SEE}" if remedy else _SEE


def read_relations(
    entries: Any, source_id: str, file: str, known: set[str], places: dict[str, tuple[str, int]]
) -> tuple[list[Term], list[Problem], int]:
    """Terms, problems and the number of relations in one relation file (a list of mappings).

    ``places`` are the relations of this source so far, with file and line; those of this file are added.
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
                raise _RelationError("the relation has no id", "Write `id: …`, unique in this source")
            if relation_id in places:
                raise _RelationError(f"the id {name!r} stands twice in this source; rename the later one")
            found = terms_of(entry, relation_id, source_id, known)
            places[relation_id] = (file, entry[LINE])
            terms.extend(found)
        except _RelationError as error:
            problems.append(Problem(file, entry[LINE], name[:120], str(error), error.remedy, str(entry)[:2000]))
    return terms, problems, len(entries)


def read_checks(
    table: Table, source_id: str, known: set[str], places: dict[str, tuple[str, int]]
) -> tuple[list[Term], list[Problem], int]:
    """Expand the `checks` of a table along its other axis; instances whose stated cell is not printed do not exist.

    ``places`` are the relations of this source so far, with file and line; those of this table are added.
    """
    terms: list[Term] = []
    problems: list[Problem] = []
    count = 0
    for place, check in enumerate(table.checks, 1):
        along = str(check.get("along"))
        wrong = _wrong_check(check)
        if wrong:
            message, remedy = Wrong.together(wrong)
            problems.append(Problem(table.spec_file, check[LINE], table.table_id, message, remedy))
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
            relation_id = f"{source_id}/{table.table_id}.check{place}.{step}"
            count += 1
            try:
                found = terms_of(instance, relation_id, source_id, known)
                if relation_id in places:
                    raise _RelationError(f"the id {relation_id!r} stands twice in this source")
                places[relation_id] = (table.spec_file, check[LINE])
                terms.extend(found)
            except _RelationError as error:
                problems.append(Problem(table.spec_file, check[LINE], relation_id, str(error), error.remedy))
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
        wrong = wrong_value(CONSTANT, name[1:])
        if wrong or not name[1:].strip():
            raise _RelationError(wrong.message if wrong else "`=` has no number behind it", CONSTANT.remedy)
        return None, None, number(name[1:].strip())
    if "/" in name and not name.startswith(f"{source_id}/"):
        return name, None, None  # of another source: joined, and missed loudly, in dbt
    figure_id = f"{source_id}/{name.removeprefix(f'{source_id}/')}"
    if figure_id in known:
        return figure_id, None, None
    if f"{figure_id}:low" in known:
        return f"{figure_id}:low", f"{figure_id}:high", None
    return None


@cache
def _roles_of(rule: str) -> tuple[set[str], set[str]]:
    required, optional = RULES[rule]
    needed, allowed = ({role.rstrip("+") for role in roles} for roles in (required, required + optional))
    return needed, allowed


def _roles(rule: object) -> tuple[set[str], set[str]]:
    """The roles that a rule needs, and all that it takes. Raises ``_RelationError`` for an unknown rule."""
    if not isinstance(rule, str) or rule not in RULES:
        wrong = unknown("rule", rule or "", RULES)
        raise _RelationError(f"{wrong.message}; one of {', '.join(RULES)}", wrong.remedy)
    return _roles_of(rule)


def _wrong_check(check: dict[str, Any]) -> list[Wrong]:
    """What is wrong with the fields of a check, before it is expanded."""
    try:
        _, allowed = _roles(check.get("rule"))
    except _RelationError as error:
        return [Wrong(str(error), error.remedy)]
    found = wrong_fields(check, RELATION, {*allowed, "levels", *(field.name for field in RELATION)})
    if check.get("along") not in ("rows", "columns"):
        found = [Wrong(f"`along` is {check.get('along')!r}", "Write rows or columns")]
    return found


def _wrong_covers(rule: str, covers: object) -> str:
    if covers in (None, "", "all", "part"):
        return "" if not covers or rule == "sum" else f"`covers` says nothing in a {rule}; only sums have parts"
    share = number(covers) if isinstance(covers, str) else None
    return "" if rule == "sum" and share is not None and 0 < share <= 1 else f"`covers` is {str(covers)[:80]!r}"


def terms_of(entry: dict[str, Any], relation_id: str, source_id: str, known: set[str]) -> list[Term]:
    """The terms of one relation. Raises ``ValueError`` for a rule, role or figure that does not exist."""
    rule = entry.get("rule")
    needed, allowed = _roles(rule)
    assert isinstance(rule, str)
    required, optional = RULES[rule]
    given = {role for role, value in entry.items() if role not in _OTHER_FIELDS and value not in (None, "", [])}
    if needed - given and not given - allowed:
        raise _RelationError(f"{rule} needs {', '.join(sorted(needed - given))}")
    if given - allowed:
        near = unknown("role", min(given - allowed), allowed)
        listed = f"{rule} knows no {', '.join(sorted(given - allowed))}; it takes {', '.join(sorted(allowed))}"
        raise _RelationError(listed, near.remedy)
    found = wrong_fields(entry, RELATION)
    covers = _wrong_covers(rule, entry.get("covers"))
    if covers:
        found.append(Wrong(covers, next(field.remedy for field in RELATION if field.name == "covers")))
    if found:
        raise _RelationError(*Wrong.together(found))
    years = number(entry["years"]) if entry.get("years") else None
    terms: list[Term] = []
    for role in (*required, *optional):
        bare = role.rstrip("+")
        value = entry.get(bare)
        if bare not in given:
            continue
        if role.endswith("+") != isinstance(value, list):
            raise _RelationError(f"`{bare}` takes {'a list' if role.endswith('+') else 'one figure'}")
        for position, name in enumerate(value if isinstance(value, list) else [value]):
            found_at = _resolve(str(name), source_id, known) if isinstance(name, str) else None
            if found_at is None:
                near = unknown("figure", name, [figure.removeprefix(f"{source_id}/") for figure in known])
                raise _RelationError(
                    f"there is no figure {str(name)[:80]!r} (it may be quarantined itself)", near.remedy
                )
            terms.append(
                Term(
                    relation_id,
                    source_id,
                    rule,
                    str(entry["covers"]) if entry.get("covers") else None,
                    ROLE_NAMES.get(bare, bare),
                    position,
                    *found_at,
                    years,
                    str(entry["note"]) if entry.get("note") else None,
                )
            )
    _refuse_circles(rule, terms)
    return terms


# a figure may stand more than once among these: three quarters of one size each, a square
_MAY_REPEAT = {"part", "minus", "factor", "divisor"}


def _refuse_circles(rule: str, terms: list[Term]) -> None:
    """A tie that holds whatever is printed: a figure compared with itself, one figure alone, constants only."""
    roles: dict[str, set[str]] = {}
    for term in terms:
        for figure in {term.figure_id, term.figure_id_high} - {None}:
            before = roles.setdefault(str(figure), set())
            if before and not (before == {term.role} and term.role in _MAY_REPEAT):
                message = f"the figure {figure} stands in it twice: it would be compared with itself"
                raise _RelationError(message, "Name each figure once")
            before.add(term.role)
    if not roles:
        raise _RelationError("the tie names no figure, only constants", "Name the figure that is printed")
    if rule in ("repeat", "bounds") and len(terms) < 2:
        raise _RelationError(f"one figure alone is no {rule}", "Name at least two figures")
