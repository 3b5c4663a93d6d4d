"""A document of the inbox becomes candidates, which only the schema `candidates` knows; promotion is the gate."""

import csv
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.cli import main
from orchestration.driver import pipeline
from orchestration.inbox import documents
from orchestration.loading import load_reference, load_sources
from orchestration.settings import PROJECT, Settings
from orchestration.store.build import open_build
from orchestration.store.catalog import PUBLIC_SCHEMAS, public_tables
from orchestration.store.inbox_rows import write_documents
from orchestration.store.raw_tables import candidate_tables
from orchestration.store.registry_rows import write_registry
from orchestration.transform import models as transform
from tests.conftest import begun_from, copy_of, fuzz_runs
from tests.orchestration import inbox

TEXT = "2024 年全球样本芯片市场规模达到 123.4 亿美元，同比增长 56%。\n"
# 4.5 bn USD in a shipped report
CONTRADICTION = "2023年全球大模型市场规模达到123亿美元。\n"
# what counts the inbox on purpose, and what no two publications have in common
COUNTING = {
    ("quality", "load_counts"), ("quality", "quarantine"), ("quality", "publication"), ("quality", "check_results"),
    ("quality", "publication_tables"),
}  # fmt: skip

# broken, of the id of another, no permission, gone meanwhile, a name that is not UTF-8 or too long
NOT_LOADED = ("broken.pdf", "sample-report.md", "locked.txt", "gone.txt", "z\udcff.txt", f"{'y' * 250}.txt")

Rows = list[tuple[Any, ...]]


def settings_in(folder: Path) -> Settings:
    raw = folder / "raw"
    shutil.copytree(PROJECT / "raw", raw, ignore=shutil.ignore_patterns("inbox"))
    (raw / "inbox").mkdir()
    return Settings(project=PROJECT, raw=raw, state=folder / "state", published=folder / "warehouse")


