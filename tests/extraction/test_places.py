"""Where a figure stands, and numbers and notes that the layout of a document parts: lines, rows, sheets."""

from pathlib import Path

from orchestration.extraction import extract_document
from orchestration.extraction.model import ExtractedFigure


def _figures(tmp_path: Path, name: str, text: str) -> list[ExtractedFigure]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return [figure for figure in extract_document(path) if not figure.withheld]


def _said(figures: list[ExtractedFigure]) -> list[tuple[int, str, float, str]]:
    return [(figure.line, figure.printed, figure.value, figure.unit) for figure in figures]


def test_a_figure_of_an_html_paragraph_has_the_line_of_its_source(tmp_path: Path) -> None:
    text = "<html><body>\n<p>Sales of the firm rose by 12%\nin 2024, and staff costs\nfell by 3%.</p>\n</body></html>\n"
    assert [(f.line, f.printed) for f in _figures(tmp_path, "a.html", text)] == [(2, "12%"), (4, "3%")]


def test_a_row_of_an_html_table_is_not_sought_in_the_row_before(tmp_path: Path) -> None:
    rows = "".join(f"<tr><td>{n}</td><td>{name}</td><td>{share}%</td></tr>\n" for n, name, share in _TOWNS)
    text = f"<html><body><table>\n<tr><th>No.</th><th>Town</th><th>Share</th></tr>\n{rows}</table></body></html>\n"
    assert [(f.line, f.printed) for f in _figures(tmp_path, "a.html", text)] == [(3, "32%"), (4, "31%"), (5, "24%")]


_TOWNS = ((1, "Arl", 32), (2, "Brun", 31), (3, "Cope", 24))


def test_a_note_below_the_rows_of_a_sheet_is_running_text(tmp_path: Path) -> None:
    text = 'Plant,Output (MW),Share (%)\nArl,20,40\nBrun,30,60\n"Note: costs fell by 7% in 2024, to $3 million.",,\n'
    found = _said(_figures(tmp_path, "a.csv", text))
    assert (4, "7%", -7.0, "percent") in found
    assert (4, "$3million", 3e6, "USD") in found


def test_the_number_of_a_note_is_no_figure(tmp_path: Path) -> None:
    text = '说明,\n1,"试点企业2024年订阅收入达2,300万元，同比增长15%"\n2,"试点城市2024年共计投入1,200万元。"\n'
    found = _said(_figures(tmp_path, "a.csv", text))
    assert [(printed, value) for _, printed, value, _ in found] == [
        ("2,300万元", 2.3e7),
        ("15%", 15.0),
        ("1,200万元", 1.2e7),
    ]


def test_a_number_that_a_line_broke_is_read_whole(tmp_path: Path) -> None:
    text = (
        "报告期内公司营业收入保持增长，经营活动的现金流入达到了61,\n"
        "783.52万元，较上年增加8.5%；期末存货达到27.\n"
        "55亿元。\n"
    )
    found = _said(_figures(tmp_path, "a.txt", text))
    assert [value for _, _, value, _ in found] == [617835200.0, 8.5, 2755000000.0]


def test_a_comma_at_the_end_of_a_line_ends_a_year(tmp_path: Path) -> None:
    text = (
        "The survey was made by the agency and its partners in the spring of 2024,\n300 million dollars were spent.\n"
    )
    assert [value for _, _, value, _ in _said(_figures(tmp_path, "a.txt", text))] == [3e8]


def test_a_point_or_a_comma_at_the_end_of_an_english_line_joins_no_numbers(tmp_path: Path) -> None:
    text = (
        "The market kept growing quickly through all of the regions that we cover in 2024.\n"
        "55 percent of respondents use the tools daily, and the number of sites reached 12,\n"
        "300 units were sold by the vendor in the same year to customers of the region in 2023.\n"
    )
    values = [value for _, _, value, _ in _said(_figures(tmp_path, "a.txt", text))]
    assert 2024.55 not in values and 12300 not in values and 55 in values


def test_a_unit_beside_the_name_of_the_maker_holds_for_the_table(tmp_path: Path) -> None:
    text = (
        "编制单位：某某数据公司,,单位：万元\n项目,2024年度,2023年度\n"
        "现金流入,86412.55,61208.73\n现金流出,1204.36,893.12\n"
    )
    assert [(f.value, f.unit) for f in _figures(tmp_path, "a.csv", text)] == [
        (864125500.0, "CNY"),
        (612087300.0, "CNY"),
        (12043600.0, "CNY"),
        (8931200.0, "CNY"),
    ]


def test_units_in_thousands_is_a_scale(tmp_path: Path) -> None:
    text = "Exhibit 1 - Vendors, units in thousands\nVendor\t2023\t2024\nArl\t640\t435\nBrun\t69\t74\n"
    assert [f.value for f in _figures(tmp_path, "a.txt", text)] == [640000.0, 435000.0, 69000.0, 74000.0]
