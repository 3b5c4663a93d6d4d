"""What can happen to the published file: readers, kills, full and read-only disks, clocks, damage."""

import json
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration import publication
from orchestration.publication import PublicationError, open_published, publish, verify
from orchestration.quality import history
from tests.faults.support import (
    Record,
    can_mount,
    check_result,
    kill,
    leftovers,
    python,
    runs_in,
    settings_in,
    small_build,
    start,
    version_and_figures,
)


def _publish(base: Path, figures: int) -> publication.Publication:
    settings = settings_in(base)
    small_build(settings.build_file, figures)
    return publish(settings.build_file, settings.history_file, settings.published_file)


def _record(settings_base: Path, run_id: str) -> None:
    settings = settings_in(settings_base)
    history.append(settings.history_file, run_id, datetime(2026, 1, 1), [check_result()])


# --- readers ----------------------------------------------------------------------------------------------------------

READER = """
    import sys, time
    from pathlib import Path
    from orchestration.publication import open_published

    file, stop = Path(sys.argv[1]), Path(sys.argv[2])
    print("ready", flush=True)
    answers, last, stopped = 0, "", False
    while not stopped or answers < 20:
        stopped = stop.exists()
        with open_published(file) as connection:
            # two statements of one connection: a reader sees one version for as long as it holds the file
            version, announced = connection.execute("select version, figures from quality.publication").fetchall()[0]
            counted = connection.execute("select count(*), count(distinct figure_id) from core.figures").fetchall()[0]
        assert counted == (announced, announced), f"torn: {counted} figures of {announced} in {version}"
        assert version >= last, f"{version} after {last}"
        answers, last = answers + 1, version
        time.sleep(0.2)
    print(answers, last)
"""


def test_20_readers_through_10_publications(tmp_path: Path, record_property: Record) -> None:
    """No failed query and no torn read; all readers end on the last version."""
    settings = settings_in(tmp_path)
    stop = tmp_path / "stop"
    _publish(tmp_path, 1000)
    readers = [start(READER, settings.published_file, stop) for _ in range(20)]
    try:
        assert [reader.stdout and reader.stdout.readline() for reader in readers] == ["ready\n"] * 20
        versions = [_publish(tmp_path, 1000 + 37 * number).version for number in range(1, 11)]
        stop.touch()
        told = [reader.communicate(timeout=120) for reader in readers]
    finally:
        for reader in readers:
            if reader.poll() is None:
                kill(reader)
    assert [error for _, error in told if error] == []
    answers = [out.split() for out, _ in told]
    assert sum(int(count) for count, _ in answers) >= 400
    assert {last for _, last in answers} == {versions[-1]}
    assert versions == sorted(set(versions))
    record_property("tried", f"20 readers, {sum(int(count) for count, _ in answers)} answers, 10 publications")
    record_property("lost", "nothing: no failed query, no torn read")


def test_a_reader_holds_the_file_for_the_whole_run(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    first = _publish(tmp_path, 10)
    with duckdb.connect(str(settings.published_file), read_only=True) as reader:
        for figures in (20, 30):
            _publish(tmp_path, figures)
            version, count = reader.execute(
                "select version, (select count(*) from core.figures) from quality.publication"
            ).fetchall()[0]
            assert (version, count) == (first.version, 10)
    assert version_and_figures(settings.published_file)[1:] == (30, 30)


# --- clock ------------------------------------------------------------------------------------------------------------


class _Clock(datetime):
    """A clock that was set back by a year."""

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return datetime.now(UTC) - timedelta(days=365)


def test_versions_grow_though_the_clock_goes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = [_publish(tmp_path, 1).version]
    monkeypatch.setattr(publication, "datetime", _Clock)
    versions += [_publish(tmp_path, 2).version, _publish(tmp_path, 3).version]
    monkeypatch.undo()
    versions.append(_publish(tmp_path, 4).version)
    assert versions == sorted(set(versions))
    assert version_and_figures(settings_in(tmp_path).published_file) == (versions[-1], 4, 4)
    assert verify(settings_in(tmp_path).published_file) == []


# --- damage -----------------------------------------------------------------------------------------------------------


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 8])


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _overwritten(path: Path) -> None:
    path.write_bytes(b"no database " * 5000)


def _header_changed(path: Path) -> None:
    with path.open("r+b") as handle:
        handle.seek(8)  # behind the checksum: magic bytes and version
        handle.write(b"\xff" * 16)


