"""A SQLAlchemy dialect that lets Great Expectations read DuckDB.

DuckDB speaks PostgreSQL's SQL, so the compiler is SQLAlchemy's own. Belongs here: where DuckDB differs, and nothing
else. Three things do:

- Great Expectations fetches rows after it has closed the connection, and a DuckDB cursor is its connection: our cursor
  takes all rows at ``execute``.
- Reflection: DuckDB lacks catalogue tables that PostgreSQL's reflection asks (``pg_collation``); ours asks
  ``duckdb_tables()``, ``duckdb_views()`` and ``duckdb_columns()``.
- The stock dialect (duckdb-engine 0.17) has neither, and keeps the duckdb module alive at exit, which then prints a
  page of leak warnings; hence no subclass of it, and no module-level import of duckdb.

Importing this module imports SQLAlchemy: import it inside functions.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.engine import URL
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import NoSuchTableError

if TYPE_CHECKING:
    import duckdb

DRIVER = "duckdb+buffered"

_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "VARCHAR": sa.String(), "DOUBLE": sa.Double(), "FLOAT": sa.Float(), "BOOLEAN": sa.Boolean(), "DATE": sa.Date(),
    "TINYINT": sa.SmallInteger(), "SMALLINT": sa.SmallInteger(), "INTEGER": sa.Integer(), "BIGINT": sa.BigInteger(),
    "HUGEINT": sa.Numeric(), "TIMESTAMP": sa.DateTime(), "TIMESTAMP WITH TIME ZONE": sa.DateTime(timezone=True),
}  # fmt: skip


class BufferedCursor:
    """A DB-API cursor that holds the rows of its last statement, so that they outlive the connection."""

    arraysize = 1
    rowcount = -1
    lastrowid = None

    def __init__(self, connection: "duckdb.DuckDBPyConnection", wrapper: "BufferedConnection") -> None:
        self._connection = connection
        self._rows: list[tuple[Any, ...]] = []
        self._next = 0
        self.connection = wrapper
        self.description: Sequence[Sequence[Any]] | None = None

    def execute(self, statement: str, parameters: Any = None, context: Any = None) -> "BufferedCursor":
        result = self._connection.execute(statement, parameters) if parameters else self._connection.execute(statement)
        # the types of DuckDB 1.4 cannot be keys of SQLAlchemy's caches; nobody asks for them
        self.description = [(name, str(kind), *rest) for name, kind, *rest in result.description or []] or None
        self._rows, self._next = (result.fetchall() if result.description else []), 0
        return self

    def executemany(self, statement: str, parameters: Any = None, context: Any = None) -> "BufferedCursor":
        for each in parameters or []:
            self.execute(statement, each)
        return self

    def fetchone(self) -> tuple[Any, ...] | None:
        rows = self.fetchmany(1)
        return rows[0] if rows else None

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        rows = self._rows[self._next : self._next + (size or self.arraysize)]
        self._next += len(rows)
        return rows

    def fetchall(self) -> list[tuple[Any, ...]]:
        rows = self._rows[self._next :]
        self._next = len(self._rows)
        return rows

    def close(self) -> None:
        """Nothing to release: the rows are ours."""


class BufferedConnection:
    """A DB-API connection whose cursors buffer."""

    def __init__(self, connection: "duckdb.DuckDBPyConnection") -> None:
        self._connection = connection

    def cursor(self) -> BufferedCursor:
        return BufferedCursor(self._connection, self)

    def commit(self) -> None:
        """Readers have nothing to commit: every statement is its own transaction."""

    def rollback(self) -> None:
        """Readers have nothing to roll back."""

    def close(self) -> None:
        self._connection.close()


_lent = threading.local()  # `database` and `connection`, while one is lent in this thread


@contextmanager
def lent(database: Path, connection: "duckdb.DuckDBPyConnection") -> Iterator[None]:
    """Let the engine use an open connection to the file: Great Expectations connects anew for every query, and opening
    and locking down the file takes longer than most of them."""
    _lent.database, _lent.connection = database, connection
    try:
        yield
    finally:
        del _lent.database, _lent.connection


class BufferedDialect(PGDialect):
    """PostgreSQL's compiler, DuckDB's connection and catalogue. For reading only."""

    name = "duckdb"
    driver = "buffered"
    default_paramstyle = "numeric_dollar"
    supports_statement_cache = False
    supports_sane_rowcount = False

    @classmethod
    def import_dbapi(cls) -> Any:
        import duckdb

        return SimpleNamespace(
            paramstyle="numeric_dollar", Error=duckdb.Error, apilevel=duckdb.apilevel, threadsafety=duckdb.threadsafety
        )

    def create_connect_args(self, url: URL) -> Any:
        return (url.database,), {}

    def connect(self, *arguments: Any, **options: Any) -> Any:
        from orchestration.store.published import connect_read_only

        database = Path(*arguments, **options)
        if database == getattr(_lent, "database", None):
            return BufferedConnection(_lent.connection.cursor())
        return BufferedConnection(connect_read_only(database))

    def initialize(self, connection: Any) -> None:
        DefaultDialect.initialize(self, connection)

    def _get_server_version_info(self, connection: Any) -> tuple[int, ...]:
        return (8, 0)  # of PostgreSQL, the last whose catalogue SQLAlchemy asks nothing of

    def _get_default_schema_name(self, connection: Any) -> str:
        return "main"

    def get_default_isolation_level(self, dbapi_conn: Any) -> Any:
        raise NotImplementedError

    def get_schema_names(self, connection: Any, **options: Any) -> list[str]:
        rows = connection.exec_driver_sql(
            "select distinct schema_name from duckdb_schemas() where database_name = current_database() order by 1"
        )
        return [name for (name,) in rows]

    def get_table_names(self, connection: Any, schema: str | None = None, **options: Any) -> list[str]:
        return self._names(connection, "duckdb_tables()", "table_name", schema)

    def get_view_names(
        self, connection: Any, schema: str | None = None, include: Any = None, **options: Any
    ) -> list[str]:
        return self._names(connection, "duckdb_views()", "view_name", schema)

    def has_table(self, connection: Any, table_name: str, schema: str | None = None, **options: Any) -> bool:
        return bool(self._columns(connection, table_name, schema))

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **options: Any) -> Any:
        columns = self._columns(connection, table_name, schema)
        if not columns:
            raise NoSuchTableError(table_name)
        return [
            {"name": name, "type": _sqlalchemy_type(kind), "nullable": nullable, "default": None, "comment": comment}
            for name, kind, nullable, comment in columns
        ]

    def get_multi_columns(
        self,
        connection: Any,
        schema: str | None = None,
        filter_names: Any = None,
        scope: Any = None,
        kind: Any = None,
        **options: Any,
    ) -> Any:
        names = list(filter_names or self.get_table_names(connection, schema))
        return [((schema, name), self.get_columns(connection, name, schema)) for name in names]

    def get_pk_constraint(self, connection: Any, table_name: str, schema: str | None = None, **options: Any) -> Any:
        return {"constrained_columns": [], "name": None}

    def get_foreign_keys(self, *arguments: Any, **options: Any) -> list[Any]:
        return []

    def get_indexes(self, *arguments: Any, **options: Any) -> list[Any]:
        return []

    @staticmethod
    def _names(connection: Any, catalogue: str, column: str, schema: str | None) -> list[str]:
        rows = connection.exec_driver_sql(
            f"select {column} from {catalogue} "
            "where database_name = current_database() and schema_name = $1 order by 1",
            (schema or "main",),
        )
        return [name for (name,) in rows]

    @staticmethod
    def _columns(connection: Any, table: str, schema: str | None) -> list[tuple[str, str, bool, str | None]]:
        rows = connection.exec_driver_sql(
            "select column_name, data_type, is_nullable, comment from duckdb_columns() "
            "where database_name = current_database() and schema_name = $1 and table_name = $2 order by column_index",
            (schema or "main", table),
        )
        return [tuple(row) for row in rows]


def _sqlalchemy_type(kind: str) -> sa.types.TypeEngine[Any]:
    if kind.startswith("DECIMAL"):
        return sa.Numeric()
    if kind.endswith("[]"):
        return sa.ARRAY(_sqlalchemy_type(kind[:-2]))
    return _TYPES.get(kind, sa.types.NullType())


def register() -> None:
    """Make ``duckdb+buffered://`` known to SQLAlchemy; may be called any number of times."""
    registry.register("duckdb.buffered", __name__, "BufferedDialect")


def connection_string(database: Path) -> str:
    """The SQLAlchemy URL of a DuckDB file."""
    return URL.create(DRIVER, database=str(database)).render_as_string(hide_password=False)


__all__ = ["BufferedConnection", "BufferedCursor", "BufferedDialect", "connection_string", "register"]
