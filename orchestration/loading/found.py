"""Ties that `ai-figures ties` found in a source's text (`ties_found.csv`), to one row a term like those of a person.

The id of such a relation says how it was found: `<source>/found.<origin>.<stated figure>.<digest>`. Where a person has
tied the same figures, or equal keys tie them, the models drop it. A tie that a person rejected at the desk is left out.
"""

import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path

from orchestration.loading.files import CsvRow, read_csv
from orchestration.loading.journal import read_journal, standing
from orchestration.loading.problems import Problem, RawError
from orchestration.loading.relations import RULES, Term, terms_of

_REMEDY = "Write the file anew: ai-figures ties {source}"
# the roles of the inputs, in the order of the file; the last takes the rest where it ends in +
ROLES: dict[str, tuple[str, ...]] = {
    "cagr": ("from", "to"),
    "growth": ("from", "to"),
    "fold": ("from", "to"),
    "share": ("part", "whole"),
    "ratio": ("numerator", "denominator"),
    "sum": ("parts+",),
    "mean": ("parts+",),
    "product": ("factors+",),
    "repeat": ("figures+",),
    "text_vs_table": ("figures+",),
    "bounds": ("figures+",),
}
# what a person answers for: a verdict counts as long as these are the same
SAID = ("rule", "stated", "inputs", "origin", "operator", "bound", "periods", "verdict", "explanation_code")
_COLUMNS = ("rule", "stated", "inputs", "origin", "periods")


def item_of(cells: Mapping[str, str]) -> tuple[str, str]:
    """A tie as an item of the journal: its name, and the hash of what is said of it."""
    said = repr([cells[column] for column in SAID])
    name = f"tie:{cells['rule']}:{cells['stated']}<{cells['inputs']}"
    return name, hashlib.sha256(said.encode()).hexdigest()


def rejected_ties(raw: Path) -> set[tuple[str, str]]:
    """The ties that a person rejected at the desk, each as ``item_of`` names it."""
    decided = standing(read_journal(raw)[0]).items()
    return {(name, line["hash"]) for name, line in decided if name.startswith("tie:") and line["what"] == "reject"}


def read_found(
    path: Path,
    raw: Path,
    source_id: str,
    known: set[str],
    places: dict[str, tuple[str, int]],
    rejected: Collection[tuple[str, str]] = (),
) -> tuple[list[Term], list[Problem], int]:
    """Terms, problems and the number of ties in `ties_found.csv`, without those that were ``rejected``.

    Raises ``RawError`` when the file cannot be read at all or lacks a column.
    """
    name = str(path.relative_to(raw))
    header, rows = read_csv(path, raw)
    missing = [column for column in _COLUMNS if column not in header]
    if missing:
        remedy = _REMEDY.format(source=source_id)
        raise RawError(name, 1, f"the column {missing[0]} is missing", remedy)
    terms: list[Term] = []
    problems: list[Problem] = []
    left_out = 0
    for row in rows:
        cells = dict(zip(header, row.cells, strict=False))
        if rejected and set(SAID) <= cells.keys() and item_of(cells) in rejected:
            left_out += 1
            continue
        try:
            if len(row.cells) != len(header):
                raise ValueError(f"the line has {len(row.cells)} cells, the header {len(header)}")
            entry, relation_id = entry_of(cells, source_id)
            found = terms_of(entry, relation_id, source_id, known)
            if relation_id in places:
                raise ValueError("the tie stands twice in this file")
        except ValueError as error:
            remedy = _REMEDY.format(source=source_id)
            problems.append(Problem(name, row.line, cells.get("stated", "")[:120], str(error), remedy, _text(row)))
            continue
        places[relation_id] = (name, row.line)
        terms.extend(found)
    return terms, problems, len(rows) - left_out


def entry_of(cells: Mapping[str, str], source_id: str) -> tuple[dict[str, object], str]:
    """The tie as a relation that a person would have written, and its id. Raises ``ValueError``."""
    rule, stated, origin = cells["rule"], cells["stated"], cells["origin"]
    inputs = [part for part in cells["inputs"].split("|") if part]
    if rule not in ROLES or rule not in RULES:
        raise ValueError(f"unknown rule {rule[:80]!r}; one of {', '.join(ROLES)}")
    if origin not in ("text", "table", "cluster"):
        raise ValueError(f"unknown origin {origin[:80]!r}; one of text, table, cluster")
    foreign = [f for f in (stated, *inputs) if not f.startswith(f"{source_id}/")]
    if foreign:
        raise ValueError(f"{foreign[0][:80]!r} is no figure of {source_id}")
    roles = ROLES[rule]
    entry: dict[str, object] = {"rule": "repeat" if rule == "text_vs_table" else rule}
    if roles == ("figures+",):
        entry["figures"] = [stated, *inputs]
    else:
        entry["stated"] = stated
        if roles[0].endswith("+"):
            entry[roles[0].rstrip("+")] = inputs
        elif len(inputs) != len(roles):
            raise ValueError(f"{rule} takes {len(roles)} inputs, not {len(inputs)}")
        else:
            entry |= dict(zip(roles, inputs, strict=True))
    if rule == "sum":
        entry["covers"] = "all"
    if rule == "cagr" and cells["periods"]:
        entry["years"] = cells["periods"]
    digest = hashlib.sha256("|".join((rule, stated, *sorted(inputs))).encode()).hexdigest()[:8]
    return entry, f"{source_id}/found.{origin}.{stated.removeprefix(f'{source_id}/')}.{digest}"


def _text(row: CsvRow) -> str:
    return ",".join(row.cells)[:2000]
