"""A build that is damaged at any moment is begun anew by the step that notices, in a build and in a run of the UI."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

import orchestration.definitions
from orchestration import cli
from orchestration.definitions import build_defs
from orchestration.driver import pipeline
from orchestration.quality import checks
from orchestration.settings import Settings
from orchestration.store import publication
from orchestration.store.verification import verify
from orchestration.transform import models as transform
from tests.orchestration.tiny_project import make_project, work_in

Damage = Callable[[Path], None]


def blocks_changed(path: Path) -> None:
    """The file opens; reading it fails."""
    with path.open("r+b") as handle:
        for position in range(3 * 4096 + 1000, path.stat().st_size, 4096):
            handle.seek(position)
            handle.write(b"\x55" * 64)


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def no_database(path: Path) -> None:
    path.write_bytes(b"this is no database" * 1000)


def removed(path: Path) -> None:
    path.unlink()


DAMAGES = [blocks_changed, removed, cut_off, no_database]
MOMENTS = ["before load", "between load and dbt", "inside dbt", "before checks", "before publish"]


def _shared_out(places: list[str], whole: str) -> list[Any]:
    """Every place with every damage; quick are, in turn, a file that opens and cannot be read and one that is gone, and
    both at the place that is told as ``whole``."""
    quick = {(place, DAMAGES[number % 2]) for number, place in enumerate(places)}
    quick |= {(whole, kind) for kind in DAMAGES[:2]}
    return [
        pytest.param(place, kind, marks=[] if (place, kind) in quick else pytest.mark.slow)
        for place in places
        for kind in DAMAGES
    ]


class Injector:
    """Damages the build once, at one moment of a run."""

    def __init__(self, build_file: Path, damage: Damage) -> None:
        self.build_file, self.damage, self.done = build_file, damage, False

    def once(self) -> None:
        if not self.done:
            self.done = True
            self.damage(self.build_file)

    def before(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def call(*arguments: Any, **options: Any) -> Any:
            self.once()
            return real(*arguments, **options)

        monkeypatch.setattr(owner, name, call)


def inject(monkeypatch: pytest.MonkeyPatch, settings: Settings, moment: str, damage: Damage) -> Injector:
    injector = Injector(settings.build_file, damage)
    if moment == "before load":
        injector.once()
    elif moment == "between load and dbt":
        injector.before(monkeypatch, transform, "transform")
    elif moment == "inside dbt":

        @contextmanager
        def stalled(_: float) -> Iterator[Callable[[object], None]]:
            def alive(event: Any) -> None:
                if event.info.name == "NodeStart":
                    injector.once()

            yield alive

        monkeypatch.setattr(transform, "_ended_when_stalled", stalled)
    elif moment == "before checks":
        injector.before(monkeypatch, checks, "run_checks")
    else:
        injector.before(monkeypatch, publication, "publish")
    return injector


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Published once; whatever a test leaves behind, the next one mends."""
    settings = make_project(tmp_path_factory.mktemp("driver"))
    pipeline.run(settings)
    return settings


@pytest.fixture(scope="module")
def defs(project: Settings) -> dg.Definitions:
    with pytest.MonkeyPatch.context() as patch:
        work_in(project, patch)
        return build_defs()


@pytest.fixture
def settings(project: Settings, defs: dg.Definitions, monkeypatch: pytest.MonkeyPatch) -> Settings:
    work_in(project, monkeypatch)
    monkeypatch.setattr(orchestration.definitions, "defs", defs)
    return project


def published(settings: Settings) -> tuple[str, int]:
    assert verify(settings.published_file) == []
    with duckdb.connect(str(settings.published_file), read_only=True) as connection:
        version, figures = connection.execute(
            "select version, (select count(*) from core.figures) from quality.publication"
        ).fetchall()[0]
    return str(version), int(figures)


@pytest.mark.parametrize(("moment", "damage"), _shared_out(MOMENTS, whole="inside dbt"))
def test_a_damaged_build_is_mended_by_the_command(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, moment: str, damage: Damage
) -> None:
    before, figures = published(settings)
    injector = inject(monkeypatch, settings, moment, damage)
    code = cli.main(["build", "--job", "full_refresh"])
    assert injector.done
    if moment == "inside dbt" and code:  # DuckDB may hold what it needs in memory, or write over the damage
        assert published(settings) == (before, figures)
        code = cli.main(["build", "--job", "full_refresh"])
    assert code == 0
    after, again = published(settings)
    assert (after > before, again) == (True, figures)


