"""Lint the dbt models with sqlfluff: those that changed since they were last found clean.

Parsing all models takes a minute and a half of computing. What a verdict depends on is the model, the configuration,
the macros and stubs it is rendered with, and the version of sqlfluff; a digest of these is kept for each clean model.
"""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

CLEAN = Path(".sqlfluff_cache.json")
MODELS = Path("dbt_project/models")


def main(project: Path) -> int:
    """The exit code of sqlfluff, 0 where nothing is left to lint; the clean models are then remembered."""
    digests = digests_of(project)
    known = _remembered(project / CLEAN)
    changed = [name for name, digest in digests.items() if known.get(name) != digest]
    code = 0
    if changed:
        sqlfluff = Path(sys.executable).with_name("sqlfluff")
        command = [sqlfluff, "lint", "--disable-progress-bar", "-p", "1", *changed]
        code = subprocess.run(command, cwd=project).returncode
    if code == 0:
        (project / CLEAN).write_text(json.dumps(digests, indent=1), encoding="utf-8")
    print(f"sqlfluff: {len(changed)} of {len(digests)} models linted, the others have not changed", flush=True)
    return code


def digests_of(project: Path) -> dict[str, str]:
    """Each model's path, relative to ``project``, and a digest of all that sqlfluff's verdict on it depends on."""
    configuration = [project / "pyproject.toml", *project.glob(".sqlfluff*"), *(project / MODELS).rglob(".sqlfluff*")]
    folders = [project / "dbt_project" / name for name in ("macros", "sqlfluff_stubs")]
    shared = [*configuration, *(path for folder in folders for path in folder.rglob("*") if path.suffix != ".pyc")]
    common = _digest((path for path in shared if path.name != CLEAN.name), project, version("sqlfluff"))
    models = sorted((project / MODELS).rglob("*.sql"))
    return {path.relative_to(project).as_posix(): _digest([path], project, common) for path in models}


def _digest(paths: Iterable[Path], project: Path, start: str) -> str:
    digest = hashlib.sha256(start.encode())
    for path in sorted(path for path in paths if path.is_file()):
        content = path.read_bytes()
        digest.update(f"\0{path.relative_to(project).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _remembered(path: Path) -> dict[str, str]:
    try:
        known: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none, or half of one: every model is linted
        return {}
    return known if isinstance(known, dict) else {}


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent.parent))
