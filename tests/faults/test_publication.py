"""What can happen to the published file: readers, kills, full and read-only disks, clocks, damage."""

import json
import os
import random
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.quality import checks, history
from orchestration.settings import PROJECT, Settings
from orchestration.store import publication, verification, versions
from orchestration.store.catalog import content_of
from orchestration.store.publication import publish
from orchestration.store.published import PublicationError, open_published
from orchestration.store.verification import verify
from orchestration.store.write_ahead_logs import foreign_logs
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
    from orchestration.store.published import open_published

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


@pytest.mark.parametrize(("count", "times"), [(6, 5), pytest.param(20, 10, marks=pytest.mark.slow)])
def test_readers_through_publications(tmp_path: Path, count: int, times: int, record_property: Record) -> None:
    """No failed query and no torn read; all readers end on the last version."""
    settings = settings_in(tmp_path)
    stop = tmp_path / "stop"
    _publish(tmp_path, 1000)
    readers = [start(READER, settings.published_file, stop) for _ in range(count)]
    try:
        assert [reader.stdout and reader.stdout.readline() for reader in readers] == ["ready\n"] * count
        versions = [_publish(tmp_path, 1000 + 37 * number).version for number in range(1, times + 1)]
        stop.touch()
        told = [reader.communicate(timeout=120) for reader in readers]
    finally:
        for reader in readers:
            if reader.poll() is None:
                kill(reader)
    assert [error for _, error in told if error] == []
    answers = [out.split() for out, _ in told]
    told_in_all = sum(int(number) for number, _ in answers)
    assert told_in_all >= 20 * count
    assert {last for _, last in answers} == {versions[-1]}
    assert versions == sorted(set(versions))
    record_property("tried", f"{count} readers, {told_in_all} answers, {times} publications")
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
    made = [_publish(tmp_path, 1).version]
    monkeypatch.setattr(versions, "datetime", _Clock)
    made += [_publish(tmp_path, 2).version, _publish(tmp_path, 3).version]
    monkeypatch.undo()
    made.append(_publish(tmp_path, 4).version)
    assert made == sorted(set(made))
    assert version_and_figures(settings_in(tmp_path).published_file) == (made[-1], 4, 4)
    assert verify(settings_in(tmp_path).published_file) == []


def test_versions_grow_beyond_the_end_of_the_calendar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that was far ahead once: the versions go on, and each publication says so."""
    settings = settings_in(tmp_path)

    class Far(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime(9999, 12, 31, 23, 59, 59, 999_998, tzinfo=UTC)

    monkeypatch.setattr(versions, "datetime", Far)
    made = [_publish(tmp_path, 1).version]
    monkeypatch.undo()
    for figures in (2, 3, 4, 5):
        published = _publish(tmp_path, figures)
        made.append(published.version)
        assert len(published.messages) == 1 and "ahead of the clock" in published.messages[0]
        assert verify(settings.published_file) == []
        assert leftovers(settings.published) == []
    assert made == sorted(set(made))
    assert made[-1] == "99991231T235959.999999Z+000003"


# --- damage -----------------------------------------------------------------------------------------------------------


def _truncated(path: Path) -> None:
    path.chmod(0o644)  # published read-only
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 8])


def _emptied(path: Path) -> None:
    path.chmod(0o644)  # published read-only
    path.write_bytes(b"")


def _overwritten(path: Path) -> None:
    path.chmod(0o644)  # published read-only
    path.write_bytes(b"no database " * 5000)


def _header_changed(path: Path) -> None:
    path.chmod(0o644)  # published read-only
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
    mode, problem = verify(settings.published_file)
    assert "core.figures.parquet has mode 0644" in mode
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
    from orchestration.store.publication import publish
    from orchestration.store.published import PublicationError

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
    from orchestration.store.publication import publish
    from orchestration.store.published import PublicationError
    from orchestration.store.verification import verify
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
    from orchestration.store.publication import publish

    publish(*map(Path, sys.argv[1:4]))  # what a process imports at its first publication is no part of the trial
    print("ready", flush=True)
    while True:
        publish(*map(Path, sys.argv[1:4]))
        print("done", flush=True)
"""


