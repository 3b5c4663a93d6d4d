"""Where things are and what runs the extraction: one place, each setting with an environment variable."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

_PACKAGE = Path(__file__).resolve().parent
# What comes with the code (dbt project, expectations, vocabulary, dagster.yaml, docs): in a clone the clone itself,
# else the copies that the wheel carries inside the package (.ci/wheel.py). Those are never written to.
PROJECT = _PACKAGE / "shipped" if (_PACKAGE / "shipped").is_dir() else _PACKAGE.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths of one warehouse.

    ``raw`` is read only; ``state`` holds what survives between runs and is nobody's business (the build file, check
    history, Dagster's own storage); ``published`` is the folder that readers open, or the copy beside the build of what
    they find at ``remote``, an address in object storage (``s3://bucket/prefix``). ``project`` has the models, the
    expectations and the docs: those that come with the code, unless a project has a ``dbt_project`` of its own.
    """

    project: Path
    raw: Path
    state: Path
    published: Path
    remote: str | None = None

    @property
    def build_file(self) -> Path:
        """The DuckDB file that the pipeline writes; never opened by readers."""
        return self.state / "build" / "ai_figures_build.duckdb"

    @property
    def history_file(self) -> Path:
        """Append-only history of check runs; survives rebuilds."""
        return self.state / "history" / "check_results.duckdb"

    @property
    def spark(self) -> Path:
        """Spark's tables, catalog and log, when the models run there (orchestration/transform/spark.py)."""
        return self.state / "spark"

    @property
    def published_file(self) -> Path:
        return self.published / "ai_figures.duckdb"

    @property
    def site(self) -> Path:
        """The static site; moves with the published folder in tests."""
        return self.published.parent / "site"

    @property
    def dbt_project(self) -> Path:
        return self.project / "dbt_project"

    @property
    def expectations(self) -> Path:
        return self.project / "expectations"

    @property
    def docs(self) -> Path:
        """Documents that become pages of the site."""
        return self.project / "docs"


def stall_seconds() -> float:
    """How long dbt may be silent before its process is ended: ``AI_FIGURES_STALL`` in seconds, two hours by default."""
    text = os.environ.get("AI_FIGURES_STALL") or "7200"
    if not re.fullmatch(r"0*[1-9][0-9]{0,6}", text):
        raise SettingsError(f"AI_FIGURES_STALL is {text!r}; it is a number of seconds, longer than any model takes")
    return float(text)


def leaves_out_restricted() -> bool:
    """Whether a build leaves out what `raw/sources.yml` calls restricted: ``AI_FIGURES_RESTRICTED``, by default not."""
    text = os.environ.get("AI_FIGURES_RESTRICTED") or "keep"
    if text not in ("keep", "leave_out"):
        raise SettingsError(f"AI_FIGURES_RESTRICTED is {text!r}; it is keep or leave_out")
    return text == "leave_out"


def load_ui_hosts() -> list[str]:
    """More names by which the Dagster UI is reached than this machine's own: ``AI_FIGURES_UI_HOSTS``, by commas.

    For a proxy or a forwarded port; a name stands there as in the browser's address bar (``box.lan:8080``).
    """
    return [host.strip() for host in (os.environ.get("AI_FIGURES_UI_HOSTS") or "").split(",") if host.strip()]


def load_port() -> int:
    """The port of the UI: ``AI_FIGURES_UI_PORT``, 3000 by default; 0 takes a free one."""
    text = os.environ.get("AI_FIGURES_UI_PORT") or "3000"
    if not re.fullmatch(r"[0-9]{1,5}", text) or int(text) > 65535:
        raise SettingsError(f"AI_FIGURES_UI_PORT is {text!r}; it is a port, 0 to 65535")
    return int(text)


def limit_memory(connection: "duckdb.DuckDBPyConnection") -> None:
    """How much memory DuckDB may take before it spills to disk: ``AI_FIGURES_MEMORY`` (``5GB``), else its own default.

    `dbt_project/profiles.yml` says the same. Set, not given to ``connect``: DuckDB refuses connections of one process
    to one file that differ in configuration.
    """
    memory = os.environ.get("AI_FIGURES_MEMORY")
    if memory:
        connection.execute("set memory_limit = '{}'".format(memory.replace("'", "''")))


REGISTRY = Path("raw", "sources.yml")  # a folder that has it is a project


def find_project() -> Path | None:
    """The project that commands work on: ``AI_FIGURES_PROJECT``, else the nearest one around the working folder.

    From anywhere else a clone works on itself; an installed package has none then.
    """
    if named := os.environ.get("AI_FIGURES_PROJECT"):
        return Path(named).resolve()
    here = Path.cwd()
    places = (*(folder for folder in (here, *here.parents) if (folder / REGISTRY).is_file()), PROJECT)
    return places[0] if (places[0] / REGISTRY).is_file() else None


