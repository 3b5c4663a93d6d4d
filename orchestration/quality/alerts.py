"""What is told of a run, and to whom: failed steps, failing checks, findings that nobody has seen yet.

One message a run lists all of it. It goes to the log and to the Apprise addresses of ``AI_FIGURES_ALERTS``: mail, chat,
webhook (https://github.com/caronc/apprise/wiki). An address holds secrets; it is handed to a process of its own, which
is ended when it takes too long, and nothing that this process or a library prints about it is shown.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from orchestration.settings import ALERT_SEVERITIES, AlertSettings, SettingsError, load_alerts

# of checks and of findings, most urgent first; a finding is what the sources print, so none is critical
SEVERITIES = (*ALERT_SEVERITIES, "hint")
# seconds that one address may take: resolve, connect, send, answer
TIMEOUT = 30
# what a message lists before it says how many more there are
LISTED = 15
ROWS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that somebody should look at; ``where`` says where it is defined, ``rows`` are the first keys."""

    severity: str
    name: str
    text: str
    owners: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    count: int = 0
    where: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message about one run."""

    severity: str
    title: str
    body: str


def failure_items(events: Iterable[Any], command: str) -> list[Item]:
    """One item a failed step, with the innermost error; the run's own error if it is no step that failed."""
    failed = [event for event in events if event.is_step_failure or event.is_job_failure]
    return [
        Item("critical", f"{_step(event)} failed", _innermost(event), where=command)
        for event in [event for event in failed if event.is_step_failure] or failed
    ]


def _step(event: Any) -> str:
    return str(event.step_key or event.job_name or "the run").replace("__", "/")


_OURS = frozenset(
    {"RawError", "BuildError", "TransformError", "PublicationError", "SiteError", "SuiteError", "CheckError"}
)


def _innermost(event: Any) -> str:
    error: Any = event.event_specific_data
    while getattr(error, "error", None) is not None:
        error = error.error
    # an error of ours says it best; below it stands what a library said
    while getattr(error, "cause", None) is not None and str(getattr(error, "cls_name", "")) not in _OURS:
        error = error.cause
    return str(getattr(error, "message", None) or event.message).strip()


def check_items(evaluations: Iterable[Any]) -> list[Item]:
    """One item a failing check, and one a finding that is new, changed or gone; their metadata is defs/checks.py's."""
    items: list[Item] = []
    for evaluation in evaluations:
        if evaluation.passed:
            continue
        facts = {name: value.value for name, value in evaluation.metadata.items()}
        owners = tuple(str(owner) for owner in facts.get("owners") or ())
        severity = str(facts.get("severity") or ("critical" if evaluation.severity.name == "ERROR" else "warning"))
        items.append(
            Item(
                severity,
                f"{evaluation.asset_key.to_user_string()}: {evaluation.check_name}",
                f"{evaluation.description or ''} {facts.get('result', '')}".strip(),
                owners,
                tuple(str(row) for row in facts.get("first failing rows") or ()),
                int(facts.get("unexpected rows") or 0),
                str(facts.get("defined at") or ""),
                str(facts.get("remedy") or ""),
            )
        )
        items.extend(_finding(row, owners) for row in facts.get("drifted findings") or ())
    return items


def _finding(row: dict[str, Any], owners: tuple[str, ...]) -> Item:
    severity = {"warn": "warning"}.get(row.get("severity") or "warning", row.get("severity") or "warning")
    return Item(
        severity if severity in SEVERITIES else "warning",
        f"finding {row.get('finding_id')}: {row.get('drift')}",
        str(row.get("explanation") or f"It was {row.get('known_code')}, and the sources show it no more."),
        owners,
        where="ai-figures findings --all",
    )


def report(items: Sequence[Item], listed: int = LISTED) -> str:
    """The items as text: grouped by severity, most urgent first, the first ``listed`` of them."""
    ordered = sorted(items, key=lambda item: SEVERITIES.index(item.severity))
    lines: list[str] = []
    for number, item in enumerate(ordered[:listed]):
        if not number or item.severity != ordered[number - 1].severity:
            lines.append(f"{item.severity.upper()} ({sum(other.severity == item.severity for other in items)})")
        lines.append(f"- {_cut(item.name, 160)}: {_cut(item.text, 600)}")
        if item.rows:
            shown = item.rows[:ROWS_SHOWN]
            more = max(item.count, len(item.rows)) - len(shown)
            lines.append(f"  first: {'; '.join(_cut(row, 160) for row in shown)}" + (f"; {more} more" if more else ""))
        if item.remedy:
            lines.append(f"  remedy: {_cut(item.remedy, 300)}")
        if item.owners or item.where:
            owner = f"owner: {', '.join(item.owners)}" if item.owners else ""
            lines.append("  " + "; ".join(part for part in (owner, item.where and f"look at: {item.where}") if part))
    if len(ordered) > listed:
        left = [item.severity for item in ordered[listed:]]
        counts = ", ".join(f"{left.count(severity)} {severity}" for severity in SEVERITIES if severity in left)
        lines.append(f"... and {len(left)} more: {counts}")
    return "\n".join(lines)


