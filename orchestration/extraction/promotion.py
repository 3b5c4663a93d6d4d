"""A person's decisions about extracted figures, and the way of the accepted ones into `raw/<source_id>/`.

Decisions stand in `raw/inbox/.<file>.review.yml` beside the document: lists of keys under `accept` and `reject`.
"""

# expressions stay on one line
# ruff: noqa: E501

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from orchestration.extraction.model import ExtractedFigure, ExtractionError
from orchestration.extraction.raw_rows import prose_row
from orchestration.loading.reference import Reference
from orchestration.loading.registry import Source
from orchestration.loading.rows import PROSE_COLUMNS

PROMOTED = "figures/extracted.csv"
# libyaml, where it is: a person who decides waits for this after every key
SAFE_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Decisions:
    """Keys of figures that were accepted and rejected; the one list excludes the other."""

    accept: set[str] = field(default_factory=set)
    reject: set[str] = field(default_factory=set)

    def decide(self, keys: set[str], *, accept: bool) -> None:
        """Accept or reject; a later decision replaces an earlier one."""
        (self.accept if accept else self.reject).update(keys)
        (self.reject if accept else self.accept).difference_update(keys)


def decisions_path(document: Path) -> Path:
    # hidden, so that the inbox does not take it for a document
    return document.with_name(f".{document.name}.review.yml")


def load_decisions(document: Path) -> Decisions:
    """The decisions beside a document; none yet is none. Raises ``ExtractionError`` for a broken file."""
    path = decisions_path(document)
    if not path.exists():
        return Decisions()
    try:
        entries = yaml.load(path.read_text(encoding="utf-8"), Loader=SAFE_LOADER) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ExtractionError(f"{path}: broken YAML ({str(error)[:100]}); mend it or delete it") from error
    if not isinstance(entries, dict) or not set(entries) <= {"accept", "reject"}:
        raise ExtractionError(f"{path}: expected the lists `accept` and `reject`; correct it or delete it")
    return Decisions(*(set(map(str, entries.get(name) or [])) for name in ("accept", "reject")))


def save_decisions(document: Path, decisions: Decisions) -> Path:
    """Write the decisions beside the document, sorted, so that a diff shows what changed."""
    path = decisions_path(document)
    lists = {"accept": sorted(decisions.accept), "reject": sorted(decisions.reject)}
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    temporary = path.with_name(f"{path.name}.new")  # hidden as well
    temporary.write_text(yaml.dump(lists, Dumper=dumper, sort_keys=True), encoding="utf-8")
    temporary.replace(path)
    return path


def keys_of(figures: list[ExtractedFigure]) -> dict[str, ExtractedFigure]:
    """Figures by the key a person names them with; the ends of a range have their own."""
    return {figure_key(figure): figure for figure in figures}


def figure_key(figure: ExtractedFigure) -> str:
    return figure.key + (f".{figure.range_end}" if figure.range_end else "")


@dataclass(frozen=True, slots=True)
class Promoted:
    """What a promotion wrote: the file, how many rows are new, how many stood there already."""

    path: Path
    written: int
    present: int


def promote(raw: Path, document: Path, figures: list[ExtractedFigure], wanted: set[str], source: Source | None,
            source_id: str, reference: Reference) -> Promoted:  # fmt: skip
    """Write the wanted figures into `raw/<source_id>/figures/extracted.csv`, and the source into `sources.yml`.

    Rows that stand there already are kept as they are: a person may have corrected them. Writing is all or nothing.
    """
    by_key = keys_of(figures)
    unknown = sorted(wanted - set(by_key))
    if unknown:
        raise ExtractionError(f"{document}: no figure {', '.join(unknown[:5])}; `ai-figures review` lists the keys")
    folder = raw / source_id
    path = folder / PROMOTED
    present = _present(path)
    rows = []
    for key in sorted(wanted, key=lambda k: (by_key[k].page or 0, by_key[k].line, k)):
        if key in present:
            continue
        row = prose_row(by_key[key], reference)
        rows.append(row | {"key": key})
    path.parent.mkdir(parents=True, exist_ok=True)
    _append(path, rows)
    if source is None:
        register(raw, document, source_id, figures)
    return Promoted(path, len(rows), len(wanted) - len(rows))


def _present(path: Path) -> set[str]:
    if not path.exists():
        return set()
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return {row.get("key", "") for row in csv.DictReader(handle)}


def _append(path: Path, rows: list[dict[str, str]]) -> None:
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, PROSE_COLUMNS, lineterminator="\n")
    if not old:
        writer.writeheader()
    elif not old.endswith("\n"):
        buffer.write("\n")
    writer.writerows(rows)
    temporary = path.with_suffix(".csv.new")
    temporary.write_text(old + buffer.getvalue(), encoding="utf-8")
    temporary.replace(path)


def register(raw: Path, document: Path, source_id: str, figures: list[ExtractedFigure]) -> None:
    """Append the entry of a new source to `sources.yml`. What the document does not say is left for a person to fill in."""
    from orchestration.loading.provenance import sha256

    chinese = sum(1 for figure in figures if any("\u4e00" <= c <= "\u9fff" for c in figure.text))
    entry = {
        "source_id": source_id,
        "title": document.name,
        "publisher": "to be filled in",
        "published_on": None,
        "published_label": None,
        "language": "zh" if chinese * 2 > len(figures) else "en",
        "kind": "extracted document",
        "file": document.name,
        "sha256": sha256(document),
        "licence": "not redistributed; figures only",
        "notes": "Registered by `ai-figures promote`; fill in publisher and date.",
    }
    text = yaml.safe_dump([entry], sort_keys=False, allow_unicode=True, width=110)
    path = raw / "sources.yml"
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    if not yaml.safe_load(old or "[]"):
        # an empty registry may be spelled []: an entry cannot be appended to that
        old = "".join(line for line in old.splitlines(keepends=True) if line.startswith("#"))
    temporary = path.with_suffix(".yml.new")
    temporary.write_text(old + ("" if not old or old.endswith("\n") else "\n") + text, encoding="utf-8")
    temporary.replace(path)