def load_settings() -> Settings:
    """Settings from the environment: ``AI_FIGURES_PROJECT``, or ``_RAW``, ``_STATE``, ``_PUBLISHED`` one by one.

    Without a project ``raw`` holds the vocabulary that comes with the code, which is enough to read documents; what
    needs more asks ``require_project`` first.
    """

    def path(name: str, default: Path) -> Path:
        return Path(os.environ.get(name) or default).resolve()

    found = find_project()
    written = found or Path.cwd()
    state = path("AI_FIGURES_STATE", written / ".state")
    remote = _remote()
    return Settings(
        project=found if found and (found / "dbt_project").is_dir() else PROJECT,
        raw=path("AI_FIGURES_RAW", (found or PROJECT) / "raw"),
        state=state,
        published=state / "published" / "warehouse" if remote else path("AI_FIGURES_PUBLISHED", written / "warehouse"),
        remote=remote,
    )


def _remote() -> str | None:
    """The address in ``AI_FIGURES_PUBLISHED``; None when it is a folder. Raises ``SettingsError``."""
    address = (os.environ.get("AI_FIGURES_PUBLISHED") or "").strip()
    if "://" not in address:
        return None
    if not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9!_.*'()=/-]*)?", address):
        raise SettingsError(
            f"AI_FIGURES_PUBLISHED is {address!r}; it is a folder, or s3://bucket/prefix in letters, digits and -_./="
        )
    return address.rstrip("/")


def kept_versions() -> int:
    """How many versions object storage keeps: ``AI_FIGURES_KEEP_VERSIONS``, 30 by default."""
    text = os.environ.get("AI_FIGURES_KEEP_VERSIONS") or "30"
    if not re.fullmatch(r"0*[1-9][0-9]{0,5}", text):
        raise SettingsError(f"AI_FIGURES_KEEP_VERSIONS is {text!r}; it is a number of versions, at least 1")
    return int(text)


def require_project() -> None:
    """Raises ``SettingsError`` where there is no project, with how to have one."""
    if os.environ.get("AI_FIGURES_RAW"):
        return  # whatever is wrong with it, the loader says
    found = find_project()
    if found is None:
        raise SettingsError(
            f"there is no project here: neither {Path.cwd()} nor a folder above it has {REGISTRY}; `ai-figures init "
            "DIR` lays one out, or AI_FIGURES_PROJECT names one"
        )
    if not (found / REGISTRY).is_file():
        raise SettingsError(
            f"AI_FIGURES_PROJECT names {found}, which is no project: it has no {REGISTRY}; `ai-figures init DIR` lays "
            "one out"
        )


SETTINGS_FILE = "AI_FIGURES_SETTINGS"
_LINE = re.compile(r"([A-Z][A-Z0-9_]*)=(.*)")


def read_settings_file() -> None:
    """Put the variables of the file that ``AI_FIGURES_SETTINGS`` names into the environment; those set already stay.

    ``NAME=value`` lines and comments, as systemd's ``EnvironmentFile`` reads them: one pair of quotes around a value is
    taken away, nothing is expanded. Raises ``SettingsError`` with file and line.
    """
    if not (named := os.environ.get(SETTINGS_FILE)):
        return
    try:
        lines = Path(named).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{SETTINGS_FILE} names {named}, which cannot be read ({error})") from None
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        found = _LINE.fullmatch(text)
        if found is None:
            # the line is not told: it may hold a password
            raise SettingsError(f"{named}:{number} is no setting; write NAME=value, without `export` or spaces")
        name, value = found[1], found[2].strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        os.environ.setdefault(name, value)


class SettingsError(ValueError):
    """A setting cannot be used; the message names the variable and the remedy."""


@dataclass(frozen=True, slots=True)
class Execution:
    """What runs the steps that extract the documents of the inbox.

    ``executor`` is ``in_process``, ``multiprocess``, ``dask``, or another executor of Dagster's family as
    ``module:name`` (``dagster_k8s:k8s_job_executor``, ``dagster_celery:celery_executor``). ``config`` is a YAML file
    with the configuration that this executor takes; without it ``workers`` processes are started on this machine.
    """

    executor: str = "in_process"
    workers: int = 2
    config: Path | None = None

    @property
    def shards(self) -> int:
        """Steps among which the documents are divided.

        Dask keeps its workers for the whole run: several steps each, so that an early one takes more. Elsewhere a step
        starts a process, or a pod, of its own, which costs seconds.
        """
        if self.executor == "in_process":
            return 1
        return 4 * self.workers if self.executor == "dask" else self.workers


