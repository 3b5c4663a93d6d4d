"""The raw files that ship with the project: all of them load."""

import re
from pathlib import Path

import pytest

from orchestration.figures import FigureError, parse_period, parse_value
from orchestration.loading import Reference, Source, SourceLoad, load_reference, load_source, load_sources
from orchestration.loading.provenance import sources_folder
from tests.conftest import PROJECT
from tests.loading.rawfolder import check_balance

SOURCES = load_sources(PROJECT / "raw")


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference(PROJECT / "raw")


@pytest.fixture(scope="module", params=list(SOURCES))
def loaded(request: pytest.FixtureRequest, reference: Reference) -> SourceLoad:
    source: Source = SOURCES[request.param]
    return load_source(PROJECT / "raw", source, reference)


def test_no_row_is_quarantined(loaded: SourceLoad) -> None:
    assert [str(problem) for problem in loaded.problems] == []
    check_balance(loaded)
    assert loaded.figures, f"{loaded.source_id} has no figures"


def test_values_lie_inside_their_intervals(loaded: SourceLoad) -> None:
    assert [f.figure_id for f in loaded.figures if not f.number_low <= f.number <= f.number_high] == []
    assert [
        f.figure_id for f in loaded.figures if f.period_start and f.period_end and f.period_start > f.period_end
    ] == []


def test_figure_ids_are_those_of_the_registry(loaded: SourceLoad) -> None:
    form = re.compile(rf"{loaded.source_id}/[A-Za-z0-9._-]+(:low|:high)?")
    assert [f.figure_id for f in loaded.figures if not form.fullmatch(f.figure_id)] == []


def test_relations_within_a_source_meet_figures(loaded: SourceLoad) -> None:
    known = {figure.figure_id for figure in loaded.figures}
    own = {name for term in loaded.relations for name in (term.figure_id, term.figure_id_high) if name}
    assert [name for name in sorted(own) if name.startswith(f"{loaded.source_id}/") and name not in known] == []


def test_relations_across_sources_meet_figures(reference: Reference) -> None:
    loads = [load_source(PROJECT / "raw", source, reference) for source in SOURCES.values()]
    known = {figure.figure_id for load in loads for figure in load.figures}
    known |= {name.removesuffix(":low") for name in known if name.endswith(":low")}
    named = {term.figure_id for load in loads for term in load.relations if term.figure_id}
    assert sorted(named - known) == []


def test_periods_of_reference_values_and_units_can_be_read(reference: Reference) -> None:
    columns, records = reference.tables["reference_values"]
    for record in records:
        row = dict(zip(columns, record, strict=True))
        parse_period(row["period"])
        assert row["indicator"] in reference.indicators, row["reference_id"]
        assert not row["entity"] or row["entity"] in reference.entities, row["reference_id"]
        assert not row["segment"] or row["segment"] in reference.segments, row["reference_id"]
        assert not row["geography"] or row["geography"] in reference.geographies, row["reference_id"]


def test_reference_values_are_cited_with_an_address_or_a_page(reference: Reference) -> None:
    columns, records = reference.tables["reference_values"]
    at = columns.index("citation")
    placed = re.compile(r"https?://\S+\.\S+|\bpage \d+|\bsection [A-Z]|^computed from the two rows")
    assert [record[0] for record in records if not placed.search(record[at])] == []


def test_indicators_have_a_dimension_that_some_unit_has(reference: Reference) -> None:
    dimensions = {unit.dimension for unit in reference.units.symbols()} | {"any"}
    unknown = [name for name, row in reference.indicators.items() if row["dimension"] not in dimensions]
    assert unknown == []


def test_qualifier_words_are_read_as_their_qualifier(reference: Reference) -> None:
    """No word hides behind a shorter one: "no more than" is not "more than"."""
    wrong = []
    for qualifier in reference.units.qualifiers.values():
        for word in qualifier.words:
            found = set()
            for text in (f"{word}5%", f"{word} 5%", f"5%{word}", f"50{word}%"):
                try:
                    found |= {value.qualifier for value in parse_value(text, reference.units)}
                except FigureError:
                    continue
            if found - {""} != {qualifier.qualifier}:
                wrong.append(f"{word}: {found or 'not read'}")
    assert wrong == []


def test_no_sentence_of_a_source_is_in_the_tests() -> None:
    """The reports are not ours: no file here repeats 14 Chinese characters in a row of one."""
    folder = sources_folder(PROJECT / "raw")
    if folder is None:
        pytest.skip("the source texts are not present: nothing to compare with")
    texts = "\n".join("".join(path.read_text(encoding="utf-8").split()) for path in sorted(folder.glob("*.txt")))
    runs = [
        (path, run)
        for folder_name in ("tests/figures", "tests/loading", "orchestration/figures", "orchestration/loading")
        for path in sorted((PROJECT / folder_name).glob("*.py"))
        for run in re.findall(r"[\u4e00-\u9fff]{14,}", path.read_text(encoding="utf-8"))
    ]
    repeated = [(path, run) for path, run in runs if any(run[i : i + 14] in texts for i in range(len(run) - 13))]
    assert repeated == []


def test_folder_has_no_stray_files() -> None:
    known = {*SOURCES, "reference", "inbox"}
    assert [path.name for path in Path(PROJECT / "raw").iterdir() if path.is_dir() and path.name not in known] == []