def test_kill_9_at_random_moments_of_a_publication(tmp_path: Path, record_property: Record) -> None:
    """Kills spread over the half second that a publication takes."""
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
    kills = 6
    for trial in range(kills):
        killed = start(PUBLISHER, *files)
        assert killed.stdout is not None and killed.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, seconds))
        unfinished += kill(killed).count("done") == 0
        _, announced, counted = version_and_figures(settings.published_file)
        assert announced == counted == figures
        assert [p for p in verify(settings.published_file) if "are of" not in p] == [], f"after kill {trial}"
    assert unfinished > 1, "the kills came too late to mean anything"
    _publish(tmp_path, 7)
    assert verify(settings.published_file) == []
    assert leftovers(settings.published) == []
    assert runs_in(settings.published_file, "quality.check_results") == {"first"}
    record_property("tried", f"{kills} kills of publications, {unfinished} before the end")


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
    from orchestration.driver.pipeline import mend_history

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


# --- other sessions that write to the published file ------------------------------------------------------------------

WRITER = """
    import os, sys
    import duckdb

    connection = duckdb.connect(sys.argv[1])
    connection.execute(sys.argv[2])
    if sys.argv[3] == "killed":
        os._exit(9)
    connection.close()
"""
EDITS = [
    "delete from core.figures where value between 100 and 137",
    "update core.figures set value = 999 where figure_id = 's/500'",
    "insert into core.figures select 'x' || figure_id, source_id, value, printed from core.figures limit 3",
    "drop table reconciliation.comparisons",
    "create table core.more as select 1 as one",
    "delete from quality.check_results",
]


def _edit(published_file: Path, statement: str, end: str = "killed") -> None:
    """A session opens the published file for writing (root may), edits, and is killed or ends."""
    mode = stat.S_IMODE(published_file.stat().st_mode)
    if os.geteuid() != 0:
        published_file.chmod(0o644)
    python(WRITER, published_file, statement, end)
    published_file.chmod(mode)


