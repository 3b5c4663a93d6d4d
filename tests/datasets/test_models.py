"""A second dataset of another kind, brought in by a drafted spec and small edits: nothing here is code for it."""

import json
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from orchestration.datasets.draft import draft_spec
from orchestration.datasets.snapshots import read_table
from orchestration.datasets.spec import Spec
from orchestration.loading import load_reference, load_sources
from orchestration.loading.load import SourceLoad, load_source
from orchestration.loading.problems import RawError
from orchestration.settings import PROJECT
from tests.datasets.made import make
from tests.datasets.made_models import HEADERS, models

DAY = date(2025, 9, 1)


def draft(tmp_path: Path, text: str, name: str = "models.csv", encoding: str = "utf-8") -> str:
    path = tmp_path / name
    path.write_text(text, encoding=encoding, newline="")
    return draft_spec(path, load_reference(PROJECT / "raw"))


def edited(spec: str) -> str:
    """What a person does with the draft: a citation, two comments that become lines, two words for places."""
    spec = re.sub("TODO how.*", "Made up", spec).replace('"Multinational": TODO', '"Multinational": ""')
    spec = re.sub(r"^# (entities:|period: \{column: \"Publication)", r"\1", spec, flags=re.M)
    words = 'words: {Multinational: "", Korea (Republic of): KOR}'
    return spec.replace('"Country (of organization)"}}', f'"Country (of organization)", {words}}}}}')


def load(raw: Path, spec: str, text: str) -> SourceLoad:
    folder = make(raw, spec, {})
    (folder / "snapshots" / f"{DAY}.csv").write_text(text, encoding="utf-8", newline="")
    return load_source(raw, load_sources(raw)["chips"], load_reference(raw))


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> SourceLoad:
    base = tmp_path_factory.mktemp("models")
    return load(base / "raw", edited(draft(base, models())), models())


def test_nine_hundred_rows_by_a_drafted_spec(loaded: SourceLoad) -> None:
    (problem,) = loaded.problems
    assert "'Auk-3 (large)' stands twice (lines 16, 18)" in str(problem)
    assert len(loaded.figures) > 2400 and loaded.rows_in == loaded.rows_loaded + 1


def test_values_keep_what_is_printed_and_their_unit(loaded: SourceLoad) -> None:
    compute = [f for f in loaded.figures if ".training_compute@" in f.figure_id]
    assert len(compute) > 300
    for figure in compute:
        assert re.fullmatch(r"\d(\.\d+)?e\+\d\d", figure.printed)
        assert figure.number == float(figure.printed) and figure.number_low < figure.number < figure.number_high
        assert figure.unit_symbol == "FLOP" and figure.basis is None
    finetune = [f for f in loaded.figures if ".finetune_compute@" in f.figure_id]
    assert finetune and {f.basis for f in finetune} == {"finetune compute"}
    cost = [f for f in loaded.figures if ".training_compute_cost@" in f.figure_id]
    assert {(f.unit_symbol, f.basis) for f in cost} == {("USD", "2023 prices")}
    accuracy = [f for f in loaded.figures if f.indicator == "accuracy"]
    assert accuracy and all(f.printed == f"{f.number}%" and f.unit_symbol == "%" for f in accuracy)


def test_dates_of_any_precision_are_periods(loaded: SourceLoad) -> None:
    lengths = {len(f.period_label or "") for f in loaded.figures}
    assert lengths == {0, 4, 7, 10}


def test_the_draft_is_a_spec_and_says_why_columns_are_left_out(tmp_path: Path) -> None:
    spec = yaml.safe_load(draft(tmp_path, models(60)))
    left = spec["left_out"]
    wanted = {entry["column"] for entry in spec["columns"]}
    remarks = {entry["note"]["column"] for entry in spec["columns"] if "note" in entry}
    assert "Parameters notes" in remarks and not (wanted | remarks) & set(left)
    assert wanted | remarks | set(left) | {"Model"} == set(HEADERS)
    assert left["Link"] == "addresses" and left["Foundation model"] == "a flag" and left["Abstract"] == "running text"
    assert left["Publication date"] == "dates" and left["Approach"] == "empty"
    assert left["Training dataset size (datapoints)"].startswith("TODO a number")


