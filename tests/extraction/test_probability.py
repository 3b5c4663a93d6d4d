"""What the probability of a figure warns of: units that stand elsewhere than beside the number."""

from pathlib import Path

from orchestration.extraction import extract_document


def test_a_percentage_by_its_head_alone_is_less_sure_than_a_printed_sign(tmp_path: Path) -> None:
    document = tmp_path / "a.md"
    document.write_text(
        "| Vendor | Share (%) | Growth |\n|---|---|---|\n| North | 41 | 12.5% |\n"
        "| South | 33 | 8.4% |\n| West | 260 | 3.1% |\n",
        encoding="utf-8",
    )
    sure = {f.printed: f.confidence for f in extract_document(document)}
    assert sure["12.5%"] > sure["41"] > sure["260"]


def test_a_count_is_less_sure_than_an_amount(tmp_path: Path) -> None:
    document = tmp_path / "a.txt"
    document.write_text("In 2024 the firm sold 41,200 servers for $812 million.\n", encoding="utf-8")
    by_unit = {f.unit: f.confidence for f in extract_document(document)}
    assert by_unit["USD"] > by_unit["count"]


def test_a_bound_is_less_sure_than_an_amount(tmp_path: Path) -> None:
    document = tmp_path / "a.txt"
    document.write_text("Deals of more than $812 million were rare. One deal was of $813 million.\n", encoding="utf-8")
    bound, amount = (f.confidence for f in extract_document(document))
    assert bound < amount


def test_an_amount_that_its_column_calls_a_share_is_less_sure(tmp_path: Path) -> None:
    document = tmp_path / "a.md"
    document.write_text(
        "| Goods | Value ($m) | Share ($m) |\n|---|---:|---:|\n| Pumps | 41.5 | 33.5 |\n| Fans | 82.5 | 66.5 |\n",
        encoding="utf-8",
    )
    sure = {f.printed: f.confidence for f in extract_document(document)}
    assert sure["33.5"] < sure["41.5"]