def _log(published_file: Path) -> Path:
    return published_file.with_name(published_file.name + ".wal")


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a publication of 1000 figures and one recorded check, found whole. Not to be changed: copy it."""
    base = tmp_path_factory.mktemp("published_once")
    _record(base, "one")
    _publish(base, 1000)
    assert _check(settings_in(base, project=base)).success
    return base


def _copied(published_once: Path, base: Path) -> Settings:
    shutil.copytree(published_once, base, symlinks=True, dirs_exist_ok=True)
    settings = settings_in(base, project=base)
    assert verify(settings.published_file) == []
    return settings


@pytest.mark.parametrize("statement", EDITS)
def test_a_foreign_log_does_not_reach_the_next_version(tmp_path: Path, published_once: Path, statement: str) -> None:
    """DuckDB would replay it on the new file, by row number: its rows are not those that were published."""
    settings = _copied(published_once, tmp_path)
    settings.history_file.unlink()  # the checks are carried over from the published file, without the edits
    _edit(settings.published_file, statement)
    assert _log(settings.published_file).exists()
    published = _publish(tmp_path, 1200)
    assert not _log(settings.published_file).exists()
    assert (settings.published / "ai_figures.duckdb.wal.aside1").exists(), "somebody's edits are kept"
    assert len(published.messages) == 1 and "put aside as ai_figures.duckdb.wal.aside1" in published.messages[0]
    assert version_and_figures(settings.published_file) == (published.version, 1200, 1200)
    with open_published(settings.published_file) as connection:
        wrong = connection.execute("select count(*) from core.figures where figure_id <> 's/' || value::int").fetchall()
    assert wrong == [(0,)]
    assert runs_in(settings.published_file, "quality.check_results") == {"one"}
    assert verify(settings.published_file) == []


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_log_that_comes_while_the_file_is_renamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """The session is killed just before or just after the rename; the log of the old file is beside the new one."""
    settings = settings_in(tmp_path)
    _publish(tmp_path, 1000)
    replace = Path.replace

    def renamed(self: Path, target: Path) -> Path:
        if Path(target) != settings.published_file:
            return replace(self, target)
        _edit(settings.published_file, EDITS[0])
        if moment == "before":
            return replace(self, target)
        log = _log(settings.published_file).read_bytes()
        _log(settings.published_file).unlink()
        moved = replace(self, target)
        _log(settings.published_file).write_bytes(log)
        return moved

    monkeypatch.setattr(Path, "replace", renamed)
    assert len(_publish(tmp_path, 1200).messages) == 1
    monkeypatch.undo()
    assert verify(settings.published_file) == []
    assert version_and_figures(settings.published_file)[1:] == (1200, 1200)


def test_a_log_that_cannot_be_put_aside_stops_the_publication(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_in(tmp_path)
    before = _publish(tmp_path, 10)
    _edit(settings.published_file, "delete from core.figures where value = 1")

    def refused(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(PublicationError, match=r"is unchanged: .*Permission denied.*\.wal"):
        _publish(tmp_path, 20)
    monkeypatch.undo()
    _log(settings.published_file).unlink()
    assert version_and_figures(settings.published_file) == (before.version, 10, 10)
    assert leftovers(settings.published) == []


def _check(settings: Settings) -> history.CheckResult:
    """The critical check of the published file, alone."""
    shipped = yaml.safe_load((PROJECT / "expectations" / "publication.yml").read_text(encoding="utf-8"))
    item = next(i for i in shipped["expectations"] if i["name"] == "readers_see_what_was_published")
    settings.expectations.mkdir(exist_ok=True)
    (settings.expectations / "publication.yml").write_text(yaml.safe_dump({"expectations": [item]}), encoding="utf-8")
    (result,) = checks.run_checks(settings, settings.published_file)
    return result


@pytest.mark.parametrize("end", ["killed", "ended"])
@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (EDITS[0], "core.figures: readers see 962 rows, 1000 were published"),
        (EDITS[1], "core.figures: readers see other values in its 1000 rows than were published"),
        (EDITS[2], "core.figures: readers see 1003 rows, 1000 are in its Parquet copy"),
        (EDITS[3], "reconciliation.comparisons is missing, it was published"),
        (EDITS[4], "core.more is not among the tables that were published"),
        ("update quality.publication_tables set rows = 1", "quality.publication_tables: readers see other values"),
        ("drop table quality.publication_tables", "quality.publication_tables is missing: no record of what"),
        ("update quality.publication set figures = 1", "quality.publication: readers see other values in its 1 rows"),
    ],
)
def test_what_a_reader_sees_is_compared_with_what_was_published(
    tmp_path: Path, published_once: Path, statement: str, message: str, end: str
) -> None:
    """`verify` and the critical check tell of edits in a log and of edits in the file itself; nobody reads the log."""
    settings = _copied(published_once, tmp_path)
    with duckdb.connect(str(settings.published_file), read_only=True):  # holds the old rows: no excuse
        copied = shutil.copy(settings.published_file, tmp_path / "copy.duckdb")
        _edit(Path(copied), statement, end)
        if end == "ended":
            shutil.copy(copied, settings.published / "new")
            (settings.published / "new").replace(settings.published_file)
            settings.published_file.chmod(0o444)
        else:
            shutil.copy(_log(Path(copied)), _log(settings.published_file))
        problems = "\n".join(verify(settings.published_file))
    assert message in problems
    assert ("is the write-ahead log of a session" in problems) == (end == "killed")
    result = _check(settings)
    assert (result.success, result.severity) == (False, "critical")
    assert message in "\n".join(result.sample)
    if end == "killed":
        with pytest.raises(PublicationError, match="write-ahead log"), open_published(settings.published_file):
            pass
    _publish(tmp_path, 3)
    assert verify(settings.published_file) == []


def test_a_parquet_copy_of_other_rows_is_noticed(tmp_path: Path) -> None:
    """Its size and SHA-256 are those of datapackage.json: somebody wrote both."""
    settings = settings_in(tmp_path)
    _publish(tmp_path, 10)
    copy, package_file = (
        settings.published / "parquet" / "core.figures.parquet",
        settings.published / "datapackage.json",
    )
    copy.unlink()
    duckdb.sql(f"copy (select 's/' || i as figure_id, 's' as source_id, i::double as value, '' as printed "
               f"from range(10) as t(i)) to '{copy}' (format parquet)")  # fmt: skip
    package = json.loads(package_file.read_text(encoding="utf-8"))
    resource = next(r for r in package["resources"] if r["name"] == "core.figures")
    resource |= {"file_bytes": copy.stat().st_size, "file_sha256": _sha256(copy)}
    package_file.chmod(0o644)
    package_file.write_text(json.dumps(package), encoding="utf-8")
    for path in (copy, package_file):
        path.chmod(0o444)
    (problem,) = verify(settings.published_file)
    assert problem.startswith("core.figures: readers see other values in its 10 rows than are in its Parquet copy")


def _sha256(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_contents_are_recorded_for_every_table(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    published = _publish(tmp_path, 10)
    with open_published(settings.published_file) as connection:
        rows = dict(connection.execute("select table_name, rows from quality.publication_tables").fetchall())
        schema_version = connection.execute("select schema_version from quality.publication").fetchall()
    assert rows == published.rows | {"quality.publication": 1}
    assert schema_version == [(versions.SCHEMA_VERSION,)]


def test_the_hash_is_of_values_and_not_of_their_order_or_place() -> None:
    def content(values: str) -> tuple[int, str]:
        with duckdb.connect() as connection:
            columns = [("a", "VARCHAR"), ("b", "VARCHAR")]
            return content_of(connection, f"(values {values}) as t(a, b)", columns)

    assert content("('1', '2'), ('3', '4')") == content("('3', '4'), ('1', '2')")
    different = ["('1', '2')", "('12', '')", "('', '12')", "('12', null)", "(null, '12')", "('1', '2'), ('1', '2')",
                 "('2', '1')", "('1:2', '')", "('-', '12')"]  # fmt: skip
    assert len({content(values) for values in different}) == len(different)


# --- other accounts ---------------------------------------------------------------------------------------------------

NOBODY = """
    import os, sys
    import duckdb

    os.setgid(65534); os.setuid(65534)
    file, copies = sys.argv[1], sys.argv[2]
    with duckdb.connect(file, read_only=True) as connection:
        print(connection.execute("select count(*) from core.figures").fetchone()[0])
        print(connection.execute(f"select count(*) from '{copies}/core.figures.parquet'").fetchone()[0])
    open(sys.argv[3]).close()
    try:
        duckdb.connect(file)
    except duckdb.IOException as error:
        print(error)
