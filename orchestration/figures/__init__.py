"""What a printed figure means: pure functions from printed text to value, unit, interval and period.

Belongs here: reading of numbers, magnitudes, units, qualifiers and periods, in Chinese and English; how a value is
written for people (shown.py).
Does not belong here: files, tables, Dagster, conversion between currencies or units (dbt does arithmetic).
"""

from orchestration.figures.intervals import FigureError, ParsedValue
from orchestration.figures.periods import Period, PeriodError, fiscal_days, is_fiscal, parse_period
from orchestration.figures.units import Qualifier, Unit, Units, load_units
from orchestration.figures.values import parse_value

__all__ = [
    "FigureError",
    "ParsedValue",
    "Period",
    "PeriodError",
    "Qualifier",
    "Unit",
    "Units",
    "fiscal_days",
    "is_fiscal",
    "load_units",
    "parse_period",
    "parse_value",
]
