"""Makes the documents of `tests/extraction/documents/` (needs reportlab and openpyxl; run by hand, results are committed).

Contents are our own: the figures in them are invented.
"""

# ruff: noqa: E501

from pathlib import Path

FOLDER = Path(__file__).parent / "documents"

ZH_PARAGRAPHS = [
    "2024年，甲国云岭省智能算力规模达到86.4 EFLOPS，同比增长41.5%，预计2027年将达到240 EFLOPS。",
    "截至2024年底，全省共有人工智能企业1,358家，其中独角兽企业12家；从业人员约9.6万人，六成以上分布在省会。",
    "2022年和2023年，全省人工智能领域融资额分别为78亿元和105亿元。（联系电话：010-66668888，第3页，见表1）",
]
ZH_TABLE = [
    ["指标", "2022", "2023", "2024E"],
    ["市场规模（亿元）", "310.5", "398.2", "512.0"],
    ["同比增速（%）", "18.2", "28.2", "28.6"],
    ["企业数量（家）", "980", "1,160", "1,358"],
    ["净利润（亿元）", "12.4", "(3.1)", "5.6"],
]


def zh_pdf(path: Path) -> None:
    """A Chinese report of two pages with a ruled table."""
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    body = ParagraphStyle("body", fontName="STSong-Light", fontSize=11, leading=16, wordWrap="CJK")
    head = ParagraphStyle("head", parent=body, fontSize=15, leading=22)
    table = Table(ZH_TABLE)
    table.setStyle(
        TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("FONTNAME", (0, 0), (-1, -1), "STSong-Light")])
    )
    story = [Paragraph("云岭省人工智能产业简报", head), Paragraph("发布日期：2025年3月18日", body), Spacer(1, 10)]
    story += [Paragraph(text, body) for text in ZH_PARAGRAPHS]
    story += [PageBreak(), Paragraph("表1：云岭省人工智能市场", body), table]
    SimpleDocTemplate(str(path), pagesize=A4, invariant=1).build(story)


def en_docx(path: Path) -> None:
    """An English note with a heading, two paragraphs and a table."""
    import docx

    document = docx.Document()
    document.add_heading("AI chips in Singapore: market note", 0)
    document.add_paragraph("Published: 12 February 2025")
    document.add_heading("Market", 1)
    document.add_paragraph(
        "Sales of AI accelerators in Singapore reached US$2.35 billion in 2024, up 38% year on year, "
        "and are forecast to hit US$6.1 billion by 2028, a CAGR of 26.9%."
    )
    document.add_paragraph(
        "Two-thirds of the 420 firms surveyed use GPT-4o or Llama 3.1 405B; see Table 1 and call +65 6123 4567."
    )
    document.add_paragraph("Table 1: Shipments and prices", style="Caption")
    rows = [
        ("Item", "2022", "2023", "2024"),
        ("Shipments (thousand units)", "41.5", "66.0", "97.3"),
        ("Average price (US$)", "18,200", "20,150", "24,100"),
        ("Import share (%)", "99.1", "98.4", "96.7"),
    ]
    table = document.add_table(rows=0, cols=4)
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.save(str(path))


def en_xlsx(path: Path) -> None:
    """A workbook with a unit line, years in columns, a percent format and a second sheet."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Revenue"
    for row in (
        ["Cloud revenue by vendor"],
        ["Unit: US$ million"],
        ["Vendor", 2022, 2023, "2024E"],
        ["Nimbus", 1204.5, 1530, 1990],
        ["Stratus", 860, None, 1015.25],
    ):
        sheet.append(row)
    other = book.create_sheet("Penetration")
    other.append(["Country", "Year", "AI adoption rate", "Respondents"])
    other.append(["Japan", 2024, 0.365, 1200])
    other.append(["France", 2024, 0.41, 950])
    for cell in ("C2", "C3"):
        other[cell].number_format = "0.0%"
    book.save(path)


def broken(folder: Path) -> None:
    """An encrypted PDF, a scanned one (an image without text), a truncated one."""
    from reportlab.lib.pagesizes import A6
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(
        str(folder / "encrypted.pdf"), pagesize=A6, encrypt=StandardEncryption("secret", ownerPassword="owner")
    )
    canvas.drawString(40, 300, "Revenue was $5 million in 2024.")
    canvas.save()
    canvas = Canvas(str(folder / "scanned.pdf"), pagesize=A6, invariant=1)
    for _ in range(2):
        canvas.rect(20, 20, 200, 300, fill=1)
        canvas.showPage()
    canvas.save()
    whole = (folder / "zh_report.pdf").read_bytes()
    (folder / "truncated.pdf").write_bytes(whole[: len(whole) // 3])


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    zh_pdf(FOLDER / "zh_report.pdf")
    en_docx(FOLDER / "en_note.docx")
    en_xlsx(FOLDER / "en_workbook.xlsx")
    broken(FOLDER)