DAMAGES = [_truncated, _emptied, _overwritten, _header_changed]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_published_file_is_named_and_replaced(tmp_path: Path, damage: object) -> None:
    settings = settings_in(tmp_path)
    before = _publish(tmp_path, 5000)
    damage(settings.published_file)  # type: ignore[operator]
    message = r"ai_figures\.duckdb cannot be read .*make warehouse"
    with pytest.raises(PublicationError, match=message), open_published(settings.published_file):
        pass
    assert verify(settings.published_file)
    after = _publish(tmp_path, 6)
    assert after.version > before.version, "the version is taken from datapackage.json when the file is damaged"
    assert verify(settings.published_file) == []


def test_an_absent_published_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PublicationError, match="does not exist; run `make warehouse`"), open_published(tmp_path / "x"):
        pass


@pytest.mark.parametrize("damage", [_truncated, _emptied, _overwritten])
def test_a_damaged_parquet_file_is_named_and_replaced(tmp_path: Path, damage: object) -> None:
    settings = settings_in(tmp_path)
    _publish(tmp_path, 5000)
    copy = settings.published / "parquet" / "core.figures.parquet"
    damage(copy)  # type: ignore[operator]
    (problem,) = verify(settings.published_file)
    assert "core.figures.parquet is damaged" in problem and "make warehouse" in problem
    assert version_and_figures(settings.published_file)[1:] == (5000, 5000), "the database is not affected"
    _publish(tmp_path, 6)
    assert verify(settings.published_file) == []


def test_parquet_copies_are_turned_in_one_step(tmp_path: Path) -> None:
    """`parquet` always leads to one whole version; the one before stays for those who are still reading it."""
    settings = settings_in(tmp_path)
    _publish(tmp_path, 1)
    held = (settings.published / "parquet").resolve()
    _publish(tmp_path, 2)
    assert (settings.published / "parquet").resolve() != held
    assert len(list(held.glob("*.parquet"))) == len(list((settings.published / "parquet").glob("*.parquet")))
    _publish(tmp_path, 3)
    assert not held.exists()
    package = json.loads((settings.published / "datapackage.json").read_text(encoding="utf-8"))
    assert all((settings.published / resource["path"]).is_file() for resource in package["resources"])


# --- disk -------------------------------------------------------------------------------------------------------------

LIMITED = """
    import resource, sys
    from pathlib import Path
    from orchestration.publication import PublicationError, publish

    build, history, published, limit = *map(Path, sys.argv[1:4]), int(sys.argv[4])
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))  # files cannot grow further, as on a full disk
    try:
        publish(build, history, published)
    except PublicationError as error:
        print(error)
        sys.exit(3)
"""


@pytest.mark.parametrize("share", [0.001, 0.4, 0.75])
def test_no_room_for_the_new_file(tmp_path: Path, share: float) -> None:
    settings = settings_in(tmp_path)
    before = _publish(tmp_path, 20_000)
    small_build(settings.build_file, 40_000)
    needed = _publish(tmp_path / "elsewhere", 40_000).bytes
    limit = int(needed * share)
    done = python(LIMITED, settings.build_file, settings.history_file, settings.published_file, limit)
    assert done.returncode == 3, done.stderr
    assert f"{settings.published_file} is unchanged" in done.stdout and "free disk space" in done.stdout
    assert version_and_figures(settings.published_file) == (before.version, 20_000, 20_000)
    assert verify(settings.published_file) == []
    assert leftovers(settings.published) == []
    assert publish(settings.build_file, settings.history_file, settings.published_file).rows["core.figures"] == 40_000


MOUNTED = """
    import subprocess, sys
    from pathlib import Path
    from orchestration.publication import PublicationError, publish, verify
    from tests.faults.support import leftovers, small_build, version_and_figures

    base, options = Path(sys.argv[1]), sys.argv[2]
    build, history, published = base / "build.duckdb", base / "history.duckdb", base / "disk" / "ai_figures.duckdb"
    published.parent.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", published.parent], check=True)
    small_build(build, 20_000)
    before = publish(build, history, published)
    small_build(build, 80_000)
    if options:
        subprocess.run(["mount", "-o", f"remount,{options}", published.parent], check=True)
    try:
        publish(build, history, published)
    except PublicationError as error:
        print(error)
    assert version_and_figures(published) == (before.version, 20_000, 20_000)
    assert verify(published) == []
    assert leftovers(published.parent) == []
    subprocess.run(["mount", "-o", "remount,rw,size=100m", published.parent], check=True)
    assert publish(build, history, published).rows["core.figures"] == 80_000
    assert verify(published) == []
"""


