"""Dagster's event log in SQLite with its connections kept open.

Belongs here: how the files are opened, nothing about events. Dagster's own storage makes an engine, opens the file and
closes it again for every event, two or three times; whoever closes a SQLite file last also writes its log back and
syncs it. A run of ours writes about a thousand events, which took longer than dbt.

Kept open, and synced at checkpoints only: a killed process loses nothing, a power cut at most the last events, and the
files stay whole (https://www.sqlite.org/pragma.html#pragma_synchronous). `dagster.yaml` names this class.
"""

import os
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine

# how long a writer waits for another one; Dagster's own number, which its older versions do not name
_BUSY_SECONDS = 30
# the index and the runs that somebody looks at; a run has a file of its own
_KEPT = 8


class KeptOpenEventLogStorage(SqliteEventLogStorage):
    """`SqliteEventLogStorage` at the same place and in the same format."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> Any:
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> "KeptOpenEventLogStorage":
        return cls(str(Path(os.environ["DAGSTER_HOME"]) / "history" / "runs"), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            self._engines[shard] = create_engine(
                self.conn_string_for_shard(shard),
                pool_size=1,
                connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
            )
            event.listen(self._engines[shard], "connect", _sync_at_checkpoints)
        self._engines.move_to_end(shard)
        while len(self._engines) > _KEPT:
            _, oldest = self._engines.popitem(last=False)
            oldest.dispose()
        return self._engines[shard]

    def has_table(self, table_name: str) -> bool:
        """Asked anew for every check; a table that is there stays."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def wipe(self) -> None:
        self._close()
        super().wipe()

    def dispose(self) -> None:
        self._close()
        super().dispose()

    def _close(self) -> None:
        with self._db_lock:
            while self._engines:
                self._engines.popitem()[1].dispose()


def _sync_at_checkpoints(connection: Any, _: Any) -> None:
    connection.execute("pragma synchronous = normal")


__all__ = ["KeptOpenEventLogStorage"]
