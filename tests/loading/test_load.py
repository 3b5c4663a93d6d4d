"""What a valid folder becomes."""

from datetime import date

import pytest

from orchestration.loading import load_reference, load_sources
from orchestration.loading.inputs import fingerprints
from orchestration.settings import SettingsError
from tests.loading.rawfolder import VALID_ROWS, RawFolder, check_balance


def test_valid_folder_loads_whole(raw: RawFolder) -> None:
    load = raw.load()
    assert load.problems == []
    assert (load.rows_in, load.rows_loaded) == (VALID_ROWS, VALID_ROWS)
    check_balance(load)
    assert [figure.figure_id for figure in load.figures] == [
        "sample_2025/3a", "sample_2025/3b", "sample_2025/5a", "sample_2025/7a:low", "sample_2025/7a:high",
        "sample_2025/90a",
        "sample_2025/t1.flops.a", "sample_2025/t1.flops.b", "sample_2025/t1.power.a", "sample_2025/t1.power.b",
        "sample_2025/t1.eff.a", "sample_2025/t1.eff.b",
    ]  # fmt: skip


def test_prose_row_keeps_what_is_printed_and_where(raw: RawFolder) -> None:
    figure = raw.load().figures[0]
    assert (figure.file, figure.file_line, figure.line) == ("sample_2025/figures/a.csv", 2, 3)
    assert (figure.printed, figure.unit_symbol) == ("360.6亿元", "元")
    assert (figure.number, figure.number_low, figure.number_high) == (36.06e9, 36.055e9, 36.065e9)
    assert (figure.period_label, figure.period_start, figure.period_end) == (
        "2024", date(2024, 1, 1), date(2024, 12, 31),
    )  # fmt: skip
    assert (figure.geography, figure.status, figure.statistic) == ("CHN", "actual", "level")
    assert figure.entity is None and figure.review == "reviewed"


def test_range_is_two_figures_and_basis_tokens_are_tidied(raw: RawFolder) -> None:
    low, high = (figure for figure in raw.load().figures if figure.key == "7a")
    assert (low.number, high.number) == (30_000, 40_000)
    assert (low.unit_symbol, low.counted, low.basis) == ("家", "company", "x; y")


def test_table_cell_takes_fields_of_row_column_and_defaults(raw: RawFolder) -> None:
    cells = {figure.key: figure for figure in raw.load().figures if figure.table_id}
    cell = cells["t1.power.b"]
    assert (cell.entity, cell.indicator, cell.status) == ("Chip B", "power_draw", "actual")
    assert (cell.exhibit, cell.row_key, cell.column_key) == ("Table 1", "power", "b")
    # `@23` cites another line than the row's; the place in the file stays the row's
    assert (cell.line, cell.file_line, cell.printed) == (23, 4, "400W")
    assert cells["t1.power.a"].line == 22


def test_relations_and_checks_become_terms(raw: RawFolder) -> None:
    terms = raw.load().relations
    by_relation = {term.relation_id for term in terms}
    assert by_relation == {
        "sample_2025/growth", "sample_2025/companies", "sample_2025/double",
        "sample_2025/t1.check1.a", "sample_2025/t1.check1.b",
    }  # fmt: skip
    growth = {term.role: term.figure_id for term in terms if term.relation_id == "sample_2025/growth"}
    assert growth == {"stated": "sample_2025/3b", "from": "sample_2025/5a", "to": "sample_2025/3a"}
    (whole,) = [term for term in terms if term.role == "whole"]
    assert (whole.figure_id, whole.figure_id_high) == ("sample_2025/7a:low", "sample_2025/7a:high")
    factors = [(term.figure_id, term.constant) for term in terms if term.role == "factor"]
    assert factors == [("sample_2025/t1.flops.a", None), (None, 2.0)]


def test_figure_ids_do_not_depend_on_the_order_of_rows(raw: RawFolder) -> None:
    before = {figure.figure_id: (figure.number, figure.line) for figure in raw.load().figures}
    header, *rows = raw.read("figures/a.csv").splitlines()
    raw.write("figures/a.csv", "\n".join([header, *reversed(rows)]) + "\n")
    assert {figure.figure_id: (figure.number, figure.line) for figure in raw.load().figures} == before


def test_byte_order_mark_crlf_and_blank_lines_do_not_matter(raw: RawFolder) -> None:
    text = raw.read("figures/a.csv").replace("\n", "\r\n\r\n")
    raw.write("figures/a.csv", b"\xef\xbb\xbf" + text.encode())
    load = raw.load()
    assert load.problems == []
    assert load.rows_loaded == VALID_ROWS


