"""Write-ahead logs that other sessions left beside the published file.

DuckDB replays a log that it finds beside a file, by row number and whoever wrote it: publication puts them aside, and
what reads the published file refuses to while one is there.
"""

import logging
import os
from contextlib import suppress
from pathlib import Path

from orchestration.store.disk import sync_folder

_logger = logging.getLogger(__name__)

# what DuckDB writes beside a file and replays when it is opened
LOG_ENDINGS = (".wal", ".wal.checkpoint", ".wal.recovery")


def foreign_logs(published_file: Path) -> list[Path]:
    """Write-ahead logs beside a published file: of sessions that opened it for writing, and were killed or still are.

    Publication leaves none. DuckDB looks beside the target of a link; older clients beside the link.
    """
    files = dict.fromkeys([published_file, Path(os.path.realpath(published_file))])
    logs = [file.with_name(file.name + ending) for file in files for ending in LOG_ENDINGS]
    return [log for log in logs if os.path.lexists(log)]


def put_logs_aside(published_file: Path) -> list[str]:
    """Rename the logs of other sessions so that DuckDB does not replay them; one message a log.

    They are kept: somebody's edits may be in them. Raises ``OSError`` where that is not allowed.
    """
    messages = []
    for log in foreign_logs(published_file):
        number = 1
        while os.path.lexists(aside := log.with_name(f"{log.name}.aside{number}")):
            number += 1
        with suppress(FileNotFoundError):  # its session ended just now
            log.rename(aside)
            sync_folder(log.parent)
            message = (
                f"{log} was put aside as {aside.name}: a session that opened the published file for writing left "
                "it, and every reader would have seen its edits. Open it with read_only=True; edit a copy"
            )
            _logger.warning(message)  # at once: a publication that fails later returns no messages
            messages.append(message)
    return messages


def what_a_log_means(log: Path) -> str:
    """What a reader is told who would see the edits of ``log``, and the remedy."""
    return (
        f"{log} is the write-ahead log of a session that opened the published file for writing; readers see its edits. "
        "End that session and run `make warehouse`: it puts the log aside and publishes anew"
    )
