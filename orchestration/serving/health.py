"""The page `/health`: is everything there that a run and a reader need?

Belongs here: what is looked at, in the words of a person who is woken up by it. 200 when all of it is well, else 503;
JSON, for load balancers and monitors as well as for people.
"""

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from orchestration.settings import Settings, load_settings

if TYPE_CHECKING:
    from dagster import DagsterInstance
    from dagster._core.workspace.context import WorkspaceProcessContext

PATH = "/health"
# a build of the shipped data takes 0.1 GB beside the published file
_LEAST_FREE_BYTES = 1 << 30
# without a heartbeat of the daemon
_PATIENCE_SECONDS = 60

Look = Callable[[], dict[str, Any]]


class Health:
    """Answers `/health` and passes everything else to ``app``."""

    def __init__(self, app: ASGIApp, look: Look) -> None:
        self._app = app
        self._look = look

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].rstrip("/") != PATH:
            await self._app(scope, receive, send)
            return
        found = await run_in_threadpool(self._look)
        await JSONResponse(found, 200 if found["ok"] else 503, {"Cache-Control": "no-store"})(scope, receive, send)


def look(context: "WorkspaceProcessContext") -> dict[str, Any]:
    """``ok``; ``problems``, one sentence each; and what was seen of the database, the daemon, the code, the published
    file and the disk."""
    problems: list[str] = []
    settings = load_settings()

    def seen(what: str, see: Callable[[], Any]) -> Any:
        try:
            return see()
        except Exception as error:  # whatever a broken part raises is what this page is there to tell
            problems.append(f"{what}: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:300])
            return None

    found = {
        "runs": seen("the database of runs cannot be read", lambda: _runs(context.instance)),
        "daemon": seen("the daemon cannot be asked for", lambda: _daemon(context.instance, problems)),
        "code": seen("the code cannot be asked for", lambda: _code(context, problems)),
        "published": seen("the published file cannot be read", lambda: _published(settings)),
        "free_bytes": seen("the disk cannot be looked at", lambda: _free(settings, problems)),
    }
    return {"ok": not problems, "problems": problems, **found}


def _runs(instance: "DagsterInstance") -> dict[str, Any]:
    import dagster as dg

    under_way = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
    counts = {
        "queued": instance.get_runs_count(dg.RunsFilter(statuses=[dg.DagsterRunStatus.QUEUED])),
        "under_way": instance.get_runs_count(dg.RunsFilter(statuses=under_way)),
    }
    last = instance.get_run_records(
        dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]), limit=1
    )
    return counts | {"last_ended": last[0].dagster_run.status.value if last else None}


def _daemon(instance: "DagsterInstance", problems: list[str]) -> dict[str, str | None]:
    """The last heartbeat of each of its parts, which beat twice a minute; Dagster itself waits for half an hour."""
    from dagster._daemon.controller import get_daemon_statuses

    statuses = get_daemon_statuses(
        instance, instance.get_required_daemon_types(), heartbeat_tolerance_seconds=_PATIENCE_SECONDS
    )
    for name, status in sorted(statuses.items()):
        if status.required and not status.healthy:
            beat = status.last_heartbeat
            said = beat.errors[0].message.splitlines()[0] if beat and beat.errors else "no recent heartbeat"
            problems.append(f"the daemon's {name} is not well: {said}")
    return {
        name: _time(status.last_heartbeat.timestamp) if status.last_heartbeat else None
        for name, status in sorted(statuses.items())
        if status.required
    }


def _code(context: "WorkspaceProcessContext", problems: list[str]) -> dict[str, str]:
    """Each code location: ``loaded``, or why it is not."""
    found = {}
    for name, entry in context.create_request_context().get_code_location_entries().items():
        if entry.load_error:
            problems.append(f"the code of {name} is not loaded: {entry.load_error.message.splitlines()[0]}"[:300])
        found[name] = "not loaded" if entry.load_error else "loaded"
    return found


def _published(settings: Settings) -> dict[str, Any] | None:
    """Version, schema version, time and figures; None before the first publication."""
    from orchestration.store.published import open_published

    if not settings.published_file.exists():
        return None
    with open_published(settings.published_file) as connection:
        version, schema, moment, figures = connection.execute(
            "select version, schema_version, epoch(published_at), figures from quality.publication"
        ).fetchall()[0]
    return {"version": version, "schema_version": schema, "published_at": _time(moment), "figures": figures}


def _free(settings: Settings, problems: list[str]) -> int:
    place = settings.state if settings.state.exists() else settings.state.parent
    free = shutil.disk_usage(place).free
    if free < _LEAST_FREE_BYTES:
        problems.append(f"{free >> 20} MB are free where {settings.state} is; a build may not find room")
    if not os.access(place, os.W_OK):
        problems.append(f"{place} cannot be written")
    return free


def _time(timestamp: float) -> str:
    return datetime.fromtimestamp(timestamp, UTC).isoformat(timespec="seconds")


__all__ = ["PATH", "Health", "look"]
