"""The notebook in docs/ runs from top to bottom on the shipped figures, and its answers are not empty."""

import json
from pathlib import Path
from typing import Any

import pytest

from orchestration.settings import PROJECT

NOTEBOOK = PROJECT / "docs" / "analyst_questions.ipynb"


@pytest.fixture(scope="module")
def answers(shipped_file: Path) -> dict[str, Any]:
    """The names that the notebook's cells leave behind, run in order in one namespace as Jupyter does."""
    patch = pytest.MonkeyPatch()
    patch.setenv("AI_FIGURES_FILE", str(shipped_file))
    names: dict[str, Any] = {"__name__": "__main__"}
    try:
        for position, cell in enumerate(json.loads(NOTEBOOK.read_text("utf-8"))["cells"]):
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), f"{NOTEBOOK.name}, cell {position}", "exec"), names)
    finally:
        patch.undo()
    return names


@pytest.mark.parametrize("name", ["market", "growth", "prices", "chips", "power", "funding", "returns", "scores"])
def test_every_question_has_an_answer(answers: dict[str, Any], name: str) -> None:
    assert answers[name], name


def test_answers_are_those_of_the_reports(answers: dict[str, Any]) -> None:
    world = [row for row in answers["market"] if row["geography"] == "WLD" and row["year"] == "2024"]
    assert world[0]["printed"] == "360.6亿美元" and world[0]["usd_bn"] == 36.1
    verdicts = {(row["source_id"], row["line"]): row["verdict"] for row in answers["growth"]}
    assert verdicts["bse_genai_2025", 41] == "disagree"
    assert answers["positive"][0] == "2028"
    medians = {row["entity_country"]: row["median_usd"] for row in answers["prices"]}
    assert medians["CHN"] < medians["USA"]


def test_the_chart_of_the_notebook_has_points(answers: dict[str, Any]) -> None:
    spec = answers["chart"].to_dict()
    assert len(spec["data"]["values"]) > 10


def test_the_notebook_holds_no_outputs() -> None:
    """Outputs would go stale with the next edition of the figures."""
    cells = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)