@pytest.mark.skipif(not can_mount(), reason="needs the right to mount a small disk (root)")
@pytest.mark.parametrize(("options", "message"), [("", "could not write|no space"), ("ro", "read-only")])
def test_a_full_and_a_read_only_disk(tmp_path: Path, options: str, message: str) -> None:
    """A real disk of 6 MB, for the child process only: last good version served, next run succeeds."""
    done = python(MOUNTED, tmp_path, options, namespace=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "is unchanged" in done.stdout
    assert any(words in done.stdout.lower() for words in message.split("|")), done.stdout


# --- kills ------------------------------------------------------------------------------------------------------------

PUBLISHER = """
    import sys
    from pathlib import Path
    from orchestration.publication import publish

    publish(*map(Path, sys.argv[1:4]))  # what a process imports at its first publication is no part of the trial
    print("ready", flush=True)
    while True:
        publish(*map(Path, sys.argv[1:4]))
        print("done", flush=True)
"""


def test_kill_9_at_random_moments_of_a_publication(tmp_path: Path, record_property: Record) -> None:
    """10 kills spread over the half second that a publication takes."""
    settings = settings_in(tmp_path)
    files = (settings.build_file, settings.history_file, settings.published_file)
    _record(tmp_path, "first")
    figures = 20_000
    _publish(tmp_path, figures)
    chance = random.Random(20261121)
    began = time.monotonic()
    publish(*files)
    seconds = time.monotonic() - began
    unfinished = 0
    for trial in range(10):
        killed = start(PUBLISHER, *files)
        assert killed.stdout is not None and killed.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, seconds))
        unfinished += kill(killed).count("done") == 0
        _, announced, counted = version_and_figures(settings.published_file)
        assert announced == counted == figures
        assert [p for p in verify(settings.published_file) if "are of" not in p] == [], f"after kill {trial}"
    assert unfinished > 3, "the kills came too late to mean anything"
    _publish(tmp_path, 7)
    assert verify(settings.published_file) == []
    assert leftovers(settings.published) == []
    assert runs_in(settings.published_file, "quality.check_results") == {"first"}
    record_property("tried", f"10 kills of publications, {unfinished} before the end")


# --- history ----------------------------------------------------------------------------------------------------------


def test_a_lost_history_file_does_not_empty_the_published_history(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    _record(tmp_path, "one")
    _publish(tmp_path, 1)
    settings.history_file.unlink()
    _publish(tmp_path, 2)
    assert runs_in(settings.published_file, "quality.check_results") == {"one"}
    _record(tmp_path, "two")
    _publish(tmp_path, 3)
    assert runs_in(settings.published_file, "quality.check_results") == {"one", "two"}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_history_is_begun_anew_from_the_published_copy(tmp_path: Path, damage: object) -> None:
    from orchestration.pipeline import mend_history

    settings = settings_in(tmp_path)
    _record(tmp_path, "one")
    _publish(tmp_path, 1)
    damage(settings.history_file)  # type: ignore[operator]
    mend_history(settings)
    _record(tmp_path, "two")
    assert runs_in(settings.history_file, "check_results") == {"one", "two"}
    assert settings.history_file.with_suffix(".broken").exists(), "the damaged file is kept aside"


HOLDER = """
    import sys, time, duckdb
    connection = duckdb.connect(sys.argv[1])
    print("holding", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def test_publication_waits_for_a_run_that_writes_the_history(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    _record(tmp_path, "one")
    holder = start(HOLDER, settings.history_file, 2)
    assert holder.stdout is not None and holder.stdout.readline() == "holding\n"
    try:
        _publish(tmp_path, 1)
    finally:
        kill(holder)
    assert runs_in(settings.published_file, "quality.check_results") == {"one"}


# --- nothing vanishes -------------------------------------------------------------------------------------------------


def test_a_build_that_lacks_a_registered_source_is_not_published(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    before = _publish(tmp_path, 5)
    small_build(settings.build_file, 3)
    with duckdb.connect(str(settings.build_file)) as connection:
        connection.execute("create schema raw")
        connection.execute("create table raw.sources as select unnest(['one', 'two']) as source_id")
        connection.execute("create table raw.load_counts as select 'one' as source_id")
    with pytest.raises(PublicationError, match=r"lacks two, which raw/sources\.yml registers"):
        publish(settings.build_file, settings.history_file, settings.published_file)
    assert version_and_figures(settings.published_file) == (before.version, 5, 5)


def test_an_older_published_folder_is_taken_over(tmp_path: Path) -> None:
    """A plain `parquet` folder of an earlier version of this code makes room for the link."""
    settings = settings_in(tmp_path)
    (settings.published / "parquet").mkdir(parents=True)
    (settings.published / "parquet" / "core.figures.parquet").write_text("old")
    (settings.published / "datapackage.json").write_text('{"version": "old"}')
    _publish(tmp_path, 2)
    assert verify(settings.published_file) == []
    assert leftovers(settings.published) == []
