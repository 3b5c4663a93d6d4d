"""What the statements would say if the corrected figures had been printed: `verdict_corrected`.

Printed values are judged as printed, whatever was decided. What follows from a correction is found by the same
models on the corrected rows (second_build.py); whether it counts is judged in `reconciliation.decision_guards`.
"""

from typing import TYPE_CHECKING

from orchestration.driver import second_build
from orchestration.settings import Settings
from orchestration.store.build import with_build

if TYPE_CHECKING:
    import duckdb

_CORRECTED = (
    "select corrected_figure as figure_id, any_value(try_cast(corrected_value as double)) as corrected "
    "from raw.decisions where corrected_figure is not null group by corrected_figure"
)


def refresh(settings: Settings) -> None:
    """Work out `raw.corrected_verdicts` from the corrections of `raw/decisions.yml`; without any, nothing is run.

    The caller holds the build lock. Raises ``TransformError`` when a model fails.
    """
    if with_build(settings.build_file, _prepare):
        second_build.run(settings, "corrected", _correct, ("+int_comparisons", "int_comparisons__members"), _take_over)


def _prepare(build: "duckdb.DuckDBPyConnection") -> bool:
    build.execute("delete from raw.corrected_verdicts")
    query = f"select 1 from raw.figures where figure_id in (select figure_id from ({_CORRECTED})) limit 1"
    return bool(build.execute(query).fetchall())


def _correct(build: "duckdb.DuckDBPyConnection") -> None:
    """Put the corrected values, which are in canonical units, in place of the printed numbers.

    A corrected figure is as precise as the printed one, absolutely or relatively, whichever is wider; ends that a
    qualifier opens stay open.
    """
    build.execute(
        f"""
        update second.raw.figures as figures set
            number = new.number,
            number_low = new.number - greatest(
                figures.number - figures.number_low,
                abs(new.number) * (figures.number - figures.number_low) / nullif(abs(figures.number), 0)
            ),
            number_high = new.number + greatest(
                figures.number_high - figures.number,
                abs(new.number) * (figures.number_high - figures.number) / nullif(abs(figures.number), 0)
            )
        from (
            select printed.figure_id, found.corrected / try_cast(units.factor as double) as number
            from raw.figures as printed
            inner join ({_CORRECTED}) as found on printed.figure_id = found.figure_id
            inner join raw.ref_units as units on printed.unit_symbol = units.symbol
        ) as new
        where figures.figure_id = new.figure_id and new.number is not null
        """
    )


def _take_over(build: "duckdb.DuckDBPyConnection") -> None:
    build.execute(
        f"""
        insert into raw.corrected_verdicts
        with corrected as ({_CORRECTED}),
        touched as (
            select comparison_id from second.intermediate.int_comparisons__members
            where figure_id in (select figure_id from corrected)
            union
            select comparison_id from second.intermediate.int_comparisons
            where
                stated_figure_id in (select figure_id from corrected)
                or upper_figure_id in (select figure_id from corrected)
                or lower_figure_id in (select figure_id from corrected)
        )
        select comparison_id, verdict from second.intermediate.int_comparisons
        where comparison_id in (select comparison_id from touched)
        """
    )