def test_the_draft_proposes_what_a_person_confirms(tmp_path: Path) -> None:
    text = """\
Model,Developer,Country,Parameters,Parameters notes,Tokens,Confidence,Words read
Owl-1,NVIDIA,China,7e9,as printed,1e12,Confident,8
Owl-1,Alibaba,"France, Elsewhere",8e9,,2e12,Likely,7
DeepSeek_V3,DeepSeek,China,6.71e11,,1.48e13,Confident,8
Owl-2,Google,China,9e9,,1e13,Likely,7
"""
    drafted = draft(tmp_path, text)
    for line in (
        '# key: [{column: "Model"}, {column: "Developer"}] and entity: {column: "Model"}',
        '# entities: {kind: model, country: {column: "Country", words: {"Elsewhere": TODO}}, '
        'maker: {column: "Developer"}}',
        '# entity: {column: "Model", words: {"DeepSeek_V3": "DeepSeek V3"}}',
        '# status: {column: "Confidence", words: {"Confident": estimate, "Likely": estimate}, default: estimate}',
        'counted: parameter, range: [0, 6.71e+12], note: {column: "Parameters notes"}}',
    ):
        assert line in drafted, drafted
    left = yaml.safe_load(drafted)["left_out"]
    assert left["Words read"].startswith("TODO a number") and "Parameters notes" not in left


def test_a_column_may_take_its_basis_note_and_qualifier_from_others(tmp_path: Path) -> None:
    spec = """\
format: csv
citation: Made up
key: {column: Model}
entities: {kind: model, country: {column: Country, words: {Everywhere: ""}}}
qualifier: {column: Confidence, words: {Likely: about}, default: ""}
columns:
  - column: Compute (FLOP)
    key: compute
    indicator: training_compute
    unit: header
    period: {column: Trained}
    status: {column: Confidence, words: {Confident: actual}, default: estimate}
    note: {column: Compute notes}
"""
    text = """\
Model,Country,Confidence,Trained,Compute (FLOP),Compute notes
Owl-1,United States of America,Confident,2024-05-13 10:00:00+00:00,2.1e+25,"6ND,
as said"
Owl-2,Everywhere,Likely,2023,1e24,
Owl-3,"France, China",Guess,sometime,1e24,
"""
    found = load(tmp_path / "raw", spec, text)
    (problem,) = found.problems
    assert "'sometime' is no period" in str(problem) and problem.line == 5 and problem.remedy
    one, two = sorted(found.figures, key=lambda f: f.figure_id)
    assert (one.status, one.period_label, one.note, one.qualifier) == ("actual", "2024-05-13", "6ND, as said", None)
    assert (two.status, two.period_label, two.qualifier) == ("estimate", "2023", "about")
    columns, rows = load_reference(tmp_path / "raw").tables["entities"]
    country = {row[0]: row[columns.index("country")] for row in rows}
    assert (country["Owl-1"], country["Owl-2"]) == ("USA", "")


def test_many_bad_cells_of_one_column_are_told_together(tmp_path: Path) -> None:
    text = "Model,Parameters\n" + "".join(f"Owl-{n},some\n" for n in range(310))
    spec = (
        "format: csv\ncitation: none\nkey: {column: Model}\nentities: {kind: model}\ncolumns:\n"
        '  - {column: Parameters, key: p, indicator: model_parameters, unit: "", counted: parameter}\n'
    )
    found = load(tmp_path / "raw", spec, text)
    assert len(found.problems) == 6 and "305 more cells of this column" in str(found.problems[-1])


