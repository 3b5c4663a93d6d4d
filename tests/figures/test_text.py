"""What nobody sees changes no number: in the loader's reading and in the extraction's."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orchestration.extraction.pipeline import extract_text
from orchestration.figures import FigureError, Units, parse_period, parse_value
from orchestration.figures.text import INVISIBLE, TEAR, plain, readable, squeeze
from tests.figures.printed import Printed
from tests.figures.test_value_properties import printed_figures

# shown, though Unicode calls them formats: Arabic number signs and the like
SHOWN = {0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD, *range(0x600, 0x606)}
UNSEEN = st.sampled_from(sorted(INVISIBLE)) | st.sampled_from("\u200b\u00ad\ufeff\u2060\u202e\u200d\ufe0f\x00\x1b")
NUMBERS = st.from_regex(r"\A[1-9]\d{0,2}(,\d{3})?(\.\d{1,2})?\Z")


def with_unseen(text: str, places: list[tuple[int, str]]) -> str:
    for at, character in places:
        at %= len(text) + 1
        text = text[:at] + character + text[at:]
    return text


PLACES = st.lists(st.tuples(st.integers(0, 60), UNSEEN), min_size=1, max_size=4)


def test_every_format_character_that_unicode_knows_is_invisible() -> None:
    formats = {c for code in range(0x110000) if unicodedata.category(c := chr(code)) == "Cf" and code not in SHOWN}
    assert formats - INVISIBLE == set()
    assert not any(c.isspace() or c.isalnum() for c in INVISIBLE - set("\u115f\u1160\u3164\uffa0"))


@given(printed=printed_figures(), places=PLACES)
@example(printed=Printed("$12 billion", 0, 0, ""), places=[(2, "\u200b")])  # type: ignore[arg-type]
@example(printed=Printed("$13 billion", 0, 0, ""), places=[(2, "\u00ad")])  # type: ignore[arg-type]
def test_invisible_characters_change_no_value_of_the_loader(
    printed: Printed, places: list[tuple[int, str]], units: Units
) -> None:
    assert parse_value(with_unseen(printed.text, places), units) == parse_value(printed.text, units)


SENTENCES = ("Revenue reached ${} billion in 2024.", "2024年市场规模达到{}亿元。", "The share was {}% in 2024.")


@given(number=NUMBERS, sentence=st.sampled_from(SENTENCES), places=PLACES)
@example(number="12", sentence=SENTENCES[0], places=[(18, "\u200b")])
@example(number="13", sentence=SENTENCES[0], places=[(18, "\u00ad")])
def test_invisible_characters_change_no_value_of_the_extraction(
    number: str, sentence: str, places: list[tuple[int, str]]
) -> None:
    text = sentence.format(number)
    told = [(f.value, f.value_low, f.value_high, f.unit, f.printed) for f in extract_text(text)]
    assert told, "the sentence holds a figure"
    unseen = [(f.value, f.value_low, f.value_high, f.unit, f.printed) for f in extract_text(with_unseen(text, places))]
    assert unseen == told


@given(whole=st.integers(1, 999), groups=st.lists(st.integers(0, 999), min_size=1, max_size=2),
       space=st.sampled_from("\u00a0\u2009\u202f\u2007"))  # fmt: skip
def test_spaces_that_part_thousands(whole: int, groups: list[int], space: str, units: Units) -> None:
    text = space.join([str(whole), *(f"{group:03}" for group in groups)])
    number = int("".join(filter(str.isdigit, text)))
    (value,) = parse_value(f"{text}元", units)
    assert value.number == number
    assert [f.value for f in extract_text(f"Revenue reached US${text} in 2024.")] == [number]


@pytest.mark.parametrize("torn", ["12\u20093", "1\u202f23", "12\ufffd3", "1\u2009234\u200956"])
def test_a_torn_number_is_not_read_in_parts(torn: str) -> None:
    assert extract_text(f"Revenue reached US${torn} billion in 2024.") == []


@pytest.mark.parametrize(
    ("printed", "number"),
    [("−5%", -5), ("–5%", -5), ("‒5%", -5), ("－5%", -5), ("‐5%", -5), ("–$5亿", -5e8), ("－５％", -5)],
)
def test_minus_signs(printed: str, number: float, units: Units) -> None:
    (value,) = parse_value(printed, units)
    assert value.number == number
    figures = extract_text(f"Net profit growth was {printed} in 2024.")
    assert [f.value for f in figures] == [number]


@pytest.mark.parametrize("dash", ["–", "—", "-", "~", "至"])
def test_a_dash_between_numbers_is_a_range(dash: str, units: Units) -> None:
    assert [value.number for value in parse_value(f"3{dash}5%", units)] == [3, 5]
    assert plain(f"was 3 {dash}5%") == f"was 3 {dash}5%"


@given(text=st.text(max_size=40))
def test_offsets_stay_and_nothing_is_normalised_twice(text: str) -> None:
    assert len(plain(text)) == len(text)
    assert readable(readable(text)) == readable(text)
    assert INVISIBLE.isdisjoint(readable(text)) and INVISIBLE.isdisjoint(squeeze(text))
    assert squeeze(readable(text)) == squeeze(text)
    assert not any(character.isspace() for character in squeeze(text))


def test_printed_text_is_found_where_invisible_characters_stand(units: Units) -> None:
    assert squeeze("360\u200b.6亿\u00ad元") == squeeze("360.6 亿元")
    assert TEAR not in plain("1\u202f234亿元")
    assert readable("5㎾") == "5kW" and readable("a\u200bb\n") == "ab\n"
    assert parse_period("20\u200b24年").label == "2024"


@pytest.mark.parametrize("label", ["0000", "0024", "0024-07", "FY0000", "0000-2030"])
def test_a_year_of_zeros_is_no_year_of_this_century(label: str) -> None:
    with pytest.raises(ValueError, match="no year of this project"):
        parse_period(label)


@pytest.mark.parametrize(
    ("printed", "qualifier"),
    [
        ("超5亿元", "under"),
        ("近5亿元", "over"),
        ("不足5亿元", "at_least"),
        ("5亿元以上", "at_most"),
        ("超5亿元以下", ""),
    ],
)
def test_contrary_qualifiers_are_refused(printed: str, qualifier: str, units: Units) -> None:
    with pytest.raises(FigureError, match="against the qualifier"):
        parse_value(printed, units, qualifier=qualifier)


@pytest.mark.parametrize(("printed", "qualifier"), [("超5亿元", "at_least"), ("约5亿元", "over"), ("近5亿元", "about")])
def test_qualifiers_that_go_together(printed: str, qualifier: str, units: Units) -> None:
    (value,) = parse_value(printed, units, qualifier=qualifier)
    assert value.qualifier == qualifier
