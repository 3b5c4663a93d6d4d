"""From a document to the figures in it, each with its place, value, unit and as much context as the text supports.

Belongs here: reading of document formats, joining of lines, finding of numbers and rejecting of what is no figure,
context (period, geography, status, statistic, indicator, entity), the way of extracted rows into `raw/`.
Does not belong here: what a printed number or period means (`orchestration.figures`), files of `raw/` (`loading`).
"""

from typing import TYPE_CHECKING, Any

from orchestration.extraction.model import ExtractedFigure, ExtractionError

if TYPE_CHECKING:
    from orchestration.extraction.pipeline import extract_document, extracted_raw_figures, iter_figures

__all__ = ["ExtractedFigure", "ExtractionError", "extract_document", "extracted_raw_figures", "iter_figures"]


def __getattr__(name: str) -> Any:
    # imported on use: most callers leave the reading to the process of `isolation`
    if name in __all__:
        from orchestration.extraction import pipeline

        return getattr(pipeline, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
