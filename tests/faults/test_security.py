"""Raw files and documents are data: nothing in them is executed, reaches other files, or leaks what it should not."""

import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.cli import main
from orchestration.defs.metadata import preview
from orchestration.extraction import ExtractionError, extract_document, promotion
from orchestration.extraction.commands import csv_cell
from orchestration.extraction.isolation import DocumentReader
from orchestration.inbox.documents import load_documents
from orchestration.loading import files, load_reference, load_source, load_sources
from orchestration.loading.files import read_yaml
from orchestration.loading.problems import RawError
from orchestration.quality import checks
from orchestration.settings import PROJECT, Settings
from orchestration.site.warehouse import open_warehouse
from orchestration.store.build import open_build
from orchestration.store.publication import publish
from orchestration.store.published import open_published
from orchestration.store.registry_rows import write_registry
from tests.faults.support import python, settings_in, small_build, start
from tests.site.tiny import write_tiny
from tests.sql_blocks import Block, run_block

# --- the published file, opened by our own tools ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/hostname')",
        "copy core.figures to '{folder}/stolen.csv'",
        "attach '{folder}/other.duckdb'",
        "install httpfs",
        "set enable_external_access = true",
        "delete from core.figures",
        "create table core.more as select 1 as one",
        "drop table core.figures",
    ],
)
def test_a_query_reads_the_published_file_and_nothing_else(tmp_path: Path, statement: str) -> None:
    settings = settings_in(tmp_path)
    small_build(settings.build_file, 3)
    publish(settings.build_file, settings.history_file, settings.published_file)
    with open_published(settings.published_file) as connection, pytest.raises(duckdb.Error):
        connection.execute(statement.format(folder=tmp_path)).fetchall()
    with open_published(settings.published_file) as connection:
        assert connection.execute("select count(*) from core.figures").fetchall() == [(3,)]
    assert not list(tmp_path.glob("*.csv")) and not (tmp_path / "other.duckdb").exists()


# what writes the build or the history, the publication itself, which writes the file before it is published, and the
# copy of the raw rows that Spark reads
_WRITERS = {
    "store/build.py": 2,
    "transform/again.py": 1,
    "transform/models.py": 1,
    "driver/pipeline.py": 2,
    "store/data_package.py": 1,
    "store/public_copy.py": 1,
    "store/published.py": 1,
    "store/verification.py": 1,
    "quality/history.py": 1,
    "transform/spark.py": 1,
}


def test_nothing_else_of_ours_opens_a_database_by_itself() -> None:
    """Site, summaries, previews and checks go through ``open_published`` or ``connect_read_only``."""
    folder = PROJECT / "orchestration"
    counts = {
        str(path.relative_to(folder)): len(re.findall(r"duckdb\.connect\(", path.read_text(encoding="utf-8")))
        for path in folder.rglob("*.py")
    }
    assert {path: count for path, count in counts.items() if count} == _WRITERS
    published = {
        "published.py": "str(database), read_only=True",  # connect_read_only
        "verification.py": '":memory:"',  # runs no text that it reads
        "public_copy.py": '":memory:"',  # of the build
        "data_package.py": "str(database), read_only=True",  # before the file is published
    }
    for name, how in published.items():
        text = (folder / "store" / name).read_text(encoding="utf-8")
        assert re.findall(r"duckdb\.connect\((.*)\)", text) == [how]


STEAL = "select content as figure_id from read_text('/etc/hostname')"


@pytest.mark.parametrize("tool", ["preview", "site", "documented query", "Great Expectations", "failing rows"])
def test_each_tool_of_ours_reads_the_published_file_and_nothing_else(tool: str, tmp_path: Path) -> None:
    settings = settings_in(tmp_path, project=tmp_path)
    file = settings.published_file
    file.parent.mkdir(parents=True)
    write_tiny(file)
    refused = "(?i)disabled by configuration"
    if tool == "preview":
        with pytest.raises(duckdb.Error, match=refused):
            preview(file, STEAL)
    elif tool == "site":
        with open_warehouse(file) as warehouse, pytest.raises(duckdb.Error, match=refused):
            warehouse.rows(STEAL)
    elif tool == "documented query":
        assert "disabled by configuration" in run_block(Block(1, STEAL, (), 0, 0), file).error
    else:
        (tmp_path / "expectations").mkdir()
        (tmp_path / "expectations" / "core.yml").write_text(
            "expectations:\n  - {name: steal, table: core.figures, type: unexpected_rows, severity: critical, "
            f'blocking: true, description: d, query: "{STEAL}"}}\n',
            encoding="utf-8",
        )
        (result,) = checks.run_checks(settings, file)
        assert not result.success and result.sample in (None, ()) and "Could not be evaluated" in result.message
        if tool == "failing rows":
            assert checks.failing_rows(settings, file, result) == []


