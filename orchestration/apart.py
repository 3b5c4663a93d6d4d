"""One document read in a process of its own, with limits on memory and time.

A document comes from somebody else. A sheet of one far cell asks for 500 GB, a nest of 300,000 tags for hours, a broken
PDF may end the library that reads it: none of that may end a run, and nothing of the run's environment (addresses with
tokens in them) is visible to what reads documents.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

MEMORY = 4 << 30
SECONDS = 600
# what a Python process needs to start; paths, so that tests and other folders work
_PASSED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH")


class ApartError(RuntimeError):
    """The process that read the document ended without a result; the message says how."""


def read_apart(raw: Path, document: Path, *, memory: int = MEMORY, seconds: int = SECONDS) -> dict[str, Any]:
    """What ``documents.extract_here`` gives for ``document``, as JSON. Raises ``ApartError`` beyond the limits."""
    environment = {name: os.environ[name] for name in _PASSED if name in os.environ}
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        arguments = [raw.resolve(), document.resolve(), answer, str(memory), str(seconds)]
        try:
            done = subprocess.run(
                [sys.executable, "-m", "orchestration.apart", *arguments],
                cwd=Path(__file__).resolve().parent.parent,
                env=environment,
                timeout=seconds,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
            )
        except subprocess.TimeoutExpired:
            raise ApartError(f"reading it takes longer than {seconds} s") from None
        if done.returncode == 0 and answer.exists():
            result: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
            return result
    raise ApartError(_how_it_ended(done, memory))


def _how_it_ended(done: "subprocess.CompletedProcess[str]", memory: int) -> str:
    limit = f"the limits are {memory >> 20} MB of memory and {SECONDS} s"
    if done.returncode < 0:
        return f"reading it ended the process with {signal.Signals(-done.returncode).name}; {limit}"
    last = ([line for line in done.stderr.splitlines() if line.strip()] or ["no message"])[-1]
    return f"reading it failed ({last.strip()[:200]}); {limit}"


def _main(raw: str, document: str, answer: str, memory: str, seconds: str) -> None:
    for kind, most in (
        (resource.RLIMIT_AS, int(memory)),
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_FSIZE, int(memory)),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    from orchestration.documents import extract_here, to_json

    Path(answer).write_text(json.dumps(to_json(extract_here(Path(raw), Path(document)))), encoding="utf-8")


if __name__ == "__main__":
    _main(*sys.argv[1:])
