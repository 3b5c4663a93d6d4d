"""Run a command with mypy and the lint of the models beside it: they wait for nothing that the command does.

What the two say is printed behind what the command says. The exit code is 0 only where all three end with 0.
"""

import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

BIN = Path(sys.executable).parent
BESIDE: tuple[tuple[str | Path, ...], ...] = (
    (BIN / "mypy",),
    (sys.executable, Path(__file__).with_name("lint_models.py")),
)


def main(command: list[str], beside: tuple[tuple[str | Path, ...], ...] = BESIDE) -> int:
    """The exit code of ``command``, or 1 where only one of ``beside`` fails; an interrupt ends them all."""
    with ExitStack() as stack:
        said = [stack.enter_context(tempfile.TemporaryFile()) for _ in beside]
        jobs = [subprocess.Popen(job, stdout=file, stderr=file) for job, file in zip(beside, said, strict=True)]
        for job in jobs:
            stack.callback(job.kill)  # does nothing where it has ended
        code = subprocess.run(command).returncode
        failed = [job.wait() != 0 for job in jobs]
        for file in said:
            file.seek(0)
            sys.stdout.buffer.write(file.read())
        sys.stdout.flush()
    return code or int(any(failed))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