def test_line_of_a_row_behind_a_cell_of_two_lines(raw: RawFolder) -> None:
    raw.change("3b", note="two\nlines")
    raw.write("figures/a.csv", raw.read("figures/a.csv").replace("two\nlines", '"two\nlines"'))
    raw.replace("figures/a.csv", "300.5亿元", "300.5亿xyz")
    (problem,) = [problem for problem in raw.load().problems if problem.key == "5a"]
    assert problem.line == 5


def test_numbers_in_a_spec_stay_as_they_are_written(raw: RawFolder) -> None:
    """`printed: 1.50` in YAML must not become 1.5: the last digit says how precise the figure is."""
    raw.replace("tables/t1.csv", "1.5 TFLOPS/W", "1.50 of 012")
    raw.replace(
        "tables/t1.yml",
        "checks:",
        "cells:\n  - {row: eff, column: b, key: x, printed: 1.50, scale: TFLOPS/W}\n"
        "  - {row: eff, column: b, key: y, printed: 012, scale: TFLOPS/W}\nchecks:",
    )
    cells = {figure.key: figure for figure in raw.load().figures}
    assert cells["t1.eff.b.x"].printed == "1.50"
    assert cells["t1.eff.b.x"].number_low == pytest.approx(1.495)
    assert cells["t1.eff.b.y"].number == 12


def test_wordy_cell_is_broken_up_and_skipped_cells_are_not_counted(raw: RawFolder) -> None:
    raw.replace("tables/t1.csv", "alpha,beta 2", "alpha,beta 2 of 300W")
    raw.replace(
        "tables/t1.yml",
        "  - {label: 架构, role: text}",
        "  - {label: 架构, key: arch, role: text}",
    )
    raw.replace(
        "tables/t1.yml",
        "checks:",
        "cells:\n  - {row: arch, column: b, key: w, printed: 300W, indicator: power_draw}\n"
        "  - {row: flops, column: a, skip: true, why: a test}\nchecks:",
    )
    load = raw.load()
    check_balance(load)
    assert "t1.arch.b.w" in {figure.key for figure in load.figures}
    assert "t1.flops.a" not in {figure.key for figure in load.figures}
    # the relation and the check that used the skipped cell: one is missed loudly, the other does not exist there
    assert [problem.key for problem in load.problems] == ["double"]


def test_star_row_matches_every_remaining_row(raw: RawFolder) -> None:
    raw.replace("tables/t1.yml", "  - {label: 能效, key: eff,", '  - {label: "*", key: row,')
    raw.replace("tables/t1.yml", "stated: eff", "stated: row5")
    load = raw.load()
    assert load.problems == []
    assert {"t1.row5.a", "t1.row5.b"} <= {figure.key for figure in load.figures}


def test_registries(raw: RawFolder) -> None:
    source = load_sources(raw.path)["sample_2025"]
    assert (source.published_on, source.lines, source.rates) == ("2025-05-13", 100, (("USD", 7.2, "assumed"),))
    reference = load_reference(raw.path)
    assert reference.units.get("TFLOPS") is not None
    assert reference.indicators["market_size"]["mart"] == "market"


def test_a_unit_added_to_the_reference_is_known_at_the_next_load(raw: RawFolder) -> None:
    """The UI's process lives for days: nothing may be remembered from an earlier read."""
    raw.change("90a", printed="500间")
    assert len(raw.load().problems) == 2  # the figure, and the relation that uses it
    units = (raw.path / "reference" / "units.csv").read_text(encoding="utf-8")
    raw.write("/reference/units.csv", units + "间,count,1,count,company,\n")
    assert raw.load().problems == []


@pytest.mark.parametrize("name", ["t1", "Table 1"])
def test_a_build_leaves_out_restricted_exhibits_and_their_ties(
    raw: RawFolder, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    text = (raw.path / "sources.yml").read_text(encoding="utf-8")
    raw.write("/sources.yml", f"{text}  restricted: [{name}]\n")
    whole = raw.load()
    assert whole.rows_in == VALID_ROWS, "kept unless a setting says otherwise"
    before = fingerprints(raw.path, load_sources(raw.path))
    monkeypatch.setenv("AI_FIGURES_RESTRICTED", "leave_out")
    load = raw.load()
    check_balance(load)
    assert load.problems == []
    assert {figure.key for figure in load.figures} == {"3a", "3b", "5a", "7a", "90a"}
    assert {term.relation_id for term in load.relations} == {"sample_2025/growth", "sample_2025/companies"}
    # a build that reads only what has changed reads this source again
    assert fingerprints(raw.path, load_sources(raw.path)) != before


def test_a_wrong_word_for_restricted_exhibits_is_refused(raw: RawFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AI_FIGURES_RESTRICTED", "yes")
    with pytest.raises(SettingsError, match="keep or leave_out"):
        load_sources(raw.path)