"""
UNDER_UMASK = """
    import os, sys
    from pathlib import Path
    from orchestration.store.publication import publish

    os.umask(int(sys.argv[4], 8))
    publish(*map(Path, sys.argv[1:4]))
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other accounts can reach; pytest's are closed."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("umask", ["077", "000", "022", "777"])
def test_modes_do_not_depend_on_the_umask(tmp_path: Path, umask: str) -> None:
    if umask == "777" and os.geteuid() != 0:
        pytest.skip("with this umask only root can write at all")
    settings = settings_in(tmp_path)
    small_build(settings.build_file, 10)
    done = python(UNDER_UMASK, settings.build_file, settings.history_file, settings.published_file, umask)
    assert done.returncode == 0, done.stderr
    found = {path: stat.S_IMODE(path.stat().st_mode) for path in [settings.published, *settings.published.rglob("*")]}
    assert {mode for path, mode in found.items() if path.is_file()} == {0o444}
    assert {mode for path, mode in found.items() if path.is_dir()} == {0o755}
    assert verify(settings.published_file) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another account")
def test_other_accounts_read_and_cannot_write(open_folder: Path) -> None:
    settings = settings_in(open_folder)
    small_build(settings.build_file, 10)
    files = (settings.build_file, settings.history_file, settings.published_file)
    assert python(UNDER_UMASK, *files, "077").returncode == 0
    place = settings.published
    done = python(NOBODY, settings.published_file, place / "parquet", place / "datapackage.json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("10\n10\n") and "Permission denied" in done.stdout
    os.chown(settings.published_file, 65534, 65534)  # not even its owner, by mistake
    done = python(NOBODY, settings.published_file, place / "parquet", place / "datapackage.json")
    assert "Permission denied" in done.stdout


def test_a_closed_folder_is_told_and_left(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    settings.published.mkdir(mode=0o700)
    assert any("other accounts cannot read" in text for text in _publish(tmp_path, 1).messages)
    assert stat.S_IMODE(settings.published.stat().st_mode) == 0o700


def test_a_file_that_can_be_written_is_named(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    _publish(tmp_path, 1)
    settings.published_file.chmod(0o644)
    (problem,) = verify(settings.published_file)
    assert "ai_figures.duckdb has mode 0644, it is published with 0444" in problem
    _publish(tmp_path, 2)
    assert verify(settings.published_file) == []


def test_what_was_found_whole_is_read_again_when_any_file_of_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_in(tmp_path)
    _publish(tmp_path, 5)
    reads: list[Path] = []
    look = verification._damages
    monkeypatch.setattr(verification, "_damages", lambda file: (reads.append(file), look(file))[1])

    def read_anew() -> bool:
        reads.clear()
        verify(settings.published_file)
        return bool(reads)

    assert [read_anew(), read_anew()] == [True, False]
    copy = settings.published / "parquet" / "core.figures.parquet"
    for path in (settings.published_file, copy.resolve(), settings.published / "datapackage.json"):
        before = path.stat()
        path.chmod(0o644)
        path.write_bytes(path.read_bytes())  # the same bytes, and the times and the mode as they were
        path.chmod(0o444)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert [read_anew(), read_anew()] == [True, False], path
    data = copy.read_bytes()
    copy.chmod(0o644)
    copy.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    copy.chmod(0o444)
    # what is damaged is never taken for read
    assert verify(settings.published_file) == verify(settings.published_file) != []
    _publish(tmp_path, 6)
    assert [read_anew(), read_anew()] == [True, False]


# --- links ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dangling", [False, True])
def test_a_link_is_followed(tmp_path: Path, dangling: bool) -> None:
    """The file stands on another disk: it is replaced there, and the link stays."""
    settings = settings_in(tmp_path)
    target = tmp_path / "disk" / "figures.duckdb"
    if not dangling:
        _publish(tmp_path, 5)
        target.parent.mkdir()
        settings.published_file.replace(target)
    settings.published.mkdir(exist_ok=True)
    settings.published_file.symlink_to(target)
    for figures in (10, 20):
        published = _publish(tmp_path, figures)
        assert settings.published_file.is_symlink() and settings.published_file.readlink() == target
        assert version_and_figures(target) == (published.version, figures, figures)
        assert verify(settings.published_file) == []
        assert leftovers(settings.published) == [] and [p.name for p in target.parent.iterdir()] == [target.name]
    _edit(target, "delete from core.figures")
    assert len(verify(settings.published_file)) >= 2
    assert len(_publish(tmp_path, 30).messages) == 1
    assert verify(settings.published_file) == []


def test_links_in_a_circle_are_replaced(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    settings.published.mkdir()
    settings.published_file.symlink_to(settings.published_file)
    assert verify(settings.published_file)
    _publish(tmp_path, 2)
    assert verify(settings.published_file) == []


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


# --- at random --------------------------------------------------------------------------------------------------------

ATTACKED = """
    import os, sys
    from pathlib import Path
    from orchestration.store import disk, public_copy, publication, published, write_ahead_logs

    build, history, file, log = map(Path, sys.argv[1:5])
    umask, act, moment = int(sys.argv[5], 8), sys.argv[6], int(sys.argv[7])
    os.umask(umask)
    calls = 0

    def watched(function):
        def call(*arguments, **named):
            global calls
            calls += 1
            if calls == moment and act == "kill":
                os._exit(9)
            if calls == moment and act == "log":  # a session was killed here
                Path(f"{os.path.realpath(file)}.wal").write_bytes(log.read_bytes())
            return function(*arguments, **named)
        return call

    for owner, name in ((os, "fsync"), (os, "rename"), (os, "replace"), (os, "symlink"), (os, "chmod"), (os, "mkdir"),
                        (public_copy, "_copy_table"), (public_copy, "content_of"), (publication, "next_version"),
                        (publication, "remove"), (disk, "remove"), (write_ahead_logs, "foreign_logs"),
                        (published, "foreign_logs")):
        setattr(owner, name, watched(getattr(owner, name)))
    publication.publish(build, history, file)
    print(calls)
"""


def _attack(base: Path, chance: random.Random) -> str:
    """One random sequence of publications, kills, foreign logs, modes, umasks, links and held readers; what it did.

    After each step a reader sees a whole version of those published, or `verify` says that it does not.
    """
    settings = settings_in(base)
    file, done = settings.published_file, []
    known = {_publish(base, 300).version: 300}
    if chance.random() < 0.3:
        (base / "disk").mkdir()
        file.replace(base / "disk" / "figures.duckdb")
        file.symlink_to(base / "disk" / "figures.duckdb")
        done.append("link")
    with duckdb.connect(str(file), read_only=True) as held:
        if chance.random() < 0.5:
            held.close()
        for _ in range(chance.randint(2, 4)):
            act = chance.choice(["kill", "kill", "log", "log", "killed", "ended", "mode", "nothing"])
            figures = chance.randint(1, 600)
            done.append(act)
            log = base / "log"
            place = Path(os.path.realpath(file))
            if act == "mode":
                place.chmod(chance.choice([0o644, 0o600, 0o666]))
                assert any("has mode" in problem for problem in verify(file)), done
            if act in ("killed", "ended"):
                # of a copy: a reader that holds the file keeps writers away
                copy = Path(shutil.copy(place, base / "copy.duckdb"))
                _edit(copy, chance.choice(["delete from core.figures where value = 0", *EDITS[2:5]]), act)
                shutil.copy(copy, base / "edited")
                (base / "edited").replace(place)
                if act == "killed":
                    _log(copy).replace(_log(place))
                assert verify(file) != [], done
            copy = Path(shutil.copy(place, base / "copy.duckdb"))
            _edit(copy, "update core.figures set value = -1")
            copied_log = _log(copy)
            if copied_log.exists():
                copied_log.replace(log)
            small_build(settings.build_file, figures)
            moment = chance.randint(1, 45)
            umask = chance.choice(["077", "022", "000", "027"])
            attacked = python(
                ATTACKED, settings.build_file, settings.history_file, file, log, umask,
                act if act in ("kill", "log") else "none", moment,
            )  # fmt: skip
            done[-1] += f"@{moment}"
            assert attacked.returncode in (0, 9), (done, attacked.stderr)
            assert act == "kill" or attacked.returncode == 0, (done, attacked.stderr)
            problems = verify(file)
            serious = [problem for problem in problems if "the Parquet copies are of" not in problem]
            whole = _reads(file, known, figures)
            assert whole or serious, (done, problems)
            if attacked.returncode == 0 and act != "log":
                assert problems == [], done
            if attacked.returncode == 0 and act == "log":
                assert bool(problems) == bool(foreign_logs(file)), (done, problems)
    last = _publish(base, 7)
    assert version_and_figures(file) == (last.version, 7, 7), done
    assert last.version >= max(known), done
    assert verify(file) == [] and leftovers(settings.published) == [], done
    assert ("link" in done) == file.is_symlink()
    return " ".join(done)


def _reads(file: Path, known: dict[str, int], figures: int) -> bool:
    """Whether a new reader sees one whole version: a known one, or the one of ``figures`` rows that was being made."""
    try:
        with duckdb.connect(":memory:") as reader:
            reader.execute(f"attach '{file}' as p (read_only)")
            version, announced = reader.execute("select version, figures from p.quality.publication").fetchall()[0]
            values = reader.execute("select count(*), count(*) filter (value >= 0) from p.core.figures").fetchall()
    except duckdb.Error:
        return False  # a log that does not fit the file
    return values == [(announced, announced)] and known.setdefault(version, figures) == announced


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_random_attacks(tmp_path: Path, seed: int, record_property: Record) -> None:
    record_property("tried", _attack(tmp_path, random.Random(seed)))
    record_property("lost", "nothing")


@pytest.mark.parametrize("seed", (1000, 1001))
def test_two_random_attacks(tmp_path: Path, seed: int) -> None:
    _attack(tmp_path, random.Random(seed))
