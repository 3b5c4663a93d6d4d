"""What can happen to the build file: two builds at once, damage, full and read-only disks, an older shape."""

import random
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.driver import pipeline
from orchestration.loading import load_sources
from orchestration.settings import PROJECT, Settings
from orchestration.store.build import BuildError, build_lock, open_build, with_build
from tests.faults.support import can_mount, kill, python, settings_in, small_raw, start

LOCKING = """
    import sys, time
    from pathlib import Path
    from orchestration.store.build import build_lock

    with build_lock(Path(sys.argv[1])):
        print("locked", flush=True)
        time.sleep(60)
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Two reports in a build file; tests copy it."""
    base = tmp_path_factory.mktemp("loaded")
    settings = settings_in(base, small_raw(base / "raw"))
    pipeline.load(settings)
    return settings


@pytest.fixture
def settings(loaded: Settings, tmp_path: Path) -> Iterator[Settings]:
    settings = settings_in(tmp_path, loaded.raw)
    settings.build_file.parent.mkdir(parents=True)
    shutil.copy(loaded.build_file, settings.build_file)
    yield settings


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The raw folder of all reports: two fit on the smallest disk."""
    return small_raw(tmp_path_factory.mktemp("larger") / "raw", tuple(load_sources(PROJECT / "raw")))


def _counts(settings: Settings) -> dict[str, int]:
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        return dict(connection.execute("select source_id, count(*) from raw.figures group by 1").fetchall())


# --- two builds at once -----------------------------------------------------------------------------------------------


def test_a_second_build_is_told_who_builds(tmp_path: Path) -> None:
    build_file = tmp_path / "build" / "b.duckdb"
    first = start(LOCKING, build_file)
    try:
        assert first.stdout is not None and first.stdout.readline() == "locked\n"
        with pytest.raises(BuildError, match=rf"another build is writing .*\(process {first.pid}\); wait for it"):
            pipeline.run(Settings(PROJECT, PROJECT / "raw", tmp_path, tmp_path / "warehouse"), check=False)
        with pytest.raises(BuildError), build_lock(build_file):
            pass
    finally:
        kill(first)
    with build_lock(build_file):
        pass  # free at once after kill -9, nothing to clean


def test_the_thread_that_holds_the_lock_may_take_it_again_and_no_other(tmp_path: Path) -> None:
    build_file = tmp_path / "b.duckdb"
    refused: list[bool] = []

    def other() -> None:
        try:
            with build_lock(build_file):
                refused.append(False)
        except BuildError:
            refused.append(True)

    with build_lock(build_file):
        with build_lock(build_file):
            pass
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert refused == [True]
    with build_lock(build_file):
        pass


def test_a_build_file_that_somebody_has_open_is_named_not_thrown_away(settings: Settings) -> None:
    holder = start(
        """
        import sys, time, duckdb
        connection = duckdb.connect(sys.argv[1])
        print("open", flush=True)
        time.sleep(60)
        """,
        settings.build_file,
    )
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "open\n"
        with pytest.raises(BuildError, match="is open in another process; close it and run again"):
            pipeline.load(settings)
    finally:
        kill(holder)
    assert not settings.build_file.with_suffix(".broken").exists()
    assert len(pipeline.load(settings)) == len(_counts(settings))


# --- damage -----------------------------------------------------------------------------------------------------------


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])


def _no_database(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)


def _header_changed(path: Path) -> None:
    with path.open("r+b") as handle:
        handle.seek(8)
        handle.write(b"\xff" * 16)


def _blocks_changed(path: Path) -> None:
    """Every block of data: the file opens, reading it fails."""
    with path.open("r+b") as handle:
        for position in range(3 * 4096 + 1000, path.stat().st_size, 4096):
            handle.seek(position)
            handle.write(b"\x55" * 64)


def _log_of_another_file(path: Path) -> None:
    Path(f"{path}.wal").write_bytes(random.Random(1).randbytes(5000))


@pytest.mark.parametrize(
    "damage", [_emptied, _truncated, _no_database, _header_changed, _blocks_changed, _log_of_another_file]
)
def test_a_damaged_build_is_begun_anew(loaded: Settings, settings: Settings, damage: object) -> None:
    """All of `raw/` is in the new build; nobody has to delete anything."""
    damage(settings.build_file)  # type: ignore[operator]
    pipeline.load(settings)
    assert _counts(settings) == _counts(loaded)


def test_reloading_one_report_into_a_damaged_build_brings_the_others_back(loaded: Settings, settings: Settings) -> None:
    """A new build with one report in it would otherwise be published without the others."""
    _no_database(settings.build_file)
    pipeline.load(settings, [min(_counts(loaded))])
    assert _counts(settings) == _counts(loaded)


def test_a_build_of_an_older_version_is_refilled(loaded: Settings, settings: Settings) -> None:
    with duckdb.connect(str(settings.build_file)) as connection:
        connection.execute("alter table raw.figures drop column printed")
        connection.execute("alter table raw.sources add column colour varchar")
    pipeline.load(settings, [min(_counts(loaded))])
    assert _counts(settings) == _counts(loaded)


# --- disk and memory --------------------------------------------------------------------------------------------------

LIMITED = """
    import resource, sys
    from pathlib import Path
    from orchestration.driver import pipeline
    from orchestration.store.build import BuildError
    from tests.faults.support import settings_in

    kind, limit = sys.argv[2], int(sys.argv[3])
    settings = settings_in(Path(sys.argv[1]), Path(sys.argv[4]))
    pipeline.load(settings)  # imports everything
    if kind == "file":
        settings.build_file.unlink()
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        pipeline.load(settings)
    except BuildError as error:
        print(error)
        sys.exit(3)
