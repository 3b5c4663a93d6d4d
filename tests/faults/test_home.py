"""Dagster's home with damaged storage or a configuration of somebody else: the next run succeeds by itself."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, nullcontext
from pathlib import Path

import dagster as dg
import pytest

from orchestration.defs import home as homes
from orchestration.defs.home import HomeError, prepare_home
from orchestration.settings import PROJECT
from tests.faults.support import Record, python, settings_in

FILES = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")


@dg.asset
def one() -> int:
    return 1


def run(home: Path) -> tuple[str, int]:
    """One more run in that home; its id, and the number of runs that the storage knows."""
    job = dg.Definitions([one], jobs=[dg.define_asset_job("make_one")]).resolve_job_def("make_one")
    with dg.DagsterInstance.from_config(str(home)) as instance:
        quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        result = job.execute_in_process(instance=instance, run_config=quiet)
        assert result.success
        assert instance.all_logs(result.run_id)
        instance.all_instigator_state()
        return result.run_id, instance.get_runs_count()


@pytest.fixture(scope="module")
def used_home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home after one run, and the id of that run."""
    home = tmp_path_factory.mktemp("used") / "dagster"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(home))
        prepare_home(settings_in(home))
        run_id, _ = run(home)
    return home, run_id


@pytest.fixture
def home(used_home: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "dagster"
    shutil.copytree(used_home[0], home)
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    return home


def _overwritten(file: Path) -> None:
    file.write_bytes(b"no database\n" * 1000)


def _overwritten_inside(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[4096 : len(content) // 2] = random.Random(1).randbytes(len(content) // 2 - 4096)
    file.write_bytes(content)


def _truncated(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2 + 100])


def _truncated_head(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:50])


def _change(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


_MAIN_TABLE = {"runs.db": "runs", "index.db": "event_logs", "schedules.db": "job_ticks"}


def _half_made(file: Path) -> None:
    """Killed between the tables: the first is there without its last column, and no revision."""
    table = _MAIN_TABLE[file.name]
    file.unlink()
    _change(file, f"create table {table} (id integer primary key)")


def _foreign_log(file: Path) -> None:
    """A write-ahead log of another database: SQLite replays it."""
    other = file.with_name("other.db")
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.execute("create table t as select zeroblob(3000) as x")
        for _ in range(40):
            connection.execute("insert into t values (randomblob(3000))")
        connection.commit()
        shutil.copy(f"{other}-wal", f"{file}-wal")
    other.unlink()


DAMAGES = (_overwritten, _overwritten_inside, _truncated, _truncated_head, _half_made, _foreign_log)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__.strip("_"))
def test_damaged_storage_is_put_aside(
    home: Path, name: str, damage: Callable[[Path], None], capsys: pytest.CaptureFixture[str], record_property: Record
) -> None:
    damage(home / name)
    prepare_home(settings_in(home))
    told = capsys.readouterr().err
    assert f"{home / name} is damaged" in told and told.count("put aside") == 1
    assert (home / f"{name}.damaged").exists()
    _, runs = run(home)
    assert runs == (1 if name == "history/runs.db" else 2)  # the others are as they were
    prepare_home(settings_in(home))
    assert not capsys.readouterr().err
    record_property("tried", f"{name}: {damage.__name__.strip('_')}")
    record_property("lost", "what that file held; it is kept as *.damaged")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("content", [b"", b"\0" * 40_000, b"garbage" * 9000], ids=["empty", "zeros", "garbage"])
def test_a_log_of_garbage_costs_nothing(
    home: Path, name: str, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / f"{name}-wal").write_bytes(content)
    prepare_home(settings_in(home))
    assert not capsys.readouterr().err
    assert run(home)[1] == 2


@pytest.mark.parametrize("name", FILES)
def test_an_empty_or_absent_file_is_a_new_one(home: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (home / name).write_bytes(b"")
    prepare_home(settings_in(home))
    run(home)
    (home / name).rename(home / "elsewhere.db")
    (home / f"{name}-wal").write_bytes(b"a log that stayed behind")
    prepare_home(settings_in(home))
    run(home)
    assert not capsys.readouterr().err


def test_the_log_of_one_run(home: Path, used_home: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    name = f"history/runs/{used_home[1]}.db"
    _overwritten(home / name)
    prepare_home(settings_in(home))
    assert f"{home / name} is damaged" in capsys.readouterr().err
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert instance.all_logs(used_home[1]) == []
    assert run(home)[1] == 2


def test_storage_of_an_older_dagster_is_migrated(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The revision before a column came in: the runs stay."""
    from dagster._core.storage.runs.sqlite import SqliteRunStorage

    with dg.DagsterInstance.from_config(str(home)) as instance:
        storage = instance.run_storage
        assert isinstance(storage, SqliteRunStorage)
        storage._alembic_downgrade(rev="-5")
    with closing(sqlite3.connect(home / "history/runs.db")) as connection:
        before = connection.execute("select * from alembic_version").fetchall()
    prepare_home(settings_in(home))
    assert not capsys.readouterr().err
    with closing(sqlite3.connect(home / "history/runs.db")) as connection:
        assert connection.execute("select * from alembic_version").fetchall() != before
    assert run(home)[1] == 2


@pytest.mark.slow
def test_random_damage_never_stops_the_next_run(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Bytes overwritten anywhere, the file cut anywhere: it is sound or put aside, and the run after succeeds."""
    sound = {name: (home / name).read_bytes() for name in FILES}
    chance = random.Random(20)
    for _ in range(30):
        name = chance.choice(FILES)
        content = bytearray(sound[name])
        if chance.random() < 0.5:
            start = chance.randrange(len(content))
            content[start : start + 5000] = chance.randbytes(len(content[start : start + 5000]))
        else:
            del content[chance.randrange(len(content)) :]
        (home / name).write_bytes(content)
        for log in ("-wal", "-shm"):
            Path(f"{home / name}{log}").unlink(missing_ok=True)
        prepare_home(settings_in(home))
        run(home)
        for each, whole in sound.items():
            (home / each).write_bytes(whole)
    capsys.readouterr()


def test_a_file_in_use_is_not_damaged(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(home / "history/runs.db")) as connection:
        connection.execute("begin immediate")
        prepare_home(settings_in(home))
    assert not capsys.readouterr().err


def test_many_at_once_from_nothing(tmp_path: Path) -> None:
    """None takes the tables that another one is making for damaged ones."""
    program = (
        "from pathlib import Path; import sys\n"
        "from orchestration.defs.home import prepare_home; from tests.faults.support import settings_in\n"
        "prepare_home(settings_in(Path(sys.argv[1])))"
    )
    home = tmp_path / "dagster"
    environment = os.environ | {"DAGSTER_HOME": str(home)}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)], stderr=subprocess.PIPE, cwd=PROJECT, env=environment
        )
        for _ in range(4)
    ]
    assert [process.communicate()[1] for process in started] == [b""] * 4
    assert not list(home.rglob("*.damaged"))


