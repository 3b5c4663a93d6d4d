"""From a document to the figures in it, each with its place, value, unit and as much context as the text supports.

Belongs here: reading of document formats, joining of lines, finding of numbers and rejecting of what is no figure,
context (period, geography, status, statistic, indicator, entity), the way of extracted rows into `raw/`.
Does not belong here: what a printed number or period means (`orchestration.figures`), files of `raw/` (`loading`).
"""

from orchestration.extraction.model import ExtractedFigure, ExtractionError
from orchestration.extraction.pipeline import extract_document, extracted_raw_figures, iter_figures

__all__ = ["ExtractedFigure", "ExtractionError", "extract_document", "extracted_raw_figures", "iter_figures"]
