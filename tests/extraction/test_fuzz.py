"""Any bytes and any text: no crash, no hang. Adversarial lines take linear time."""

# ruff: noqa: E501

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.extraction import ExtractionError, extract_document
from orchestration.extraction.pipeline import extract_text

PIECES = st.sampled_from(
    [
        "2024年",
        "2023-2028",
        "36%",
        "亿元",
        "万",
        "US$",
        "RMB",
        "1,234.5",
        "(3.2)",
        "-",
        "至",
        "到",
        "和",
        "、",
        "，",
        "。",
        ".",
        ";",
        "\n",
        "\n\n",
        "\t",
        "  ",
        " ",
        "分别",
        "同比",
        "CAGR",
        "H100",
        "GPT-4o",
        "表1：",
        "第三",
        "三成",
        "一半",
        "数千",
        "half",
        "two-thirds",
        "doubled",
        "million",
        "per million tokens",
        "from",
        "to",
        "in",
        "by",
        "*",
        "**",
        "[12]",
        "https://a.b/c?d=1",
        "０１２",
        "½",
        "²",
        "\u200b",
        "\ufeff",
        "\x00",
        "\ud7ff",
        "🚀",
        "单位：亿元",
        "<table>",
        "<tr><td>1",
        "",
        " a ",
        " 1 ",
        "\n",
        "---",
        "\n",
        "#",
        "%",
        "年",
        "Q3",
        "FY25",
        "10:30",
        "1/70",
        "24/7",
        "百分之",
        "分之一",
        "翻倍",
        "余",
        "多",
        "以上",
        "bn",
        "K",
        "B",
        "倍",
        "个百分点",
        "中国",
        "respectively",
    ]
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(parts=st.lists(PIECES, max_size=40))
def test_any_mixture_of_pieces_is_read(parts: list[str]) -> None:
    for figure in extract_text("".join(parts)):
        assert figure.unit
        assert figure.value_low <= figure.value <= figure.value_high
        assert figure.line >= 1


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    extract_text(text)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    data=st.binary(min_size=0, max_size=600),
    suffix=st.sampled_from([".txt", ".md", ".html", ".csv", ".docx", ".pdf", ".xlsx", ".xls", ".tsv"]),
)
def test_any_bytes_are_read_or_refused(data: bytes, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"bytes{suffix}"
    path.write_bytes(data)
    try:
        extract_document(path)
    except ExtractionError as error:
        assert path.name in str(error)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    cut=st.integers(0, 40000),
    flip=st.integers(0, 40000),
    name=st.sampled_from(["zh_report.pdf", "en_note.docx", "en_workbook.xlsx"]),
)
def test_damaged_documents_are_read_or_refused(cut: int, flip: int, name: str, tmp_path: Path) -> None:
    data = bytearray((Path(__file__).parent / "documents" / name).read_bytes())
    data = data[: len(data) - cut % len(data)]
    data[flip % len(data)] ^= 0x55
    path = tmp_path / name
    path.write_bytes(bytes(data))
    try:
        extract_document(path)
    except ExtractionError as error:
        assert name in str(error)


ADVERSARIAL = [
    "1", "1,", "1.", "1-", "1/", "1 ", "1%", "a1", "1a", "-", "(", "（", "[", "[1,", "$", "US$", "一", "十", "百千", "亿", "万", "年", "2024年", "2024-", "2024 ",
    "a", "a.", "a@", "a-", "A ", "http://", "www.", "the ", "from ", "to ", "half ", "one ", "twenty-", "per million ", "，", "。", "、", "；", "和", "占", "分别", "第",
    "同比", "增长", "中国", "的", "约", "近", "超", "*", "**", "|", "\t", "  ", "图1", "表", "1、", "(1)", "①", "GPT-", "Llama ", "number of a ", "users in ", "PUE", "得分",
    "2023和2024年分别为1和2，", "从1到2", "“一", "1.2.3", "+1 ", "1:", "<", "<td>", "&", "#", "\\", "1亿", "百分之", "分之", "翻", "1 in ",
]  # fmt: skip


@pytest.mark.parametrize("piece", ADVERSARIAL)
def test_adversarial_lines_take_linear_time(piece: str) -> None:
    small, large = piece * (2_000 // len(piece)), piece * (12_000 // len(piece))
    seconds = []
    for text in (small, large):
        start = time.process_time()
        extract_text(text)
        seconds.append(time.process_time() - start)
    # six times the text: six times the time, with room for noise; quadratic would be thirty-six times
    assert seconds[1] < 20 * max(seconds[0], 0.05), f"{piece!r}: {seconds[0]:.3f} s, then {seconds[1]:.3f} s"
