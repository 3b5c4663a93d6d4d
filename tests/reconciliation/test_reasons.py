"""The reasons of disagreements: their registry in the macros, against the codes of `raw/reference/`."""

import ast
import csv
import re

import pytest

from tests.conftest import PROJECT


@pytest.fixture(scope="module")
def reasons() -> dict[str, dict[str, object]]:
    """The registry as the macro ``reasons`` returns it."""
    text = (PROJECT / "dbt_project" / "macros" / "reasons.sql").read_text(encoding="utf-8")
    found = re.search(r"return\((\{.*?\})\) \}\}", text, re.DOTALL)
    assert found
    return dict(ast.literal_eval(found[1]))


def test_every_reason_has_a_code_of_the_registry(reasons: dict[str, dict[str, object]]) -> None:
    with (PROJECT / "raw" / "reference" / "explanations.csv").open(encoding="utf-8", newline="") as handle:
        codes = {row["explanation_code"] for row in csv.DictReader(handle)}
    assert {reason["code"] for reason in reasons.values() if "code" in reason} <= codes


def test_every_reason_is_said_in_both_languages_with_the_same_places(reasons: dict[str, dict[str, object]]) -> None:
    said = {name: reasons[str(reason.get("as", name))] for name, reason in reasons.items() if "code" in reason}
    assert [name for name, words in said.items() if not words.get("en") or not words.get("zh")] == []
    assert [name for name, words in said.items() if str(words["en"]).count("{}") != str(words["zh"]).count("{}")] == []


def test_likelier_reasons_stand_first(reasons: dict[str, dict[str, object]]) -> None:
    ranks = [int(str(reason["rank"])) for reason in reasons.values()]
    assert ranks == sorted(ranks)
