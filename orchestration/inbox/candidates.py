"""Candidates: the figures of the inbox beside the reviewed ones, compared in a build of their own.

Nobody has confirmed these figures. The models of the warehouse read only reviewed rows; the same models run once more,
in a second file, on the reviewed rows and those of the inbox together. What they give for the inbox comes back as the
raw tables behind the schema `candidates`, and the rest of that file is nobody's business.
"""

from typing import TYPE_CHECKING

from orchestration.driver import second_build
from orchestration.loading.problems import Problem
from orchestration.settings import Settings
from orchestration.store.build import open_build, with_build
from orchestration.store.inbox_rows import write_inbox_problem
from orchestration.store.raw_tables import candidate_tables

if TYPE_CHECKING:
    import duckdb

# what the contract's candidates need; dbt adds what these are made from, and no mart or consensus
_MODELS = ("+core.figures", "+reconciliation.findings")
_CONFIDENCES = (
    "file", "page", "confidence", "confidence_period", "confidence_geography", "confidence_status",
    "confidence_statistic", "withheld",
)  # fmt: skip
_COMPARISONS = (
    "select distinct comparison_id from (select comparison_id, unnest(figure_ids) as figure_id "
    "from second.reconciliation.comparisons) where figure_id in (select figure_id from raw.inbox_figures)"
)
_TRUSTED = "(withheld is null)"
_FOUND = {
    "candidate_figures": "second.core.figures as found inner join "
    f"(select figure_id, {', '.join(_CONFIDENCES)} from raw.inbox_figures) using (figure_id)",
    "candidate_comparisons": f"second.reconciliation.comparisons where comparison_id in ({_COMPARISONS})",
    "candidate_findings": f"second.reconciliation.findings where comparison_id in ({_COMPARISONS})",
}


def refresh(settings: Settings) -> None:
    """Work out the candidates of what the inbox holds now; without documents the tables are emptied and nothing is run.

    Never raises for what the models make of unreviewed figures: the candidates are empty then, one quarantined row says
    why, and the reviewed figures go on. The caller holds the build lock.
    """
    import duckdb

    from orchestration.transform.models import TransformError

    with_build(settings.build_file, _empty)
    try:
        if with_build(settings.build_file, _is_wanted):
            second_build.run(settings, "candidates", _add, _MODELS, _take_over)
        with_build(settings.build_file, _take_over_withheld)
    except (TransformError, duckdb.Error) as error:
        message = f"the figures of the inbox could not be compared: {str(error)[:1000]}"
        remedy = "Take the document that was added last out of raw/inbox/, then build again"
        with open_build(settings.build_file) as build:
            write_inbox_problem(build, Problem("inbox/", 0, "", message, remedy))


def _empty(build: "duckdb.DuckDBPyConnection") -> None:
    for table in candidate_tables():
        build.execute(f"delete from raw.{table}")


def _is_wanted(build: "duckdb.DuckDBPyConnection") -> bool:
    """Whether the inbox has figures that can be compared."""
    return bool(build.execute(f"select 1 from raw.inbox_figures where {_TRUSTED} limit 1").fetchall())


def _add(build: "duckdb.DuckDBPyConnection") -> None:
    """The figures and documents of the inbox beside the reviewed ones of the second build."""
    columns = ", ".join(
        name
        for (name,) in build.execute(
            "select column_name from duckdb_columns() where database_name = 'second' and schema_name = 'raw' "
            "and table_name = 'figures'"
        ).fetchall()
    )
    build.execute(f"insert into second.raw.figures by name select {columns} from raw.inbox_figures where {_TRUSTED}")
    build.execute("insert into second.raw.sources by name select * from raw.inbox_sources")


def _take_over(build: "duckdb.DuckDBPyConnection") -> None:
    """Copy what the second build says about figures of the inbox."""
    for table, columns in candidate_tables().items():
        names = ", ".join(name for name, _ in columns)
        build.execute(f"insert into raw.{table} by name select {names} from {_FOUND[table]}")


def _take_over_withheld(build: "duckdb.DuckDBPyConnection") -> None:
    """Rows that the extraction does not trust, with its reason: stored for review, compared with nothing."""
    build.execute(
        f"""
        insert into raw.candidate_figures by name
        select
            found.* exclude (key, file_line, table_id, row_key, column_key, reading, number, number_low, number_high,
                unit_symbol, figure_role, known_from, known_until),
            number * units.factor::double as value,
            number_low * units.factor::double as value_low,
            number_high * units.factor::double as value_high,
            units.unit,
            figure_role as role,
            indicators.mart,
            'normal' as preference,
            figure_id as statement_id,
            true as is_first_print
        from raw.inbox_figures as found
        inner join raw.ref_units as units on found.unit_symbol = units.symbol
        inner join raw.ref_indicators as indicators on found.indicator = indicators.indicator
        where not {_TRUSTED}
        """
    )