"""


@pytest.mark.parametrize("limit", [100, 20_000, 600_000])
def test_no_room_for_the_build(tmp_path: Path, larger: Path, limit: int) -> None:
    done = python(LIMITED, tmp_path, "file", limit, larger)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "ai_figures_build.duckdb" in done.stdout and "ree disk space" in done.stdout
    settings = settings_in(tmp_path, larger)
    pipeline.load(settings)
    assert set(_counts(settings)) == set(load_sources(larger))


MOUNTED = """
    import subprocess, sys
    from pathlib import Path
    from orchestration.driver import pipeline
    from orchestration.store.build import BuildError
    from tests.faults.support import settings_in

    settings = settings_in(Path(sys.argv[1]), Path(sys.argv[3]))
    settings.state.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", sys.argv[2], "none", settings.state], check=True)
    for attempt in (1, 2):
        try:
            pipeline.run(settings, check=False)
        except BuildError as error:
            print(error)
        subprocess.run(["mount", "-o", "remount,rw,size=100m", settings.state], check=True)
        if attempt == 1:
            pipeline.load(settings)
            break
"""


@pytest.mark.skipif(not can_mount(), reason="needs the right to mount a small disk (root)")
@pytest.mark.parametrize(("options", "message"), [("size=1m", "ree disk space"), ("ro,size=1m", "make it writable")])
def test_a_full_and_a_read_only_state_folder(tmp_path: Path, larger: Path, options: str, message: str) -> None:
    done = python(MOUNTED, tmp_path, options, larger, namespace=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert message in done.stdout


def test_a_failed_commit_shows_its_own_error(tmp_path: Path) -> None:
    """Rolling back after a commit that failed must not hide why it failed."""
    build_file = tmp_path / "b.duckdb"
    open_build(build_file).close()

    def work(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("set memory_limit = '10MB'")
        connection.execute("set max_temp_directory_size = '0KB'")
        connection.execute(
            "create table big as select md5(i::varchar) || md5((i + 1)::varchar) as t from range(3000000) as r(i)"
        )

    with pytest.raises(BuildError, match="memory"):
        with_build(build_file, work)
    with_build(build_file, lambda connection: connection.execute("select 1 from raw.figures").fetchall())
