"""What a run tells, to a real HTTP server: failing checks, new findings, failed steps; no secret, no storm, no hang."""

import json
import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from orchestration.defs.alert_sensors import alert_sensors
from orchestration.quality import alerts
from orchestration.quality.alerts import Item, announce, compose, report
from orchestration.settings import PROJECT, Settings, SettingsError, load_alerts

# the stem of settings of old; it is no setting itself
REPLACED = "_".join(("AI", "FIGURES", "ALERT"))
TOKEN = "T0PSECRET"


class Hook:
    """A webhook on the loopback address: what it was sent, and how it answers."""

    def __init__(self, answer: Callable[[BaseHTTPRequestHandler], None]) -> None:
        self.posts: list[tuple[str, dict[str, Any]]] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.posts.append((self.path, json.loads(body)))
                answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"json://127.0.0.1:{self.server.server_port}/{TOKEN}"


def status(code: int, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in {"Content-Length": "0", **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()

    return answer


@contextmanager
def served(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[Hook]:
    hook = Hook(answer)
    thread = threading.Thread(target=hook.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        hook.server.shutdown()
        hook.server.server_close()


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with served(status(200)) as running:
        monkeypatch.setenv("AI_FIGURES_ALERTS", running.address)
        yield running


FAILING = Item(
    "critical", "core/figures: a_rule", "A rule. 2 rows.", ("team:x",), ("a", "b"), 9, "expectations/core.yml:3"
)


# --- delivery ---------------------------------------------------------------------------------------------------------


def test_a_message_arrives_with_all_that_is_needed(hook: Hook) -> None:
    logged: list[object] = []
    assert announce("full_refresh", "run-7", [FAILING], logged.append) == ["JSON"]
    ((path, post),) = hook.posts
    assert path == f"/{TOKEN}"
    assert post["type"] == "failure" and "full_refresh" in post["title"] and "critical" in post["title"]
    for part in ("core/figures: a_rule", "first: a; b; 7 more", "team:x", "expectations/core.yml:3", "run-7"):
        assert part in post["message"]
    assert "ai-figures build --job quality_checks" in post["message"]
    assert logged == []


def _drip(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then: no read ever times out."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    try:
        for _ in range(1000):
            handler.wfile.write(b" ")
            time.sleep(0.2)
    except OSError:
        pass


@pytest.mark.parametrize(
    "answer",
    [status(500), status(403), status(302, Location=f"http://127.0.0.1:9/{TOKEN}"), lambda _: time.sleep(600), _drip],
    ids=["fails", "refuses", "redirects", "hangs", "drips"],
)
def test_a_server_in_trouble_costs_a_line_and_tells_no_secret(
    answer: Callable[[BaseHTTPRequestHandler], None],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(alerts, "TIMEOUT", 6)
    logged: list[object] = []
    with caplog.at_level(logging.DEBUG), served(answer) as bad, served(status(200)) as good:
        monkeypatch.setenv("AI_FIGURES_ALERTS", f"{bad.address} {good.address}")
        # one in trouble keeps the message from nobody else
        assert announce("job", "run", [FAILING], logged.append) == ["JSON"]
    assert len(bad.posts) == len(good.posts) == 1
    assert len(logged) == 1 and "address 1" in str(logged[0]) and "not delivered" in str(logged[0])
    output = capfd.readouterr()
    assert TOKEN not in f"{logged}{caplog.text}{output.out}{output.err}"


def test_a_redirect_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever takes over a host name would read the message."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with served(status(200)) as elsewhere:
        # 307 keeps method and body
        target = f"http://127.0.0.1:{elsewhere.server.server_port}/elsewhere"
        with served(status(307, Location=target)) as moved:
            monkeypatch.setenv("AI_FIGURES_ALERTS", moved.address)
            assert announce("job", "run", [FAILING], lambda _: None) == []
        assert elsewhere.posts == []


@pytest.mark.parametrize(
    "address",
    [f"json://127.0.0.1:9/{TOKEN}", f"ftp://127.0.0.1/{TOKEN}", f"nonsense-{TOKEN}", f"json://[{TOKEN}/x",
     f"discord://{TOKEN}", f"mailto://user:{TOKEN}@127.0.0.1:9?to=a@example.com"],
)  # fmt: skip
def test_an_address_that_cannot_be_used_is_not_shown(
    address: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("AI_FIGURES_ALERTS", address)
    monkeypatch.setattr(alerts, "TIMEOUT", 20)
    logged: list[object] = []
    with caplog.at_level(logging.DEBUG):
        assert announce("job", "run", [FAILING], logged.append) == []
    assert len(logged) == 1
    output = capfd.readouterr()
    assert TOKEN not in f"{logged}{caplog.text}{output.out}{output.err}{load_alerts()!r}"


def test_the_address_is_no_argument_of_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """`ps` shows arguments to every account of the machine."""
    seen: list[str] = []

    def look(handler: BaseHTTPRequestHandler) -> None:
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    seen.append((entry / "cmdline").read_text(encoding="utf-8", errors="replace"))
                except OSError:
                    continue
        status(200)(handler)

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with served(look) as hook:
        monkeypatch.setenv("AI_FIGURES_ALERTS", hook.address)
        assert announce("job", "run", [FAILING], lambda _: None) == ["JSON"]
    assert any("orchestration.quality.alerts" in command for command in seen)
    assert not any(TOKEN in command for command in seen)


# --- what is told -----------------------------------------------------------------------------------------------------


def test_items_are_grouped_by_severity_and_cut_to_a_readable_length() -> None:
    items = [Item("info", f"i{n}", "x" * 5000) for n in range(400)] + [
        FAILING,
        Item("error", "finding f: new", "Text."),
    ]
    text = report(items)
    assert text.index("CRITICAL (1)") < text.index("ERROR (1)") < text.index("INFO (400)")
    assert text.endswith("... and 387 more: 387 info")
    assert len(text) < 20_000


@pytest.mark.parametrize(("least", "told"), [("critical", 1), ("error", 2), ("warning", 3), ("info", 4)])
def test_the_least_severity_decides_what_is_sent(
    least: str, told: int, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AI_FIGURES_ALERTS_SEVERITY", least)
    items = [Item(severity, f"name-{severity}", "Text.") for severity in ("info", "warning", "error", "critical")]
    announce("job", "run", items, lambda _: None)
    ((_, post),) = hook.posts
    assert sum(f"name-{item.severity}" in post["message"] for item in items) == told
    hook.posts.clear()
    announce("job", "run", [Item("hint", "name", "Text.")], lambda _: None)
    assert hook.posts == []


def test_a_run_with_nothing_to_tell_sends_nothing(hook: Hook) -> None:
    assert announce("job", "run", [], lambda _: None) == []
    assert hook.posts == [] and compose("job", "run", []) is None


@pytest.mark.parametrize("name", ["WEBHOOK", "EMAIL", "FROM"])
def test_a_variable_of_the_past_is_refused_without_its_value(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{REPLACED}_{name}", f"https://example.com/{TOKEN}")
    with pytest.raises(SettingsError, match=f"{REPLACED}_{name} is set, and AI_FIGURES_ALERTS has replaced") as e:
        alert_sensors()
    assert TOKEN not in str(e.value)
    # a run that goes on under such a setting is not broken by it
    logged: list[object] = []
    assert announce("job", "run", [FAILING], logged.append) == []
    assert len(logged) == 1


# --- the sensors ------------------------------------------------------------------------------------------------------


@dg.asset(owners=["team:x"])
def thing() -> None:
    pass


@dg.asset_check(asset=thing)
def holds() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True, metadata={"result": "holds"})


@dg.asset_check(asset=thing)
def does_not_hold() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.ERROR, metadata={"result": "3 rows"})


@dg.op
def broken() -> None:
    raise ValueError("the disk is full")


@dg.job
def broken_job() -> None:
    broken()


def tick(sensor: dg.SensorDefinition, instance: dg.DagsterInstance, cursor: str | None) -> str | None:
    context = dg.build_sensor_context(instance=instance, cursor=cursor)
    return sensor.evaluate_tick(context).cursor


def test_a_run_that_succeeds_with_failing_checks_is_told_once(hook: Hook) -> None:
    failure, success = alert_sensors()
    with dg.DagsterInstance.ephemeral() as instance:
        job = dg.Definitions(
            assets=[thing], asset_checks=[holds, does_not_hold], jobs=[dg.define_asset_job("nightly", "*")]
        ).resolve_job_def("nightly")
        cursors = {s.name: tick(s, instance, None) for s in (failure, success)}
        run = job.execute_in_process(instance=instance)
        assert run.success
        for _ in range(3):  # later ticks tell nothing again
            cursors = {s.name: tick(s, instance, cursors[s.name]) for s in (failure, success)}
    ((_, post),) = hook.posts
    assert "nightly" in post["title"] and "thing: does_not_hold: 3 rows" in post["message"]
    assert "thing: holds" not in post["message"] and run.run_id in post["message"]


def test_a_failed_run_is_told_once_with_its_cause(hook: Hook) -> None:
    failure, success = alert_sensors()
    with dg.DagsterInstance.ephemeral() as instance:
        cursors = {s.name: tick(s, instance, None) for s in (failure, success)}
        broken_job.execute_in_process(instance=instance, raise_on_error=False)
        for _ in range(3):
            cursors = {s.name: tick(s, instance, cursors[s.name]) for s in (failure, success)}
    ((_, post),) = hook.posts
    assert "broken_job" in post["title"] and "the disk is full" in post["message"]


def test_a_notifier_that_fails_does_not_fail_the_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AI_FIGURES_ALERTS", f"json://127.0.0.1:9/{TOKEN}")
    failure, _ = alert_sensors()
    with dg.DagsterInstance.ephemeral() as instance:
        cursor = tick(failure, instance, None)
        broken_job.execute_in_process(instance=instance, raise_on_error=False)
        result = failure.evaluate_tick(dg.build_sensor_context(instance=instance, cursor=cursor))
    assert [reaction.error for reaction in result.dagster_run_reactions] == [None]


# --- the shipped checks -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def spoiled(shipped_build: Settings, tmp_path_factory: Any) -> Settings:
    """The published file with a decision whose guard does not hold, a new finding and one that vanished."""
    base = tmp_path_factory.mktemp("spoiled")
    settings = Settings(PROJECT, PROJECT / "raw", base / "state", base / "warehouse")
    shutil.copytree(shipped_build.published, settings.published, symlinks=True)
    shutil.copytree(shipped_build.state / "dbt", settings.state / "dbt")  # parsed
    settings.published_file.chmod(0o644)
    with duckdb.connect(str(settings.published_file)) as connection:
        connection.execute("update reconciliation.decision_guards set holds = false")
        (finding,) = connection.execute(
            "select finding_id from reconciliation.findings where severity = 'error' order by 1 limit 1"
        ).fetchall()
        connection.execute(
            "insert into reconciliation.finding_drift (finding_id, drift, known_code, current_code) values "
            "(?, 'new', null, 'scale'), ('sum:gone/1', 'vanished', 'digit', null)",
            [finding[0]],
        )
    return settings


EXPECTED = (
    "reconciliation/decision_guards: decision_guard_holds",
    "expectations/reconciliation.yml:",
    "team:data-stewards",
    ": new:",
    "sum:gone/1: vanished: It was digit",
)


def test_the_daily_run_tells_of_critical_checks_and_new_findings(spoiled: Settings, hook: Hook) -> None:
    from orchestration.definitions import build_defs
    from orchestration.defs.resources import Warehouse

    warehouse = Warehouse(raw=str(spoiled.raw), state=str(spoiled.state), published=str(spoiled.published))
    job = build_defs({"warehouse": warehouse}).resolve_job_def("quality_checks")
    _, success = alert_sensors()
    with dg.DagsterInstance.ephemeral() as instance:
        cursor = tick(success, instance, None)
        assert job.execute_in_process(instance=instance).success
        cursor = tick(success, instance, cursor)
        tick(success, instance, cursor)
    ((_, post),) = hook.posts
    assert "the worst is critical" in post["title"]
    message = post["message"]
    for part in EXPECTED:
        assert part in message
    assert "ERROR (1)" in message
    assert "first: " in message.split("decision_guard_holds", 1)[1].split("remedy", 1)[0]


def test_the_command_tells_and_ends_with_one(spoiled: Settings, hook: Hook, tmp_path: Path) -> None:
    environment = {
        "AI_FIGURES_STATE": str(spoiled.state), "AI_FIGURES_PUBLISHED": str(spoiled.published),
        "DAGSTER_HOME": str(tmp_path / "dagster"),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", "build", "--job", "quality_checks"],
        cwd=PROJECT, env={**os.environ, **environment}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    ((_, post),) = hook.posts
    for part in EXPECTED:
        assert part in post["message"] and part in done.stderr
    last = done.stderr.rstrip().splitlines()[-1]
    assert last.startswith("Critical checks fail: ") and "decision_guards: decision_guard_holds" in last
    assert TOKEN not in done.stdout + done.stderr
    # neither in Dagster's runs and events nor in the history
    files = [path for base in (tmp_path, spoiled.state) for path in base.rglob("*") if path.is_file()]
    assert any(b"decision_guard_holds" in path.read_bytes() for path in files)
    assert [path for path in files if TOKEN.encode() in path.read_bytes()] == []