def _xlsx(path: Path, rows: list[list[Any]]) -> None:
    """The least that is a workbook: one sheet, inline strings, one style for days."""

    def cell(value: object) -> str:
        if isinstance(value, bool):
            return f'<c t="b"><v>{int(value)}</v></c>'
        if isinstance(value, datetime):
            return f'<c s="1"><v>{(value - datetime(1899, 12, 30)).days}</v></c>'
        if isinstance(value, str):
            return f'<c t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'
        return "<c/>" if value is None else f"<c><v>{value!r}</v></c>"

    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    lines = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{kinds}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{kinds}"><sheets>'
        '<sheet name="Models" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{kinds}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{kinds}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/>'
        "</cellXfs></styleSheet>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w") as book:
        for name, text in parts.items():
            book.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')


_ROWS = [
    ["Owl-1", datetime(2024, 5, 13), 2.5e25, "a, b\nc", True],
    ["Owl-2", datetime(2025, 2, 1), None, "", False],
]
_HEADERS = ["Model", "Published", "Compute (FLOP)", "Notes", "Open"]


def _records() -> list[dict[str, Any]]:
    records = [dict(zip(_HEADERS, row, strict=True)) for row in _ROWS]
    return [record | {"Published": f"{record['Published']:%Y-%m-%d}"} for record in records]


_WRITERS: dict[str, Callable[[Path], object]] = {
    "tsv": lambda path: path.write_text(
        '\ufeffModel\tPublished\tCompute (FLOP)\tNotes\tOpen\nOwl-1\t2024-05-13\t2.5e+25\t"a, b\nc"\tTrue\n'
        "Owl-2\t2025-02-01\t\t\tFalse\n",
        encoding="utf-8",
    ),
    "json": lambda path: path.write_text("\ufeff" + json.dumps({"data": _records()}), encoding="utf-8"),
    "parquet": lambda path: pl.DataFrame(_ROWS, schema=_HEADERS, orient="row").write_parquet(path),
    "xlsx": lambda path: _xlsx(path, [_HEADERS, *_ROWS]),
}


@pytest.mark.parametrize("form", _WRITERS)
def test_every_format_gives_the_same_table(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"{DAY}.{form}"
    _WRITERS[form](path)
    spec = Spec("dataset.yml", form, "", "", "by hand", (("Model",),), {}, (), {}, {}, "", {})
    table = read_table(path, tmp_path, spec, DAY)
    assert list(table.headers) == _HEADERS
    texts = [list(cells) for _, cells in table.rows]
    assert [text[:2] for text in texts] == [["Owl-1", "2024-05-13"], ["Owl-2", "2025-02-01"]]
    assert [text[2] and float(text[2]) for text in texts] == [2.5e25, ""]
    assert [text[3] for text in texts] == ["a, b\nc", ""]
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(RawError) as error:
        read_table(path, tmp_path, spec, DAY)
    assert error.value.problem.remedy


def test_a_doubled_header_that_nobody_reads_is_numbered(tmp_path: Path) -> None:
    path = tmp_path / f"{DAY}.csv"
    path.write_text("Model,Notes,Notes\nOwl-1,a,b\n")
    spec = Spec("dataset.yml", "csv", "", "", "by hand", (("Model",),), {}, (), {}, {}, "", {})
    assert read_table(path, tmp_path, spec, DAY).headers == ("Model", "Notes", "Notes [2]")


def test_semicolons_are_told(tmp_path: Path) -> None:
    with pytest.raises(RawError, match="separated by ';'"):
        draft(tmp_path, "Model;Published;Parameters\nOwl-1;2024;7,5\n")


def test_another_encoding_is_found(tmp_path: Path) -> None:
    text = "Model,Parameters\nOwl é,1\nOwl ü,2\n"
    assert "encoding: cp1252" in draft(tmp_path, text, "a.csv", "cp1252")
    assert "encoding: utf-16" in draft(tmp_path, text, "b.csv", "utf-16")