SHIPPED = (PROJECT / "dagster.yaml").read_text(encoding="utf-8")


def test_our_configuration_is_kept_up_to_date(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A copy of an earlier version, with and without the mark, is replaced; so is an empty file."""
    written = (home / "dagster.yaml").read_bytes()
    shutil.copytree(PROJECT / "orchestration", tmp_path / "project" / "orchestration")
    (tmp_path / "project" / "dagster.yaml").write_text(SHIPPED + "# a later version\n", encoding="utf-8")
    for earlier in (written, SHIPPED.encode(), b"", None):
        if earlier is None:
            (home / "dagster.yaml").unlink()
        else:
            (home / "dagster.yaml").write_bytes(earlier)
        with monkeypatch.context() as patch:
            patch.setattr(homes, "PROJECT", tmp_path / "project")
            prepare_home(settings_in(home))
        assert (home / "dagster.yaml").read_text(encoding="utf-8").endswith(SHIPPED + "# a later version\n")
    run(home)


@pytest.mark.parametrize(
    "foreign",
    [
        "telemetry: {enabled: false}\n",
        SHIPPED.replace("purge_after_days: 90", "purge_after_days: 900"),
        "# Written by ai-figures from its dagster.yaml (sha256 " + "0" * 64 + "); yours once changed.\n" + SHIPPED,
    ],
    ids=["other", "changed", "changed copy"],
)
def test_a_foreign_configuration_stays(home: Path, foreign: str, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "dagster.yaml").write_text(foreign, encoding="utf-8")
    prepare_home(settings_in(home))
    assert (home / "dagster.yaml").read_text(encoding="utf-8") == foreign
    assert f"{home / 'dagster.yaml'} is not as ai-figures wrote it" in capsys.readouterr().err
    run(home)


@pytest.mark.parametrize("target", ["shipped", "other", "absent"])
def test_a_linked_configuration_stays(home: Path, tmp_path: Path, target: str) -> None:
    """A deployment mounts its configuration as a link, which may lead nowhere for a moment; a link is never ours."""
    texts = {"shipped": (home / "dagster.yaml").read_text(encoding="utf-8"), "other": "telemetry: {enabled: false}\n"}
    place = tmp_path / "mounted.yaml"
    if target in texts:
        place.write_text(texts[target], encoding="utf-8")
    (home / "dagster.yaml").unlink()
    (home / "dagster.yaml").symlink_to(place)
    with nullcontext() if target in texts else pytest.raises(HomeError, match="mend that file"):
        prepare_home(settings_in(home))
    assert (home / "dagster.yaml").readlink() == place
    assert target == "absent" or place.read_text(encoding="utf-8") == texts[target]


def test_no_build_takes_a_server_back_to_sqlite(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With PostgreSQL the password stays out of the file; without the variable the server's home is refused."""
    monkeypatch.setattr(homes, "_try_configuration", lambda _: None)
    monkeypatch.setenv(homes.POSTGRES, "postgresql://user:secret@127.0.0.1:1/database")
    prepare_home(settings_in(home))
    served = (home / "dagster.yaml").read_text(encoding="utf-8")
    assert "postgres_url" in served and "secret" not in served and "KeptOpen" not in served
    monkeypatch.delenv(homes.POSTGRES)
    with pytest.raises(HomeError, match=f"PostgreSQL, and {homes.POSTGRES} is not set"):
        prepare_home(settings_in(home))
    assert (home / "dagster.yaml").read_text(encoding="utf-8") == served


def test_make_takes_the_home_of_the_environment() -> None:
    told = subprocess.run(
        ["make", "--no-print-directory", "--eval", "which: ; @echo $$DAGSTER_HOME", "which"],
        capture_output=True, text=True, cwd=PROJECT, env=os.environ | {"DAGSTER_HOME": "/srv/dagster"}, check=True,
    )  # fmt: skip
    assert told.stdout.strip() == "/srv/dagster"


@pytest.mark.parametrize(
    "foreign",
    [
        "storage: {postgres: {postgres_db: {username: u, password: p, hostname: 127.0.0.1, db_name: d, port: 1}}}\n",
        "telemetry: [\n",
        "no_such_setting: 1\n",
        "- 1\n",
    ],
    ids=["PostgreSQL that does not answer", "no YAML", "no setting", "list"],
)
def test_a_configuration_that_cannot_be_used_is_named(home: Path, foreign: str) -> None:
    (home / "dagster.yaml").write_text(foreign, encoding="utf-8")
    with pytest.raises(HomeError, match=r"dagster\.yaml.*remove it to get the shipped one"):
        prepare_home(settings_in(home))
    assert (home / "dagster.yaml").read_text(encoding="utf-8") == foreign


def test_the_commands_say_so(home: Path) -> None:
    """`ai-figures build` and `ai-figures dev` end with the message, without a traceback."""
    (home / "dagster.yaml").write_text("telemetry: [\n", encoding="utf-8")
    for arguments in (["build", "--force"], ["dev", "-m", "orchestration.definitions", "-p", "0"]):
        program = f"from orchestration.cli import main; raise SystemExit(main({arguments!r}))"
        ended = python(program, DAGSTER_HOME=str(home))
        assert ended.returncode == 1
        assert "dagster.yaml" in ended.stderr and "Traceback" not in ended.stderr
