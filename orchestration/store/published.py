"""The published file, as readers open it: read-only, and with no access to anything else."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.settings import limit_memory
from orchestration.store.write_ahead_logs import foreign_logs, what_a_log_means


class PublicationError(RuntimeError):
    """The new file is not fit to be published, or the published one cannot be read; the last good one is in place."""


@contextmanager
def open_published(published_file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file, read-only and with no access to other files or the network.

    What it holds was printed by others: whatever gets into a query may read this file and nothing else. Raises
    ``PublicationError`` when the file is absent or damaged, and when a write-ahead log beside it would change what is
    read.
    """
    if not published_file.exists():
        raise PublicationError(f"{published_file} does not exist; run `make warehouse`, it builds and publishes it")
    logs = foreign_logs(published_file)
    if logs:
        raise PublicationError(what_a_log_means(logs[0]))
    try:
        connection = connect_read_only(published_file)
    except duckdb.Error as error:
        raise PublicationError(
            f"{published_file} cannot be read ({error}); run `make warehouse`, it builds and publishes a new one"
        ) from None
    try:
        yield connection
    finally:
        connection.close()


def connect_read_only(database: Path) -> duckdb.DuckDBPyConnection:
    """A connection that reads this one file, and no other file and no network. Raises ``duckdb.Error``.

    For the published file where ``open_published`` does not fit, and for what reads either it or the build.
    """
    connection = duckdb.connect(str(database), read_only=True)
    try:
        limit_memory(connection)
        connection.execute("set enable_external_access = false")
    except BaseException:
        connection.close()
        raise
    return connection
