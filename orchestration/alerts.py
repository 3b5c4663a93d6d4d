"""Where a failed run is announced: always in the log, by webhook or e-mail when the environment names one."""

import http.client
import json
import os
import smtplib
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, dataclass
from email.message import EmailMessage


@dataclass(frozen=True, slots=True)
class Alert:
    """A failed run."""

    job: str
    run_id: str
    message: str

    def text(self) -> str:
        return f"AI Figures: {self.job} failed (run {self.run_id}): {self.message}"


def send(alert: Alert, log: Callable[[str], object]) -> list[str]:
    """Announce ``alert``; returns the channels used. A channel that fails is logged and does not stop the others.

    ``AI_FIGURES_ALERT_WEBHOOK``: a URL that takes a JSON object. ``AI_FIGURES_ALERT_EMAIL`` with
    ``AI_FIGURES_SMTP`` (host:port, default localhost:25): an address.
    """
    log(alert.text())
    used = ["log"]
    webhook = os.environ.get("AI_FIGURES_ALERT_WEBHOOK")
    address = os.environ.get("AI_FIGURES_ALERT_EMAIL")
    for channel, target, deliver in (("webhook", webhook, _post), ("e-mail", address, _mail)):
        if not target:
            continue
        try:
            deliver(target, alert)
            used.append(channel)
        except (OSError, ValueError, http.client.HTTPException) as error:
            # the target may hold a token: name the channel only
            log(f"AI Figures: the alert by {channel} could not be delivered ({type(error).__name__})")
    return used


def _post(url: str, alert: Alert) -> None:
    if not url.startswith(("http://", "https://")):
        raise OSError("not an http address")
    body = json.dumps({"text": alert.text(), **asdict(alert)}).encode()
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10):
        pass


def _mail(address: str, alert: Alert) -> None:
    host, _, port = os.environ.get("AI_FIGURES_SMTP", "localhost:25").partition(":")
    message = EmailMessage()
    message["From"] = os.environ.get("AI_FIGURES_ALERT_FROM", "ai-figures@localhost")
    message["To"] = address
    message["Subject"] = f"AI Figures: {alert.job} failed"
    message.set_content(alert.text())
    with smtplib.SMTP(host, int(port or 25), timeout=10) as server:
        server.send_message(message)
