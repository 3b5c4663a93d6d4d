"""Words that stand for numbers: the examples beside them in `number_words.yml`."""

import pytest

from orchestration.figures import FigureError, Units, parse_value
from orchestration.figures.magnitudes import number_words
from orchestration.figures.words import number_words as spoken_number

WITH_EXAMPLES = [name for name, section in number_words().items() if name not in ("ones", "teens", "tens", "spoken")]


@pytest.mark.parametrize("section", WITH_EXAMPLES)
@pytest.mark.parametrize("kind", ["examples", "counter_examples"])
def test_words_give_the_number_of_their_examples(section: str, kind: str, units: Units) -> None:
    """A counter-example gives the number beside it, or none at all (null)."""
    examples = number_words()[section][kind]
    assert examples
    for printed, number in examples.items():
        if number is None:
            with pytest.raises(FigureError):
                parse_value(str(printed), units)
        else:
            assert parse_value(str(printed), units)[0].number == number, printed


@pytest.mark.parametrize("section", ["ones", "teens", "tens"])
def test_every_written_out_number_is_read(section: str) -> None:
    for word, number in number_words()[section]["words"].items():
        found = spoken_number(f"{word} companies", 0)
        assert number == 0 or (found is not None and found.digits == str(number)), word


def test_what_follows_a_written_out_number_is_a_magnitude() -> None:
    for word in number_words()["spoken"]["words"]:
        found = spoken_number(f"two {word} dollars", 0)
        assert found is not None and found.magnitude == word and word in number_words()["magnitudes"]["words"]