HOSTILE = "'); drop table core.figures; -- <script>alert(1)</script> {{ env_var('HOME') }} ${HOME} =1+1 \U0001f4a3"


def test_hostile_text_is_published_as_it_stands(tmp_path: Path) -> None:
    """SQL, markup, templates and formulas in values and in comments: copied, never run."""
    settings = settings_in(tmp_path / "it's a folder; drop table x")
    small_build(settings.build_file, 3)
    with duckdb.connect(str(settings.build_file)) as connection:
        connection.execute("update core.figures set printed = ?", [HOSTILE])
        connection.execute("alter table core.sources rename licence to rights")
        connection.execute("update core.sources set title = ?, rights = ?", [HOSTILE, HOSTILE])
        literal = HOSTILE.replace("'", "''")
        connection.execute(f"comment on column core.figures.printed is '{literal}'")
    publish(settings.build_file, settings.history_file, settings.published_file)
    with open_published(settings.published_file) as connection:
        assert connection.execute("select distinct printed from core.figures").fetchall() == [(HOSTILE,)]
        comments = connection.execute(
            "select comment from duckdb_columns() where comment is not null and schema_name <> 'quality'"
        ).fetchall()
    assert comments == [(HOSTILE,)]
    package = json.loads((settings.published / "datapackage.json").read_text(encoding="utf-8"))
    assert package["sources"][0]["rights"] == HOSTILE


# --- raw files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object/apply:os.system ['touch {mark}']",
        "- !!python/object/new:subprocess.Popen [['touch', '{mark}']]",
        "a: !!python/name:os.system",
        "a: !!python/module:os",
    ],
)
def test_yaml_tags_are_refused_not_run(tmp_path: Path, text: str) -> None:
    mark = tmp_path / "executed"
    (tmp_path / "x.yml").write_text(text.replace("{mark}", str(mark)), encoding="utf-8")
    with pytest.raises(RawError, match=r"raw/x\.yml:1: broken YAML"):
        read_yaml(tmp_path / "x.yml", tmp_path)
    assert not mark.exists()


RAW = """
- source_id: good
  title: T
  publisher: P
  language: en
  kind: k
  file: {file}
"""


def _raw(tmp_path: Path, file: str = "good.txt") -> Path:
    raw = tmp_path / "raw"
    (raw / "good" / "figures").mkdir(parents=True)
    (raw / "sources.yml").write_text(RAW.format(file=file), encoding="utf-8")
    (raw / "reference").symlink_to(PROJECT / "raw" / "reference")
    return raw


@pytest.mark.parametrize("source_id", ["../outside", "a/b", "/etc", "a'b", "..", "a;b", "<b>"])
def test_a_source_id_is_no_path_and_no_sql(tmp_path: Path, source_id: str) -> None:
    raw = _raw(tmp_path)
    (raw / "sources.yml").write_text(RAW.format(file="x").replace("good", json.dumps(source_id)), encoding="utf-8")
    sources = load_sources(raw)
    assert not sources and "no identifier" in sources.problems[0].message


@pytest.mark.parametrize("file", ["../../etc/passwd", "/etc/passwd", "a/../../b"])
def test_the_file_of_a_source_is_a_plain_name(tmp_path: Path, file: str) -> None:
    sources = load_sources(_raw(tmp_path, file))
    assert not sources and "no file name" in sources.problems[0].message


@pytest.mark.parametrize("linked", ["figures/x.csv", "tables/x.yml", "relations/x.yml", "figures"])
def test_a_link_out_of_raw_is_not_read(tmp_path: Path, linked: str) -> None:
    """A file, or the folder it is in, that is a link: one problem with the remedy, and nothing of what it leads to."""
    (tmp_path / "secret").mkdir()
    secret = tmp_path / "secret" / "x.csv"
    secret.write_text("token\nabc123\n", encoding="utf-8")
    raw = _raw(tmp_path)
    place = raw / "good" / linked
    place.parent.mkdir(exist_ok=True)
    if linked == "figures":
        place.rmdir()
    if linked.startswith("tables"):
        place.with_suffix(".csv").write_text("a,b\n", encoding="utf-8")
    place.symlink_to(secret.parent if linked == "figures" else secret)
    load = load_source(raw, load_sources(raw)["good"], load_reference(PROJECT / "raw"))
    (problem,) = load.problems
    assert "a link that leads out of raw/. Put the file itself in its place" in str(problem)
    assert problem.file.startswith(f"good/{linked}")
    assert load.rows_in == 1 and "abc123" not in str(load)