def _cut(text: str, length: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def compose(job: str, run_id: str, items: Sequence[Item], least: str = ALERT_SEVERITIES[-1]) -> Message | None:
    """The message about a run; None when nothing is at least as urgent as ``least``."""
    told = [item for item in items if SEVERITIES.index(item.severity) <= SEVERITIES.index(least)]
    if not told:
        return None
    worst = min(told, key=lambda item: SEVERITIES.index(item.severity)).severity
    body = (
        f"{report(told)}\n\nJob {job}, run {run_id}. All rows: quality.check_results of this run, "
        "reconciliation.finding_drift, the checks in the Dagster UI. "
        "Checks alone: .venv/bin/ai-figures build --job quality_checks"
    )
    noun = "thing" if len(told) == 1 else "things"
    return Message(worst, f"AI Figures: {job}: {len(told)} {noun} to look at, the worst is {worst}", body)


def announce(job: str, run_id: str, items: Sequence[Item], log: Callable[[str], object]) -> list[str]:
    """Send what a run has to tell; returns the services that took it. Never raises: a notifier breaks no run.

    ``log`` gets one line for each address that failed (its number and kind, never the address).
    """
    try:
        settings = load_alerts()
    except SettingsError as error:
        log(f"no alert was sent: {error}")
        return []
    message = compose(job, run_id, items, settings.least)
    return send(message, settings, log) if message and settings.addresses else []


def send(message: Message, settings: AlertSettings, log: Callable[[str], object]) -> list[str]:
    """Hand ``message`` to every address, each in a process of its own, all at once, ``TIMEOUT`` seconds at most."""
    with ThreadPoolExecutor(max_workers=len(settings.addresses)) as threads:
        answers = list(threads.map(lambda address: _hand_over(address, message), settings.addresses))
    used = []
    for number, (service, problem) in enumerate(answers, start=1):
        if problem:
            log(f"the alert was not delivered to address {number} of AI_FIGURES_ALERTS ({service}): {problem}")
        else:
            used.append(service)
    return used


def _hand_over(address: str, message: Message) -> tuple[str, str]:
    """The service and what went wrong (empty if nothing). By standard input: `ps` shows arguments to everybody."""
    letter = {"address": address, "severity": message.severity, "title": message.title, "body": message.body}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "orchestration.quality.alerts"],
            input=json.dumps(letter), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, encoding="utf-8", timeout=TIMEOUT,
        )  # fmt: skip
        service, problem = json.loads(done.stdout)
        return str(service), str(problem)
    except subprocess.TimeoutExpired:
        return "unknown", f"no answer in {TIMEOUT} s; look whether its server can be reached from here"
    except (OSError, ValueError):
        return "unknown", "the notifier broke off; try the address with the command `apprise`"


def _deliver(letter: dict[str, str]) -> tuple[str, str]:
    """In the process of its own: the service, and what went wrong."""
    import apprise

    # whoever is redirected to would get the message; no cache of ours on the disk
    asset = apprise.AppriseAsset(http_redirects=False, storage_mode=apprise.PersistentStoreMode.MEMORY)
    service = apprise.Apprise.instantiate(letter["address"], asset=asset)
    if service is None:
        return "unknown", "it is no Apprise address; see https://github.com/caronc/apprise/wiki"
    # a chat takes 2,000 characters and refuses more
    service.overflow_mode = apprise.OverflowMode.SPLIT
    urgent = letter["severity"] in ("critical", "error")
    taken = service.notify(
        letter["body"],
        title=letter["title"],
        notify_type=apprise.NotifyType.FAILURE if urgent else apprise.NotifyType.WARNING,
        body_format=apprise.NotifyFormat.TEXT,
    )
    return str(service.service_name), "" if taken else "its server refused it, redirected it or gave no answer"


if __name__ == "__main__":
    json.dump(_deliver(json.load(sys.stdin)), sys.stdout)
