"""All that is wrong with `raw/`, in one pass: what would be set aside, what would block, what would mislead later."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.loading.decisions import read_decisions
from orchestration.loading.known import read_known_findings
from orchestration.loading.load import SourceLoad, load_source
from orchestration.loading.problems import Problem, RawError
from orchestration.loading.provenance import check_source, sha256, sources_folder
from orchestration.loading.reference import Reference, read_reference
from orchestration.loading.registry import Registry, Source, load_sources, report_rates

# folders of raw/ that are no sources
_OWN_FOLDERS = {"reference", "inbox"}


@dataclass(slots=True)
class Checked:
    """A part of `raw/`: all that is wrong with it, and a summary where one is worth a line."""

    wrong: list[str] = field(default_factory=list)
    summary: str = ""


class Check:
    """One pass over `raw/`; sources are read once each."""

    def __init__(self, raw: Path) -> None:
        self._raw = raw
        self._texts = sources_folder(raw)
        self._loads: dict[str, SourceLoad] = {}
        self._reference: Reference = read_reference(raw)
        self._broken: list[Problem] = []
        try:
            self.sources = load_sources(raw)
        except RawError as error:
            self.sources = Registry()
            self._broken.append(error.problem)

    def registries(self) -> Checked:
        """The registry, the reference files, the known findings, and folders that belong to nobody."""
        _, rates = report_rates(self.sources, self._reference)
        _, known = read_known_findings(self._raw)
        problems = [*self._broken, *self.sources.problems, *self._files(), *rates, *self._strangers()]
        problems += [*self._reference.unreadable, *self._reference.problems, *known]
        return Checked([str(problem) for problem in problems])

    def source(self, source_id: str) -> Checked:
        """One source: its rows, its ties into other sources, its places in the source text."""
        source = self.sources[source_id]
        if self._reference.unreadable:
            return Checked(summary=f"{source_id}: not read, because a reference file cannot be read")
        load = self._load(source_id)
        text = self._text(source)
        rows = {(f.key, f.file, f.file_line, f.line, f.printed) for f in load.figures}
        misplaced = check_source(text, sorted(rows)) if text else []
        relations = len({term.relation_id for term in load.relations})
        summary = (
            f"{source_id}: {load.rows_in} rows in, {load.rows_loaded} loaded, {len(load.problems)} quarantined; "
            f"{len(load.figures)} figures, {relations} relations; "
            + (f"{len(misplaced)} not at their line" if text else "source texts absent, places not checked")
        )
        return Checked([*map(str, load.problems), *map(str, self._loose_ends(load)), *map(str, misplaced)], summary)

    def decisions(self) -> Checked:
        """The decisions, with their figures looked up in all sources."""
        figures = None
        if not self._reference.unreadable and not self._broken:
            figures = {name for source_id in self.sources for name in self._known(source_id)}
        return Checked([str(problem) for problem in read_decisions(self._raw, figures).problems])

    def _load(self, source_id: str) -> SourceLoad:
        if source_id not in self._loads:
            self._loads[source_id] = load_source(self._raw, self.sources[source_id], self._reference)
        return self._loads[source_id]

    def _known(self, source_id: str) -> set[str]:
        """Figure ids of a source, and the ids of its ranges without their ends."""
        ids = {figure.figure_id for figure in self._load(source_id).figures}
        return ids | {name.rsplit(":", 1)[0] for name in ids}

    def _loose_ends(self, load: SourceLoad) -> Iterator[Problem]:
        """Ties to figures of other sources that do not exist."""
        for term in load.relations:
            other, _, key = (term.figure_id or "").partition("/")
            if not key or other == load.source_id or (other in self.sources and term.figure_id in self._known(other)):
                continue
            file, line = load.places[term.relation_id]
            message = f"there is no figure {term.figure_id!r}"
            yield Problem(
                file, line, term.relation_id.partition("/")[2], message, "Correct the reference: <source_id>/<key>"
            )

    def _text(self, source: Source) -> Path | None:
        path = self._texts / source.file if self._texts and source.file else None
        return path if path and path.is_file() else None

    def _files(self) -> Iterator[Problem]:
        """Source files without, or with another, sha256, and files that two sources name."""
        owner: dict[str, str] = {}
        for source in self.sources.values():
            text = self._text(source)
            if source.kind == "dataset":
                continue
            message, remedy = "", f"Write what `sha256sum {source.file}` prints"
            if not source.sha256:
                message = f"the source names the file {source.file!r} and no `sha256`"
            elif text and sha256(text) != source.sha256:
                message = f"`sha256` is not that of {source.file}: the text has changed, or is another"
                remedy = "Compare the places of the figures, then write the new sum"
            elif source.file in owner:
                message, remedy = f"`file` is that of {owner[source.file]} too", "Correct one of the two"
            owner.setdefault(source.file, source.source_id)
            if message:
                yield Problem("sources.yml", source.line, source.source_id, message, remedy)

    def _strangers(self) -> Iterator[Problem]:
        registered = {*self.sources, *(problem.key for problem in self.sources.problems)} | _OWN_FOLDERS
        if self._broken:
            return
        for path in sorted(self._raw.iterdir()):
            if path.is_dir() and path.name not in registered and not path.name.startswith((".", "__")):
                message = f"the folder {path.name} is registered nowhere: nothing of it is loaded"
                yield Problem(path.name, 0, "", message, "Add it to raw/sources.yml, or move it out of raw/")


def check_raw(raw: Path, source_ids: Sequence[str] = ()) -> Iterator[Checked]:
    """The registries, then each source (all, or those named), then the decisions."""
    check = Check(raw)
    yield check.registries()
    for source_id in source_ids or check.sources:
        yield check.source(source_id)
    yield check.decisions()
