"""Documents are read in a process of their own, with a limit on its memory and on the time that one step may take.

A document is somebody else's data, and the libraries that read it are native code: a workbook of 2 kB can ask for
half a terabyte, which no exception handler survives. Whatever happens to that process, the document is refused with a
message and the next one is read. The process is started once and reads document after document.
"""

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, fields
from datetime import date
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.extraction.model import ExtractedFigure, ExtractionError, Grid, Line
from orchestration.settings import PROJECT

if TYPE_CHECKING:
    from orchestration.extraction.frame import Told

# address space of the process
MEMORY = 4 << 30
# seconds of computing (not of waiting) for one line, table or page
PATIENCE = 120.0

_NAMES = tuple(field.name for field in fields(ExtractedFigure))
_DATES = ("period_start", "period_end")
_PROGRESS = 1 << 16  # characters between two reports of progress
_REMEDY = "split it, or export it as text"


class DocumentReader:
    """Reads documents one after another in one guarded process, started with the first and ended with the context."""

    def __init__(self, memory: int = MEMORY, patience: float = PATIENCE) -> None:
        self._memory = memory
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def __enter__(self) -> "DocumentReader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def process_id(self) -> int | None:
        """The guarded process, if one is running."""
        return self._process.pid if self._process is not None else None

    def close(self) -> None:
        """End the process; a later document starts a new one."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = self._connection = None

    def figures(
        self,
        path: Path,
        reference_dir: Path | None = None,
        progress: Callable[[int], None] | None = None,
        told: "Told | None" = None,
        show: Callable[[str], None] | None = None,
        seen: "Callable[[Line | Grid], None] | None" = None,
    ) -> Iterator[ExtractedFigure]:
        """What ``iter_figures`` gives, from the guarded process. Raises ``ExtractionError`` for whatever goes wrong."""
        connection = self._started()
        request = {
            "path": str(path),
            "reference": str(reference_dir) if reference_dir else None,
            "told": told.values() if told else {},
            "show": show is not None,
            "seen": seen is not None,
        }
        whole = False
        try:
            self._ask(connection, request, path)
            while True:
                answer = self._answer(connection, path)
                if "figure" in answer:
                    yield _figure(answer["figure"])
                elif "frame" in answer:
                    if show is not None:
                        show(answer["frame"])
                elif "element" in answer:
                    if seen is not None:
                        seen(_element(answer["element"]))
                elif "progress" in answer:
                    if progress is not None:
                        progress(answer["progress"])
                else:
                    whole = True
                    break
        finally:
            if not whole:  # it died, or the caller has seen enough: the rest of its answers is nobody's
                self.close()
        if answer["error"]:
            if answer["spent"]:
                self.close()
            raise ExtractionError(answer["error"])

    def _ask(self, connection: Connection, request: dict[str, Any], path: Path) -> None:
        try:
            connection.send_bytes(json.dumps(request).encode())
        except (EOFError, ConnectionError):
            raise ExtractionError(self._death(path)) from None

    def _answer(self, connection: Connection, path: Path) -> dict[str, Any]:
        # here alone: a caller whose own pipe is closed raises the same error, and the process lives
        try:
            answer: dict[str, Any] = json.loads(connection.recv_bytes())
        except (EOFError, ConnectionError):
            raise ExtractionError(self._death(path)) from None
        return answer

    def _started(self) -> Connection:
        if self._connection is None:
            here, there = Pipe()
            paths = [str(PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])]
            with there:
                self._process = subprocess.Popen(
                    # -P: a module that lies beside the documents is not imported
                    [sys.executable, "-P", "-m", __name__, str(there.fileno()), str(self._memory), str(self._patience)],
                    # nothing that reads a document needs the key of a model
                    env=os.environ | {"PYTHONPATH": os.pathsep.join(paths), "AI_FIGURES_MODEL_KEY": ""},
                    pass_fds=[there.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    # native libraries complain there; what there is to say is said by _death
                    stderr=subprocess.DEVNULL,
                )
            self._connection = here
        return self._connection

    def _death(self, path: Path) -> str:
        assert self._process is not None
        code = self._process.wait()
        if code == -signal.SIGPROF:
            return f"{path}: one line, table or page took more than {self._patience:g} s to read; {_REMEDY}"
        with suppress(ValueError):
            name = signal.Signals(-code).name
            return (
                f"{path}: reading it ended the process ({name}), probably for want of memory "
                f"(it may have {self._memory / 2**30:.3g} GB); {_REMEDY}"
            )
        return f"{path}: reading it ended the process (exit code {code}); {_REMEDY}"


def read_document(path: Path, reference_dir: Path | None = None) -> list[ExtractedFigure]:
    """All figures of one document, read in a guarded process. Raises ``ExtractionError``."""
    with DocumentReader() as reader:
        return list(reader.figures(path, reference_dir))


def _figure(values: list[Any]) -> ExtractedFigure:
    row = dict(zip(_NAMES, values, strict=True))
    for name in _DATES:
        row[name] = date.fromisoformat(row[name]) if row[name] else None
    return ExtractedFigure(**row)


def _element(values: dict[str, Any]) -> Line | Grid:
    if "rows" in values:
        return Grid(**values)
    return Line(**values | {"breaks": tuple((at, number) for at, number in values["breaks"])})


def _values(figure: ExtractedFigure) -> list[Any]:
    values = (getattr(figure, name) for name in _NAMES)
    return [value.isoformat() if isinstance(value, date) else value for value in values]


# --- in the guarded process -------------------------------------------------------------------------------------------


def _serve(connection: Connection, patience: float) -> None:
    from orchestration.extraction.frame import Told
    from orchestration.extraction.pipeline import iter_figures

    def send(answer: dict[str, Any]) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        connection.send_bytes(json.dumps(answer).encode())
        signal.setitimer(signal.ITIMER_PROF, patience)

    pending = 0

    def alive(characters: int) -> None:
        nonlocal pending
        # the timer counts computing only and ends the process where it stands, in native code too
        signal.setitimer(signal.ITIMER_PROF, patience)
        pending += characters
        if pending >= _PROGRESS:
            send({"progress": pending})
            pending = 0

    while True:
        request = json.loads(connection.recv_bytes())
        error, spent = "", False
        path = Path(request["path"])
        signal.setitimer(signal.ITIMER_PROF, patience)
        try:
            reference = Path(request["reference"]) if request["reference"] else None
            show = (lambda line: send({"frame": line})) if request["show"] else None
            seen = (lambda element: send({"element": asdict(element)})) if request["seen"] else None
            for figure in iter_figures(path, reference, None, alive, Told(**request["told"]), show, seen):
                send({"figure": _values(figure)})
        except ExtractionError as refusal:
            error = str(refusal)
        except MemoryError:
            error, spent = f"{path}: needs more memory than the reader may have; {_REMEDY}", True
        except RecursionError:
            error = f"{path}: nested too deeply to read; {_REMEDY}"
        except (EOFError, ConnectionError):
            raise
        except Exception as surprise:  # a document stops itself, never the ones after it
            detail = f"{type(surprise).__name__}: {str(surprise)[:120]}"
            error = f"{path}: cannot be read ({detail}); {_REMEDY}"
        send({"error": error, "spent": spent})
        signal.setitimer(signal.ITIMER_PROF, 0)


def main() -> None:
    """The guarded process: file descriptor of the connection, bytes of memory, seconds of patience."""
    descriptor, memory, patience = sys.argv[1:]
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = int(memory) if hard == resource.RLIM_INFINITY else min(int(memory), hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(EOFError, ConnectionError, KeyboardInterrupt):  # the caller is done, or gone
        _serve(Connection(int(descriptor)), float(patience))
    os._exit(0)  # nothing to tidy up, and a native library may hang in its own


if __name__ == "__main__":
    main()