@pytest.mark.parametrize(
    ("selection", "damage"),
    _shared_out(["core/figures", "published/warehouse", "staging/stg_figures"], whole="published/warehouse"),
)
def test_a_part_materialized_on_a_damaged_build_is_whole(
    settings: Settings, defs: dg.Definitions, selection: str, damage: Damage
) -> None:
    """As the UI does it: one asset is selected and nothing before it runs."""
    _, figures = published(settings)
    damage(settings.build_file)
    job = defs.resolve_implicit_global_asset_job_def()
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(
            instance=instance, asset_selection=[dg.AssetKey(selection.split("/"))], raise_on_error=False
        )
    assert result.success, [str(event.event_specific_data) for event in result.all_events if event.is_step_failure]
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        assert connection.execute("select count(*) from core.figures").fetchall() == [(figures,)]
        assert connection.execute("select count(*) from reconciliation.comparisons").fetchall()[0][0] > 0
    assert published(settings)[1] == figures


def test_a_build_begun_anew_is_checked_before_it_is_published(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The raw figures have lost an id since the checks; what is published anew may not skip them."""
    before = published(settings)
    removed(settings.build_file)
    model = settings.dbt_project / "models" / "core" / "figures.sql"
    text = model.read_text(encoding="utf-8")
    try:
        model.write_text("select * replace (null::varchar as printed) from {{ ref('stg_figures') }}\n")
        with pytest.raises(checks.BlockingCheckFailed, match="printed_not_null"):
            pipeline.publish(settings)
    finally:
        model.write_text(text, encoding="utf-8")
    assert published(settings) == before


def test_damage_that_comes_back_fails_and_is_not_tried_for_ever(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = published(settings)
    calls: list[int] = []

    def broken(*_: object, **__: object) -> None:
        calls.append(1)
        raise transform.DamagedBuild("the disk is broken")

    with monkeypatch.context() as patch:
        patch.setattr(transform, "transform", broken)
        assert cli.main(["build", "--job", "full_refresh"]) == 1
    assert len(calls) == 2
    assert published(settings) == before


def test_one_report_is_read_again_by_the_command(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    version, figures = published(settings)
    assert cli.main(["build", "--job", "reload_report", "--source", "sample_2025"]) == 0
    assert published(settings)[0] > version
    assert cli.main(["build", "--job", "reload_report", "--source", "nobody"]) == 1
    assert "nobody is not in raw/sources.yml; registered are sample_2025" in capsys.readouterr().err
    assert cli.main(["build", "--job", "full_refresh", "--source", "sample_2025"]) == 2
    assert published(settings)[1] == figures


def test_a_model_that_left_no_table_is_no_success(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dagster skips what depends on an asset without a result, and calls the run a success."""
    before = published(settings)
    real = transform.transform

    def forgetful(settings: Settings, select: Any = ()) -> transform.TransformResult:
        result = real(settings, select)
        result.nodes = [node for node in result.nodes if node.name != "figures"]
        return result

    with monkeypatch.context() as patch:
        patch.setattr(transform, "transform", forgetful)
        assert cli.main(["build", "--job", "full_refresh"]) == 1
    assert published(settings) == before


def test_a_check_without_a_result_is_no_success(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dagster lets a publication go on when a blocking check tells nothing."""
    before = published(settings)
    real = checks.run_checks

    def forgetful(*arguments: Any, **options: Any) -> list[Any]:
        return real(*arguments, **options)[1:]

    with monkeypatch.context() as patch:
        patch.setattr(checks, "run_checks", forgetful)
        assert cli.main(["build", "--job", "full_refresh"]) == 1
    assert published(settings) == before


def test_a_table_whose_model_is_gone_does_not_stop_the_next_version(settings: Settings) -> None:
    """An upgrade builds into the file of the version before."""
    assert cli.main(["build", "--force"]) == 0
    with duckdb.connect(str(settings.build_file)) as connection:
        connection.execute("create table core.of_an_earlier_version as select 1 as x")
        connection.execute("create view core.also_gone as select 1 as x")
    assert cli.main(["build", "--force"]) == 0
    with duckdb.connect(str(settings.published_file), read_only=True) as connection:
        names = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
    assert "figures" in names and not names & {"of_an_earlier_version", "also_gone"}
