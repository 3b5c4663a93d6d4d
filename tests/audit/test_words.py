"""The lists of words of the audit: their form, and what each finds and leaves."""

import re
from typing import Any

import pytest
import yaml

from orchestration.audit.words import DATA, words
from tests.conftest import PROJECT

LISTS: dict[str, Any] = yaml.safe_load((DATA / "words.yml").read_text(encoding="utf-8"))
EXAMPLES = yaml.safe_load((PROJECT / "tests" / "audit" / "words.yml").read_text(encoding="utf-8"))
# words with what they are worth
WITH_VALUES = {"counts_of_parts", "currencies", "magnitudes", "multiples", "numbers", "ordinals", "per_units"}


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_list_of_words_is_a_list_of_expressions(name: str) -> None:
    """YAML reads an unquoted 2, no or [a] as another thing than the word that was meant."""
    found = LISTS[name]
    assert isinstance(found, dict if name in WITH_VALUES else list) and found
    for word in found:
        assert isinstance(word, str), word
        re.compile(word)
    values = list(found.values()) if name in WITH_VALUES else []
    if name == "per_units":  # a unit, and how many of it
        values = [number for _, number in values]
    assert all(isinstance(value, str if name == "currencies" else int | float) for value in values)
    assert len(set(found)) == len(found), "one word twice"


def test_every_list_has_examples_and_no_other() -> None:
    assert set(EXAMPLES) == set(LISTS) - WITH_VALUES, "give both kinds of examples in tests/audit/words.yml"


def test_every_currency_of_a_bare_amount_has_a_code() -> None:
    """Its sign or its name is found beside a number, and nothing is found that has no code."""
    for said, code in LISTS["currencies"].items():
        assert code.isupper() and len(code) == 3
        amounts = [words("bare_amount").search(text) for text in (f"{said}5 million", f"5 million {said}")]
        assert any(m and said in ((m["sign"] or "").strip(), (m["unit"] or "").strip()) for m in amounts), said
    assert "¥" not in LISTS["currencies"], "the sign of two currencies is none"


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_a_list_finds_its_examples_and_leaves_the_others(name: str) -> None:
    examples = EXAMPLES[name]
    assert examples["found"] and examples["not"]
    assert [text for text in examples["found"] if not words(name).search(str(text))] == []
    assert [text for text in examples["not"] if words(name).search(str(text))] == []