def test_a_registry_that_is_a_link_out_of_raw_is_not_read(tmp_path: Path) -> None:
    raw = _raw(tmp_path)
    (raw / "sources.yml").rename(tmp_path / "elsewhere.yml")
    (raw / "sources.yml").symlink_to(tmp_path / "elsewhere.yml")
    with pytest.raises(RawError, match=r"raw/sources\.yml:0: the file is a link that leads out of raw/"):
        load_sources(raw)


def test_a_link_inside_raw_and_a_linked_raw_folder_are_read(tmp_path: Path) -> None:
    raw = _raw(tmp_path)
    (raw / "registry.yml").write_bytes((raw / "sources.yml").read_bytes())
    (raw / "sources.yml").unlink()
    (raw / "sources.yml").symlink_to("registry.yml")
    (tmp_path / "linked").symlink_to(raw)
    assert list(load_sources(tmp_path / "linked")) == ["good"]


def _inbox(tmp_path: Path) -> tuple[Settings, Path]:
    raw = tmp_path / "raw"
    shutil.copytree(PROJECT / "raw" / "reference", raw / "reference")
    (raw / "sources.yml").write_text(RAW.format(file="good.txt"), encoding="utf-8")
    (raw / "inbox").mkdir()
    return settings_in(tmp_path, raw), raw / "inbox"


def test_a_link_in_the_inbox_is_one_quarantined_row(tmp_path: Path) -> None:
    """To a file, a folder, nothing, itself: nothing is read, nothing stops the documents beside it."""
    (tmp_path / "secret.txt").write_text("Revenue grew 98.7% in 2024.", encoding="utf-8")
    (tmp_path / "secret folder").mkdir()
    settings, inbox = _inbox(tmp_path)
    targets = ("secret.txt", "secret folder", "nowhere.txt", "raw/inbox/nowhere.txt", "raw/inbox/link4.txt")
    for number, target in enumerate(targets):
        (inbox / f"link{number}.txt").symlink_to(tmp_path / target)
    (inbox / "report.txt").write_text("Revenue grew 12% in 2024.", encoding="utf-8")
    *linked, report = load_documents(settings)
    assert [[str(problem) for problem in link.problems] for link in linked] == [
        [
            f"raw/inbox/link{number}.txt:0: link{number}.txt: the document is a link that leads out of the inbox, or "
            "to nothing. Put the document itself in its place"
        ]
        for number in range(len(targets))
    ]
    assert [(link.rows_in, link.figures) for link in linked] == len(targets) * [(1, [])]
    assert [figure.printed for figure in report.figures] == ["12%"]


YAML_BOMB = """
    import resource, sys
    from pathlib import Path

    resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
    from orchestration.store.build import open_build
    from orchestration.store.registry_rows import _write_decisions

    raw = Path(sys.argv[1])
    connection = open_build(raw / "b.duckdb")
    _write_decisions(connection, raw)
    print(connection.execute("select count(*) from raw.quarantine").fetchall()[0][0])
"""


def test_a_yaml_bomb_in_the_decisions_is_quarantined(tmp_path: Path) -> None:
    """Nested aliases: 400 bytes that are ten thousand million entries when written out."""
    lines = ["- &a [x, x, x, x, x, x, x, x, x, x]"]
    names = "abcdefghij"
    lines += [f"- &{name} [{', '.join(['*' + before] * 10)}]" for before, name in pairwise(names)]
    (tmp_path / "decisions.yml").write_text("\n".join(lines), encoding="utf-8")
    done = python(YAML_BOMB, tmp_path, timeout=60)
    assert done.returncode == 0, done.stderr[-600:]
    assert int(done.stdout) == len(lines)