ALERT_SEVERITIES = ("critical", "error", "warning", "info")
# variables of the past, with what says the same today
_REPLACED = {
    "AI_FIGURES_ALERT_WEBHOOK": "json://host/path (jsons:// with TLS)",
    "AI_FIGURES_ALERT_EMAIL": "mailto://user:password@host:port?to=address",
    "AI_FIGURES_ALERT_FROM": "the parameter `from` of mailto://",
    "AI_FIGURES_SMTP": "the host and port of mailto://",
}


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """Apprise ``addresses``, which hold secrets, and the ``least`` severity of what is sent to them."""

    addresses: tuple[str, ...] = field(default=(), repr=False)
    least: str = "warning"


def load_alerts() -> AlertSettings:
    """Settings from ``AI_FIGURES_ALERTS`` (addresses, white space between them) and ``AI_FIGURES_ALERTS_SEVERITY``.

    Raises ``SettingsError`` for an unknown severity, and when a variable of the past is set: alerts that somebody
    relies on would be lost without a word.
    """
    for name, today in _REPLACED.items():
        if os.environ.get(name):
            raise SettingsError(
                f"{name} is set, and AI_FIGURES_ALERTS has replaced it; unset it, and put {today} into "
                "AI_FIGURES_ALERTS (docs/settings.md)"
            )
    least = os.environ.get("AI_FIGURES_ALERTS_SEVERITY") or "warning"
    if least not in ALERT_SEVERITIES:
        raise SettingsError(f"AI_FIGURES_ALERTS_SEVERITY is {least!r}; it is one of {', '.join(ALERT_SEVERITIES)}")
    return AlertSettings(tuple((os.environ.get("AI_FIGURES_ALERTS") or "").split()), least)


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """A model of the user's choice behind an OpenAI-compatible address; ``timeout`` in seconds for one answer."""

    url: str
    name: str
    key: str = field(default="", repr=False)
    timeout: float = 60.0


def load_model() -> ModelSettings | None:
    """Settings from ``AI_FIGURES_MODEL_URL``, ``_NAME``, ``_KEY`` and ``_TIMEOUT``; None without an address.

    Raises ``SettingsError`` when one of them cannot be used; neither the key nor an address that may hold one is told.
    """
    url = (os.environ.get("AI_FIGURES_MODEL_URL") or "").strip().rstrip("/")
    if not url:
        return None
    if not re.fullmatch(r"https?://([A-Za-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?", url):
        raise SettingsError(
            "AI_FIGURES_MODEL_URL is no address such as http://127.0.0.1:8080/v1; it has no user, password or `?` "
            "(a key is AI_FIGURES_MODEL_KEY)"
        )
    name = (os.environ.get("AI_FIGURES_MODEL_NAME") or "").strip()
    if not name:
        raise SettingsError("AI_FIGURES_MODEL_URL is set; AI_FIGURES_MODEL_NAME says which model to ask there")
    key = (os.environ.get("AI_FIGURES_MODEL_KEY") or "").strip()
    if not re.fullmatch(r"[!-~]*", key):
        raise SettingsError("AI_FIGURES_MODEL_KEY has white space or letters that no key has")
    timeout = os.environ.get("AI_FIGURES_MODEL_TIMEOUT") or "60"
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]+)?", timeout) or not float(timeout):
        raise SettingsError(f"AI_FIGURES_MODEL_TIMEOUT is {timeout!r}; it is a number of seconds below 10000")
    return ModelSettings(url, name, key, float(timeout))


def load_execution() -> Execution:
    """Settings from ``AI_FIGURES_EXECUTOR``, ``AI_FIGURES_WORKERS`` and ``AI_FIGURES_EXECUTOR_CONFIG``.

    Raises ``SettingsError`` when one of them cannot be used.
    """
    executor = os.environ.get("AI_FIGURES_EXECUTOR") or "in_process"
    if executor not in ("in_process", "multiprocess", "dask") and not re.fullmatch(r"[\w.]+:\w+", executor):
        raise SettingsError(
            f"AI_FIGURES_EXECUTOR is {executor!r}; it may be in_process, multiprocess, dask, or the place of another "
            "executor as module:name, such as dagster_k8s:k8s_job_executor"
        )
    workers = os.environ.get("AI_FIGURES_WORKERS") or "2"
    if not re.fullmatch(r"[1-9]\d{0,3}", workers):
        raise SettingsError(f"AI_FIGURES_WORKERS is {workers!r}; it is a number of workers from 1 to 9999")
    config = os.environ.get("AI_FIGURES_EXECUTOR_CONFIG")
    if config and not Path(config).is_file():
        raise SettingsError(
            f"AI_FIGURES_EXECUTOR_CONFIG names {config}, which is no file; write the executor's configuration there "
            "(docs/scaling.md), or unset the variable"
        )
    return Execution(executor, int(workers), Path(config).resolve() if config else None)
