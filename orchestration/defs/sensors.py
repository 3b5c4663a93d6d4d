"""Sensors: changed raw files, killed runs. They only notice; the work is done by jobs and assets."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from orchestration.defs.raw_assets import load_config
from orchestration.defs.resources import CHANGED, AssetJob
from orchestration.loading import load_sources
from orchestration.settings import load_settings


def fingerprints(raw: Path) -> dict[str, str]:
    """A fingerprint of each source folder and of what all of them share (registry, reference, decisions)."""

    def digest(paths: Iterator[Path]) -> str:
        total = hashlib.sha256()
        for path in sorted(paths):
            if path.is_file():
                stat = path.stat()
                total.update(f"{path.relative_to(raw)}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
        return total.hexdigest()

    shared = [*raw.glob("*.yml"), *raw.glob("*.csv"), *raw.glob("*.jsonl"), *(raw / "reference").rglob("*")]
    prints = {"registry": digest(iter(shared))}
    for folder in sorted(raw.iterdir()):
        if folder.is_dir() and folder.name not in ("reference", "inbox"):
            prints[folder.name] = digest(folder.rglob("*"))
    return prints


def raw_files_sensor(job: AssetJob) -> dg.SensorDefinition:
    """Re-loads what changed in raw/, and what depends on it.

    A registry that cannot be read fails the tick with file, line and remedy; once it is mended the next tick goes on
    from the last state that was built.
    """

    @dg.sensor(
        name="changed_raw_files",
        job=job,
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Notices changed files in raw/ and re-loads the reports concerned, with all tables.",
    )
    def changed_raw_files(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        raw = load_settings().raw
        now = fingerprints(raw)
        before = json.loads(context.cursor) if context.cursor else None
        if before is None:
            # the first look only remembers: the state in git is built by `make warehouse`
            return dg.SensorResult(skip_reason="remembered the state of raw/", cursor=json.dumps(now))
        changed = sorted(name for name in now.keys() | before.keys() if now.get(name) != before.get(name))
        if not changed:
            return dg.SkipReason("nothing changed in raw/")
        registered = load_sources(raw)
        reports = [name for name in changed if name != "registry"]
        unknown = [name for name in reports if name in now and name not in registered]
        if unknown:
            return dg.SkipReason(f"{', '.join(unknown)} is not registered: add it to raw/sources.yml, or remove it")
        everything = "registry" in changed or not set(reports) <= registered.keys()
        request = dg.RunRequest(
            run_key=hashlib.sha256(json.dumps(now, sort_keys=True).encode()).hexdigest()[:16],
            run_config=load_config([] if everything else reports),
            tags={CHANGED: ", ".join(changed)[:1000]},
        )
        return dg.SensorResult(run_requests=[request], cursor=json.dumps(now))

    return changed_raw_files


def killed_runs_sensor() -> dg.SensorDefinition:
    """Ends runs whose process is gone, so that what waits for their place goes on."""

    @dg.sensor(
        name="killed_runs",
        default_status=dg.DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=30,
        description="Marks runs that were killed as failed and frees their slots, also after a restart of the UI.",
    )
    def killed_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        from orchestration.driver.recovery import release_killed_runs

        ended = release_killed_runs(context.instance)
        return dg.SkipReason(f"ended: {', '.join(ended)}" if ended else "no run was killed")

    return killed_runs


__all__ = ["fingerprints", "killed_runs_sensor", "raw_files_sensor"]
