"""The commands about datasets: `new-source`, `fetch`, `diff`."""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orchestration.datasets.fetch import Dataset, Difference


def add_parsers(subparsers: "argparse._SubParsersAction[Any]") -> None:
    """Register the three; each sets ``run`` to a callable that returns the exit code."""
    new = subparsers.add_parser("new-source", help="draft the spec of a dataset from its file or address")
    new.add_argument("place", metavar="PATH|URL")
    new.set_defaults(run=_new_source)
    fetch = subparsers.add_parser("fetch", help="get a dataset's file and say what it changes")
    fetch.add_argument("source_id")
    fetch.add_argument("--offline", action="store_true", help="only look at the draft that is there")
    fetch.add_argument("--publish", action="store_true", help="make the draft a snapshot")
    fetch.set_defaults(run=_fetch)
    diff = subparsers.add_parser("diff", help="what a dataset's vintages changed")
    diff.add_argument("source_id")
    diff.add_argument("day", nargs="?", help="only the snapshot of this day")
    diff.set_defaults(run=_diff)


_NEXT = """
Put it into raw/<source_id>/dataset.yml, the file into raw/<source_id>/snapshots/<day>{ending} (the day on which it was
fetched), and this into raw/sources.yml; `ai-figures check` says what is missing (docs/datasets.md):

- source_id: TODO
  title: TODO
  publisher: TODO
  published_on: null
  published_label: "TODO the year"
  language: en
  kind: dataset
  licence: TODO"""


def _new_source(arguments: argparse.Namespace) -> int:
    from orchestration.datasets.draft import draft_spec
    from orchestration.datasets.fetch import FetchError, _get_within
    from orchestration.loading.problems import RawError
    from orchestration.loading.reference import load_reference
    from orchestration.settings import load_settings

    reference = load_reference(load_settings().raw)
    place = str(arguments.place)
    try:
        if place.startswith(("http://", "https://")):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / (Path(place.split("?")[0]).name or "data.csv")
                _get_within(place, path, {}, 30.0, 1 << 29)
                text = draft_spec(path, reference, place)
        else:
            if not Path(place).is_file():
                return _fail(f"{place} is no file")
            text = draft_spec(Path(place), reference)
    except (FetchError, RawError) as error:
        return _fail(str(error))
    print(text, end="")
    print(_NEXT.format(ending=Path(place.split("?")[0]).suffix), file=sys.stderr)
    return 0


def _open(source_id: str) -> "Dataset":
    from orchestration.datasets.fetch import open_dataset
    from orchestration.settings import load_settings

    return open_dataset(load_settings().raw, source_id)


def _fetch(arguments: argparse.Namespace) -> int:
    from orchestration.datasets.fetch import FetchError, draft_of, publish_draft, publish_when_clean
    from orchestration.loading.problems import RawError

    try:
        opened = _open(arguments.source_id)
        draft = draft_of(opened, offline=arguments.offline)
        if draft.path is None or draft.difference is None:
            print(draft.note)
            return 0
        found, spec = draft.difference, opened.spec
        print("\n".join([*found.lines, *found.problems, *_as_before(found)]))
        if arguments.publish:
            published: Path | None = publish_draft(opened.folder, opened.raw, spec, draft.path, spec.origin)
        else:
            published = publish_when_clean(opened, draft)
        if published:
            print(f"published as {published.name}")
        else:
            print(f"a draft: look at it, then `ai-figures fetch {arguments.source_id} --offline --publish`")
    except (LookupError, FetchError, RawError) as error:
        return _fail(str(error))
    return 0


def _as_before(found: "Difference") -> list[str]:
    return [f"as before: {each}" for each in found.known]


def _diff(arguments: argparse.Namespace) -> int:
    from orchestration.datasets.fetch import difference
    from orchestration.datasets.snapshots import snapshot_files
    from orchestration.loading.problems import RawError

    try:
        opened = _open(arguments.source_id)
        raw, folder, spec, reference = opened.raw, opened.folder, opened.spec, opened.reference
        files, wrong = snapshot_files(folder, raw, spec)
        for error in wrong:
            print(error.problem)
        for day, path in files.items():
            if arguments.day in (None, str(day)):
                found = difference(raw, spec, reference, files, day, path)
                told = [f"{day}: {len(found.lines)} changes", *found.lines, *found.problems, *_as_before(found)]
                print("\n  ".join(told))
    except (LookupError, RawError) as error:
        return _fail(str(error))
    return 0


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 1