@pytest.mark.parametrize(
    "entry",
    [
        "- {finding: [a], decision: accepted, reason: r, expect: {code: c}}",
        "- {finding: f, decision: {a: b}, reason: r, expect: {code: c}}",
        "- {finding: f, decision: accepted, reason: r, expect: {code: c}, corrected: text}",
        "- text",
        "finding: f",
    ],
)
def test_a_decision_of_another_shape_is_quarantined(tmp_path: Path, entry: str) -> None:
    raw = _raw(tmp_path)
    (raw / "decisions.yml").write_text(entry, encoding="utf-8")
    with open_build(tmp_path / "b.duckdb") as connection:
        problems = write_registry(connection, load_sources(raw), load_reference(PROJECT / "raw"), raw)
    assert [problem.file for problem in problems] == ["decisions.yml"] * len(problems) != []


# --- documents --------------------------------------------------------------------------------------------------------

EXTRACT = """
    import resource, sys
    from pathlib import Path

    resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from orchestration.extraction import ExtractionError, extract_document

    try:
        print([figure.printed for figure in extract_document(Path(sys.argv[1]))])
    except ExtractionError as error:
        print("refused:", error)
"""


def _docx(path: Path, document_xml: list[bytes]) -> Path:
    import docx

    docx.Document().save(str(path.with_suffix(".plain")))
    with (
        zipfile.ZipFile(path.with_suffix(".plain")) as plain,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for info in plain.infolist():
            if info.filename != "word/document.xml":
                archive.writestr(info, plain.read(info))
        with archive.open("word/document.xml", "w", force_zip64=True) as handle:
            for part in document_xml:
                handle.write(part)
    return path


_NAMESPACE = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _document(text: bytes, doctype: bytes = b"") -> bytes:
    body = b"<w:body><w:p><w:r><w:t>" + text + b"</w:t></w:r></w:p></w:body>"
    return b'<?xml version="1.0"?>' + doctype + b"<w:document " + _NAMESPACE + b">" + body + b"</w:document>"


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    """A document of 1 MB that unpacks to 1.2 GB."""
    bomb = _docx(tmp_path / "bomb.docx", [b" " * (8 << 20)] * 150)
    assert bomb.stat().st_size < 3 << 20
    done = python(EXTRACT, bomb)
    assert done.returncode == 0 and "refused:" in done.stdout and "unpacks to more than" in done.stdout, done.stderr


def test_entities_of_a_document_are_not_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("revenue of 987654 million", encoding="utf-8")
    doctype = f'<!DOCTYPE w [<!ENTITY x SYSTEM "file://{secret}">]>'.encode()
    done = python(EXTRACT, _docx(tmp_path / "x.docx", [_document(b"&x; grew 12% in 2024", doctype)]))
    assert done.returncode == 0, done.stderr
    assert "987654" not in done.stdout
    laughs = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    doctype = f'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">{laughs}]>'.encode()
    done = python(EXTRACT, _docx(tmp_path / "y.docx", [_document(b"&j;", doctype)]))
    assert done.returncode == 0, done.stderr


def test_scripts_in_a_document_are_not_read(tmp_path: Path) -> None:
    page = tmp_path / "x.html"
    page.write_text("<script>document.write('grew 99%')</script><p>Revenue grew 12% in 2024.</p>", encoding="utf-8")
    assert python(EXTRACT, page).stdout == "['12%']\n"


def _far_cell(path: Path) -> Path:
    """A workbook of two cells, A1 and XFD1048576, in 2 kB."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"

    def relation(to: str, target: str) -> str:
        inner = f'<Relationship Id="r1" Type="{office}/{to}" Target="{target}"/>'
        return f'<Relationships xmlns="{package}/relationships">{inner}</Relationships>'

    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": relation("officeDocument", "xl/workbook.xml"),
        "xl/_rels/workbook.xml.rels": relation("worksheet", "worksheets/sheet1.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>5</v></c></row></sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


GOOD = "Revenue grew 12% in 2024.\n"


def _extracted(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[dict[str, str]], str]:
    """Exit code, rows and complaints of `ai-figures extract`."""
    code = main(["extract", *map(str, arguments)])
    told = capsys.readouterr()
    return code, list(csv.DictReader(io.StringIO(told.out, newline=""))), told.err


def test_a_document_that_ends_its_reader_is_refused_and_the_others_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sheet with one far cell: calamine asks for 512 GB and aborts."""
    (tmp_path / "a.txt").write_text(GOOD, encoding="utf-8")
    _far_cell(tmp_path / "b.xlsx")
    (tmp_path / "c.txt").write_text(GOOD, encoding="utf-8")
    code, rows, complaints = _extracted(capsys, tmp_path)
    assert code == 1
    assert [(Path(row["file"]).name, row["printed"]) for row in rows] == [("a.txt", "12%"), ("c.txt", "12%")]
    assert "b.xlsx: reading it ended the process (SIGABRT), probably for want of memory" in complaints
    assert "split it, or export it as text" in complaints


def test_such_a_document_in_the_inbox_is_one_quarantined_row(tmp_path: Path) -> None:
    settings, inbox = _inbox(tmp_path)
    _far_cell(inbox / "a.xlsx")
    (inbox / "b.txt").write_text(GOOD, encoding="utf-8")
    far, good = load_documents(settings)
    assert far.rows_in == len(far.problems) == 1 and "ended the process" in far.problems[0].message
    assert good.rows_in == good.rows_loaded == 1


@pytest.mark.parametrize("tag", ["div", "section", "ul><li", "font size={}", "blockquote"])
def test_html_nested_without_end_is_refused(tmp_path: Path, tag: str) -> None:
    """300,000 open tags: the parser looks through all of them at each new one."""
    page = tmp_path / "x.html"
    page.write_text("".join(f"<{tag.format(i)}>" for i in range(300_000)) + GOOD, encoding="utf-8")
    with pytest.raises(ExtractionError, match="tags nested more than 20000 deep; export it as text"):
        extract_document(page)


@pytest.mark.parametrize(
    "page",
    [
        "<p>note<br>" * 30_000,  # never closed, never nested
        "<div><b>note</b></div>\n" * 30_000,
        "<table>" + "<tr><td>note<td>more" * 20_000 + "</table>",
        "<div>" * 2_000 + "</div>" * 2_000,
    ],
)
def test_long_html_is_not_taken_for_deep(tmp_path: Path, page: str) -> None:
    (tmp_path / "x.html").write_text(f"{page}<p>{GOOD}</p>", encoding="utf-8")
    assert [figure.printed for figure in extract_document(tmp_path / "x.html")] == ["12%"]


def _slow_page(path: Path) -> Path:
    """Open tags that differ take the parser seconds, and are not yet too many to be read at all."""
    path.write_text("".join(f"<font size={i}>" for i in range(19_000)) + GOOD, encoding="utf-8")
    return path


def test_a_document_that_takes_too_long_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(GOOD, encoding="utf-8")
    slow = _slow_page(tmp_path / "x.html")
    with DocumentReader(patience=0.4) as reader:
        with pytest.raises(ExtractionError, match=r"x\.html: one line, table or page took more than 0\.4 s to read"):
            list(reader.figures(slow))
        assert [figure.printed for figure in reader.figures(tmp_path / "good.txt")] == ["12%"]


def test_memory_that_does_not_suffice_is_told_and_the_next_document_is_read(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(GOOD, encoding="utf-8")
    (tmp_path / "x.html").write_text("<p>" + "x" * (200 << 20), encoding="utf-8")
    with DocumentReader(memory=300 << 20) as reader:
        with pytest.raises(ExtractionError, match=r"x\.html: .*memory.*split it, or export it as text"):
            list(reader.figures(tmp_path / "x.html"))
        assert [figure.printed for figure in reader.figures(tmp_path / "good.txt")] == ["12%"]


def test_the_guarded_process_reads_what_this_one_reads(tmp_path: Path) -> None:
    """The same figures with all their fields, by one process for all documents; half a document does no harm."""
    documents = sorted((PROJECT / "tests" / "extraction" / "documents").glob("*_*.*"))
    with DocumentReader() as reader:
        assert next(reader.figures(documents[0])).printed
        assert len(documents) == 3
        processes = set()
        for document in documents:
            assert list(reader.figures(document)) == extract_document(document)
            processes.add(reader.process_id)
        assert len(processes) == 1


def test_the_guarded_process_ends_with_the_command(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(GOOD, encoding="utf-8")
    with DocumentReader() as reader:
        list(reader.figures(tmp_path / "x.txt"))
        process = reader.process_id
        assert process is not None
        os.kill(process, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


READING = """
    import sys, time
    from pathlib import Path
    from orchestration.extraction.isolation import DocumentReader

    reader = DocumentReader()
    list(reader.figures(Path(sys.argv[1])))
    print(reader.process_id, flush=True)
    time.sleep(600)
"""


def test_the_guarded_process_ends_with_the_one_that_was_killed(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(GOOD, encoding="utf-8")
    process = start(READING, tmp_path / "x.txt")
    assert process.stdout is not None
    reader = int(process.stdout.readline())
    os.kill(process.pid, signal.SIGKILL)  # this process alone, not its group
    process.communicate()
    for _ in range(300):
        if not Path(f"/proc/{reader}").exists() or "Z" in Path(f"/proc/{reader}/stat").read_text().split()[2]:
            break
        time.sleep(0.1)
    else:
        os.kill(reader, signal.SIGKILL)
        pytest.fail("the reading process outlives its parent")


def test_no_module_beside_the_documents_is_imported(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("open('executed', 'w')", encoding="utf-8")
    (tmp_path / "x.txt").write_text(GOOD, encoding="utf-8")
    command = [str(Path(sys.executable).with_name("ai-figures")), "extract", "x.txt"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and ",12%," in done.stdout, done.stderr
    assert not (tmp_path / "executed").exists()


def test_a_folder_is_read_without_the_links_out_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "secret.txt").write_text("Revenue grew 98.7% in 2024.", encoding="utf-8")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "good.txt").write_text(GOOD, encoding="utf-8")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    code, rows, complaints = _extracted(capsys, folder)
    assert code == 1 and [row["printed"] for row in rows] == ["12%"]
    assert "link.txt: a link that leads out of" in complaints and "name its target" in complaints
    # named by the user it is read
    assert [row["printed"] for row in _extracted(capsys, folder / "link.txt")[1]] == ["98.7%"]


def test_no_cell_of_an_export_is_a_formula(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not the name of the file, not the text; the first apostrophe taken off, the text is there again."""
    document = tmp_path / "x.txt"
    text = '=HYPERLINK("http://example.org") Revenue grew 12% in 2024.'
    document.write_text(text + "\n", encoding="utf-8")
    code, (row,), _ = _extracted(capsys, "--text", document)
    assert code == 0 and not [cell for cell in row.values() if cell.startswith(("=", "@", "\t", "\r"))]
    assert row["text"] == "'" + text
    assert main(["extract", "--text", "--format", "json", str(document)]) == 0
    assert json.loads(capsys.readouterr().out)[0]["text"] == text


@pytest.mark.parametrize(
    "harmless",
    [
        "-3.5%",
        "+12%",
        "-3.5",
        "-1,200",
        "-1.5e-07",
        "-$5million",
        "-12亿元",
        "－8%",
        "+12bps",
        "360.6亿美元",
        "a=b",
        "",
    ],
)
def test_figures_are_no_formulas(harmless: str) -> None:
    assert csv_cell(harmless) == harmless
    assert csv_cell(-3.5) == -3.5


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1", "+1+1", "-1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＠x", "-A1",
        "-cmd|x!A0", "+(1)", "-1%*2", "'=1", "'tis", "''",
    ],
)  # fmt: skip
def test_formulas_are_text_and_come_back_as_they_were(cell: str) -> None:
    assert csv_cell(cell) == "'" + cell


# --- addresses, dangerous calls (secrets of alerts: tests/orchestration/test_alerts.py) -----------------------------


def test_the_ui_listens_on_this_machine_only() -> None:
    """`ai-figures dev` binds to loopback (tests/faults/test_guard.py asks it); nothing else serves."""
    lines = (PROJECT / "Makefile").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "ai-figures dev" in line]
    assert not [line for line in lines if re.search(r"dagster(-webserver)? (dev|-)|http\.server|docs serve", line)]
    code = [path.read_text(encoding="utf-8") for path in (PROJECT / "orchestration").rglob("*.py")]
    assert not [text for text in [*lines, *code] if "0.0.0.0" in text]


def test_no_code_executes_what_it_reads() -> None:
    """Ruff's security rules: exec and eval, pickle, unsafe YAML, shells, temporary names, archives, Jinja unescaped."""
    rules = "S102,S108,S202,S301,S302,S306,S307,S323,S501,S506,S602,S604,S605,S701,S702"
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--select", rules, str(PROJECT / "orchestration")],
        capture_output=True,
        text=True,
    )
    found = [line for line in done.stdout.splitlines() if re.match(r"S\d+ ", line)]
    # the two loaders that are passed to yaml.load are safe ones: test_yaml_tags_are_refused_not_run
    safe = (yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    assert issubclass(files._Loader, safe) and issubclass(files._FastLoader, safe)
    assert issubclass(promotion.SAFE_LOADER, safe)
    # and the loader of told frames makes nothing but text
    known = ("`_Loader`", "`_FastLoader`", "`BaseLoader`", "`SAFE_LOADER`")
    assert [line for line in found if not any(name in line for name in known)] == [], done.stdout