def query(settings: Settings, sql: str) -> Rows:
    with duckdb.connect(str(settings.published_file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def base(shipped_build: Settings) -> Settings:
    """The shipped reports, built and published with an empty inbox. Not to be changed: copy it."""
    return shipped_build


@dataclass(frozen=True)
class Filled:
    """The shipped reports with documents of every trouble, and what was published when none could be compared."""

    settings: Settings
    uncompared: Settings


@pytest.fixture(scope="module")
def filled(base: Settings, tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """Two whole runs, with the checks. Not to be changed: copy it."""
    mine = copy_of(base, tmp_path_factory.mktemp("filled"))
    folder = mine.raw / "inbox"
    for name in ("sample-report.txt", *NOT_LOADED):
        (folder / name).write_text(TEXT, encoding="utf-8")
    (folder / "words.txt").write_text("Nothing is counted here.\n", encoding="utf-8")
    write_sentences(folder, ISOLATED)
    sha256, run_models = documents.sha256, transform.run_models

    def refusing(path: Path) -> str:
        if path.name == "locked.txt":
            raise PermissionError(13, "Permission denied")
        if path.name == "gone.txt":
            raise FileNotFoundError(2, "No such file")
        return sha256(path)

    def failing(settings: Settings, arguments: list[str], build_file: Path | None = None) -> Any:
        if build_file and build_file.parent.name == "candidates":
            raise transform.TransformError("dbt failed in figures: overflow")
        return run_models(settings, arguments, build_file)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(documents, "sha256", refusing)
        with pytest.MonkeyPatch.context() as broken:
            broken.setattr("orchestration.driver.second_build.run_models", failing)
            broken.setattr("orchestration.transform.again.run_in", lambda *_: False)  # dbt has to
            pipeline.run(mine)
        uncompared = copy_of(mine, tmp_path_factory.mktemp("uncompared"))
        pipeline.run(mine)
    return Filled(mine, uncompared)


# --- isolation --------------------------------------------------------------------------------------------------------

_SENTENCES = st.one_of(
    st.builds(
        "{}年{}{}市场规模{}{}{}。".format,
        st.sampled_from([2022, 2023, 2024, 2025, 2030]),
        st.sampled_from(["全球", "中国", "美国"]),
        st.sampled_from(["大模型", "生成式人工智能", "公有云", "人工智能芯片"]),
        st.sampled_from(["为", "达到", "超过", "预计将达到"]),
        st.decimals(1, 9999, places=1),
        st.sampled_from(["亿美元", "亿元", "万亿元"]),
    ),
    st.builds(
        "2024年中国大模型市场规模为{}亿元，同比增长{}%，占全球的{}%。".format,
        st.integers(1, 9999), st.integers(1, 900), st.integers(1, 300),
    ),
    st.builds("Revenue grew {}% to ${} billion in 2024, from $2 billion.".format, st.integers(1, 99), st.just(9)),
)  # fmt: skip
# names that make the id, or are the file, of a registered report among them
_NAMES = ("note.txt", "zero2ipo_2025.txt", "bse-genai-2025.md", "document.txt", "损坏.pdf", "空.txt")


def registered_file() -> str:
    return next(iter(load_sources(PROJECT / "raw").values())).file


ISOLATED = {
    "zero2ipo_2025.txt": ["2024年全球大模型市场规模达到8.5亿美元。", "2022年美国公有云市场规模超过9999.0亿元。"],
    "bse-genai-2025.md": ["2024年中国大模型市场规模为294亿元，同比增长900%，占全球的300%。"],
    "document.txt": ["Revenue grew 12% to $9 billion in 2024, from $2 billion."],
    "损坏.pdf": ["2030年中国人工智能芯片市场规模预计将达到1.0万亿元。"],
    registered_file(): ["2023年中国生成式人工智能市场规模为14.4万亿元。"],
}


def write_sentences(folder: Path, written: dict[str, list[str]]) -> None:
    for name, sentences in written.items():
        (folder / name).write_text("\n".join([*sentences, CONTRADICTION]), encoding="utf-8")


def check_isolation(base: Settings, mine: Settings, written: dict[str, list[str]]) -> None:
    """All tables but the candidates and what counts the inbox are those of the build without documents."""
    with duckdb.connect(str(mine.published_file), read_only=True) as connection:
        connection.execute(f"attach '{base.published_file}' as base (read_only)")
        tables = public_tables(connection, "base")
        assert {schema for schema, _ in tables} == set(PUBLIC_SCHEMAS)
        for schema, table in tables:
            if schema == "candidates" or (schema, table) in COUNTING:
                continue
            one, other = f"{schema}.{table}", f"base.{schema}.{table}"
            differing = f"(from {one} except all from {other}) union all (from {other} except all from {one})"
            assert connection.execute(differing).fetchall() == [], one
    # the documents did arrive
    readable = [name for name in written if not name.endswith(".pdf")]
    assert bool(query(mine, "from candidates.figures")) == bool(readable)
    lost = "from quality.load_counts where rows_in <> rows_loaded + rows_quarantined"
    assert query(mine, lost) == []


def test_no_table_outside_candidates_knows_the_inbox(base: Settings, filled: Filled) -> None:
    check_isolation(base, filled.settings, ISOLATED)


# each example is a build
@pytest.mark.slow
@settings(max_examples=fuzz_runs(3))
@given(
    written=st.dictionaries(
        st.sampled_from((*_NAMES, registered_file())), st.lists(_SENTENCES, min_size=1, max_size=5), min_size=1
    )
)
def test_no_table_outside_candidates_knows_any_inbox(
    base: Settings, tmp_path_factory: pytest.TempPathFactory, written: dict[str, list[str]]
) -> None:
    mine = copy_of(base, tmp_path_factory.mktemp("inbox"))
    write_sentences(mine.raw / "inbox", written)
    pipeline.run(mine, check=False)
    check_isolation(base, mine, written)


def test_candidates_have_the_columns_of_what_is_reviewed(base: Settings) -> None:
    """The schema file of the candidates repeats those of core and reconciliation: a column that is added there is
    added in dbt_project/models/candidates/_candidates.yml as well."""
    with duckdb.connect(str(base.published_file), read_only=True) as connection:

        def columns(table: str) -> Rows:
            rows = connection.execute(f"describe {table}").fetchall()
            return [(name, kind) for name, kind, *_ in rows]

        assert columns("candidates.figures") == [
            *columns("core.figures"),
            ("file", "VARCHAR"),
            ("page", "INTEGER"),
            *((f"confidence{part}", "DOUBLE") for part in ("", "_period", "_geography", "_status", "_statistic")),
            ("withheld", "VARCHAR"),
        ]
        for table in ("comparisons", "findings"):
            assert columns(f"candidates.{table}") == columns(f"reconciliation.{table}")
        assert {f"candidate_{table}" for table in ("figures", "comparisons", "findings")} == set(candidate_tables())
        for table in ("figures", "comparisons", "findings"):  # there, and empty
            assert connection.execute(f"from candidates.{table}").fetchall() == []


# --- the way of a document --------------------------------------------------------------------------------------------


def test_documents_give_candidates_and_promotion_moves_them(
    base: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = copy_of(base, tmp_path)
    note = mine.raw / "inbox" / "note.txt"
    note.write_text(CONTRADICTION, encoding="utf-8")
    (mine.raw / "inbox" / "sample-report.txt").write_text(TEXT, encoding="utf-8")
    for name in ("zh_report.pdf", "en_note.docx"):
        shutil.copy(inbox.EXTRACTION / "documents" / name, mine.raw / "inbox")
    pipeline.run(mine)  # with the checks: none that blocks fails
    figures = query(mine, "select source_id, file, page is null, count(*), min(confidence) > 0 from candidates.figures "
                          "group by all order by all")  # fmt: skip
    assert [row[:2] for row in figures] == [
        ("en_note", "en_note.docx"), ("note", "note.txt"), ("sample_report", "sample-report.txt"),
        ("zh_report", "zh_report.pdf"),
    ]  # fmt: skip
    assert [row[2:] for row in figures] == [(True, 15, True), (True, 1, True), (True, 2, True), (False, 21, True)]
    assert query(mine, "from core.figures where review <> 'reviewed'") == []
    printed = query(mine, "select printed, value, review from candidates.figures")
    assert ("123.4亿美元", 12.34e9, "extracted") in printed
    found = query(mine, "select finding_id, severity, decision, reason, rule from candidates.findings")
    contradiction = "candidate:cross_source:note/x1-1~zero2ipo_2025/102a"
    assert (contradiction, "hint", "open", None, "cross_source") in found
    assert {severity for _, severity, *_ in found} <= {"hint", "info"}
    assert all(finding_id.startswith("candidate:") for finding_id, *_ in found)
    orphans = "select finding_id from candidates.findings where comparison_id not in " \
              "(select comparison_id from candidates.comparisons)"  # fmt: skip
    assert query(mine, orphans) == []
    # each comparison has a candidate in it
    reviewed = "from candidates.comparisons where not list_has_any(figure_ids, (select list(figure_id) " \
               "from candidates.figures))"  # fmt: skip
    assert query(mine, "from candidates.comparisons") and query(mine, reviewed) == []
    assert not list((mine.build_file.parent / "candidates").iterdir())

    # what a person remembers as known are findings about reports
    for variable, folder in (("RAW", mine.raw), ("STATE", mine.state), ("PUBLISHED", mine.published)):
        monkeypatch.setenv(f"AI_FIGURES_{variable}", str(folder))
    assert main(["findings", "--accept"]) == 0
    with (mine.raw / "known_findings.csv").open(encoding="utf-8") as handle:
        known = {row["finding_id"] for row in csv.DictReader(handle)}
    assert known == {finding_id for (finding_id,) in query(base, "select finding_id from reconciliation.findings")}
    assert main(["summary"]) == 0
    assert "39 candidates of 4 documents in raw/inbox/, nobody has reviewed them" in capsys.readouterr().out

    # promotion: the next build has it in core, compared with the rest, and no longer among the candidates
    assert main(["review", str(note), "--accept", "all"]) == 0
    assert main(["promote", str(note)]) == 0, capsys.readouterr().err
    # and what is removed leaves no trace
    for name in ("sample-report.txt", "zh_report.pdf", "en_note.docx"):
        (mine.raw / "inbox" / name).unlink()
    pipeline.run(mine)
    for table in ("figures", "comparisons", "findings"):
        assert query(mine, f"from candidates.{table}") == []
    assert query(mine, "select source_id from quality.load_counts where source_id like 'inbox/%'") == [("inbox/note",)]
    assert query(mine, "select figure_id, review from core.figures where source_id = 'note'") == [
        ("note/x1-1", "reviewed")
    ]
    assert query(mine, "from candidates.figures where source_id = 'note'") == []
    promoted = contradiction.removeprefix("candidate:")
    assert len(query(mine, f"from reconciliation.findings where finding_id = '{promoted}'")) == 1
    assert query(mine, f"from candidates.findings where finding_id = '{contradiction}'") == []

    # a person corrects what was promoted: it does not come back as a candidate of the same id
    rows = mine.raw / "note" / "figures" / "extracted.csv"
    rows.write_text(rows.read_text(encoding="utf-8").replace("123亿美元", "124亿美元"), encoding="utf-8")
    pipeline.load(mine)
    assert [load.figures for load in documents.load_documents(mine) if load.source_id == "note"] == [[]]


def test_what_cannot_be_loaded_is_quarantined_and_the_rest_is_published(filled: Filled) -> None:
    """Broken, without a figure, two with one id, no permission, gone meanwhile, a name that is not UTF-8 or too long:
    none of them stops the publication, and neither do candidates that cannot be compared."""
    # candidates that cannot be compared stop nothing either: they are set aside together, and come back
    mine = filled.uncompared
    ((message, remedy),) = query(mine, "select message, remedy from quality.quarantine where file = 'inbox/'")
    assert "overflow" in message and "raw/inbox/" in remedy
    assert query(mine, "from candidates.figures") == []
    assert query(mine, "from quality.load_counts where rows_in <> rows_loaded + rows_quarantined") == []

    mine = filled.settings  # nothing is lost, what is counted is there
    assert query(mine, "select count(*) from candidates.figures where source_id = 'sample_report'") == [(2,)]
    rows = query(mine, "select source_id, file, remedy from quality.quarantine order by all")
    assert [(source_id[:20], file[:20], remedy) for source_id, file, remedy in rows] == [
        ("inbox/broken", "inbox/broken.pdf", "Replace or remove the document"),
        ("inbox/bse-genai-2025", "inbox/bse-genai-2025", "Remove or rename one of the two documents"),
        ("inbox/document_5a10f", "inbox/损坏.pdf", "Replace or remove the document"),
        ("inbox/locked.txt", "inbox/locked.txt", "Replace or rename the file"),
        ("inbox/sample-report.", "inbox/sample-report.", "Remove or rename one of the two documents"),
        ("inbox/yyyyyyyyyyyyyy", "inbox/yyyyyyyyyyyyyy", "Replace or rename the file"),
        ("inbox/z\\udcff.txt", "inbox/z\\udcff.txt", "Replace or rename the file"),
    ]
    counts = query(mine, "select source_id, rows_in, rows_loaded, rows_quarantined from quality.load_counts "
                         "where source_id like 'inbox/%' and rows_quarantined = 0 order by source_id")  # fmt: skip
    assert counts == [
        ("inbox/bse_genai_2025", 2, 2, 0), ("inbox/document", 4, 4, 0), ("inbox/sample_report", 2, 2, 0),
        ("inbox/words", 0, 0, 0), ("inbox/zero2ipo_2025", 3, 3, 0),
    ]  # fmt: skip
    assert query(mine, "from core.sources where source_id = 'sample_report'") == []


def test_a_registered_source_may_be_a_document(tmp_path: Path) -> None:
    """Its kind says what it is, not where its rows come from."""
    mine = inbox.settings_with_inbox(tmp_path)
    entry = "- {source_id: memo, title: A memo, publisher: Somebody, language: en, kind: document, file: memo.txt}\n"
    (mine.raw / "sources.yml").write_text(entry, encoding="utf-8")
    sources = load_sources(mine.raw)
    with open_build(mine.build_file) as build:
        for _ in range(2):
            write_registry(build, sources, load_reference(mine.raw), mine.raw)
            write_documents(build, [], [], len(sources))
        assert build.execute("select source_id, kind from raw.sources").fetchall() == [("memo", "document")]


# --- few sources ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("registered", "with_documents"), [(0, False), (0, True), (1, True)])
def test_a_warehouse_of_few_sources_is_published(
    base: Settings,
    tmp_path: Path,
    registered: int,
    with_documents: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No check presupposes the shipped reports, and the site is built of what there is."""
    from orchestration.site import build_site

    mine = inbox.settings_with_inbox(tmp_path)
    if with_documents:  # the emptiest is a first build
        begun_from(base, mine)
    (mine.raw / "decisions.yml").write_text("[]\n", encoding="utf-8")
    if registered:
        shutil.copytree(PROJECT / "raw" / "bse_genai_2025", mine.raw / "bse_genai_2025")
        text = (PROJECT / "raw" / "sources.yml").read_text(encoding="utf-8")
        entries = text[text.index("- source_id:") :].split("\n- ")
        entry = next(entry for entry in entries if "bse_genai_2025" in entry.splitlines()[0])
        (mine.raw / "sources.yml").write_text("- " + entry.removeprefix("- ") + "\n", encoding="utf-8")
    if with_documents:
        for name in ("note.txt", "other.txt"):
            (mine.raw / "inbox" / name).write_text(TEXT + CONTRADICTION, encoding="utf-8")
    pipeline.run(mine)
    assert len(query(mine, "from core.sources")) == registered
    assert bool(query(mine, "from core.figures")) == bool(registered)
    assert len(query(mine, "from candidates.figures")) == (6 if with_documents else 0)
    assert bool(query(mine, "from candidates.comparisons")) == with_documents
    assert len(query(mine, "from reference.indicators")) > 50
    not_run = query(mine, "select distinct suite from quality.check_results where message like '%not registered here%'")
    assert not_run == [("shipped",)]
    # where one report is alone, its ties to the others cannot be evaluated
    failed = query(mine, "select expectation from quality.check_results where severity = 'critical' and not success")
    assert failed == ([("relation_is_evaluated",)] if registered else [])
    report = build_site(mine.published_file, mine.site, docs=PROJECT / "docs", data_docs=None, dbt_docs=None)
    assert report.pages > 10
    monkeypatch.setenv("AI_FIGURES_PUBLISHED", str(mine.published))
    monkeypatch.setenv("AI_FIGURES_RAW", str(mine.raw))
    assert main(["summary"]) == 0
    said = capsys.readouterr().out
    assert ("what is published is the reference data" in said) == (not registered)
    assert ("6 candidates of 2 documents" in said) == with_documents
