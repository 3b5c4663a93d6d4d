"""Drift at the doors that people use, the command line and Dagster: a message with a remedy, and no publication."""

import hashlib
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from orchestration.cli import main
from orchestration.datasets import fetch as fetching
from orchestration.datasets.fetch import FetchError, _get_within, draft_of, fetch, open_dataset
from orchestration.datasets.snapshots import read_table
from orchestration.datasets.spec import Spec
from orchestration.definitions_datasets import build_defs
from orchestration.defs.dataset_assets import DATASETS
from orchestration.defs.resources import Warehouse
from orchestration.loading.problems import RawError
from tests.datasets.made import DAYS, FIRST, SPEC, THIRD, make
from tests.datasets.test_fetch import WRONG, Answer, Server, say

FIRST_DAY, _, THIRD_DAY = DAYS
ROWS = "\n".join(f"Rail {n},1e14,16000000000,1e12,{100 + n}," for n in range(30)) + "\n"
STANDS = THIRD + ROWS

# what comes instead of STANDS, and what is said of it
CHANGED = {
    "a renamed column of units": (STANDS.replace("FP16 (FLOP/s)", "FP16 (OP/min)"), "there is no column 'FP16"),
    "a wanted column that is not required": (STANDS.replace("TDP (W)", "TDP (kcal)"), "there is no column 'TDP (W)'"),
    "a dropped key": (STANDS.replace("Name,", "Product,"), "which names the rows"),
    "doubled keys": (STANDS + "Heron B,2.0e14,32000000000,1.2e12,200,\n", "'Heron B' stands twice"),
    "a year as text": (STANDS.replace(",225,", ",in 2024,"), "'in 2024' is no number"),
    "infinity": (STANDS.replace(",225,", ",Infinity,"), "is no finite number"),
    "ten times in one column": (
        "\n".join(line.replace(",1e14,", ",1e15,").replace("4.0e14", "4.1e15") for line in STANDS.splitlines()) + "\n",
        "all together",
    ),
    "ten times in one cell": (STANDS.replace(",225,", ",2250,"), "heron-a.tdp is 10 times what it was"),
    "cut off between two rows": (STANDS[: STANDS.index("Rail 20")], "are gone at once"),
    "a column that was emptied": (
        "\n".join(",".join([*line.split(",")[:4], "", ""]) for line in STANDS.splitlines()[1:]).join(
            [STANDS.splitlines()[0] + "\n", "\n"]
        ),
        "36 of 36 values of tdp are gone at once",
    ),
}  # fmt: skip


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(fetching, "_PAUSE", 0.01)
    started = Server()
    yield started
    started.server.shutdown()


@pytest.fixture
def project(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dataset whose spec publishes by itself what nothing speaks against."""
    raw = tmp_path / "raw"
    spec = SPEC.replace("https://chips.example/chips.csv", server.url).replace("key:", "publish: when clean\nkey:", 1)
    make(raw, spec, {FIRST_DAY: FIRST, THIRD_DAY: STANDS})
    for name, folder in (("RAW", "raw"), ("STATE", "state"), ("PUBLISHED", "warehouse")):
        monkeypatch.setenv(f"AI_FIGURES_{name}", str(tmp_path / folder))
    return raw


def kept(raw: Path) -> dict[str, str]:
    """What stands in the folder of snapshots."""
    files = sorted((raw / "chips" / "snapshots").iterdir())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def in_dagster(raw: Path) -> dg.ExecuteInProcessResult:
    state = str(raw.parent / "state")
    job = build_defs({"warehouse": Warehouse(raw=str(raw), state=state)}).get_repository_def().get_job("fetch_dataset")
    with dg.instance_for_test() as instance:
        instance.add_dynamic_partitions(str(DATASETS.name), ["chips"])
        return job.execute_in_process(instance=instance, partition_key="chips", raise_on_error=False)


@pytest.mark.parametrize("name", CHANGED)
def test_what_can_be_read_and_is_wrong_waits_as_a_draft(
    name: str, project: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    text, words = CHANGED[name]
    server.answer = say(200, text.encode())
    before = kept(project)
    assert main(["fetch", "chips"]) == 0
    out = capsys.readouterr().out
    assert words in out and "a draft: look at it" in out, out
    assert kept(project) == before
    result = in_dagster(project)
    (check,) = result.get_asset_check_evaluations()
    assert result.success and not check.passed and words in str(check.metadata["problems"].value)
    assert kept(project) == before


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_table_is_refused(
    name: str, project: Path, server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answer, words = WRONG[name]
    small = dict(fetch.__kwdefaults__) | {"limit": 200_000, "timeout": 5.0}
    monkeypatch.setattr(fetch, "__kwdefaults__", small)
    before = kept(project)
    assert main(["fetch", "chips"]) == 1
    assert words in capsys.readouterr().err
    result = in_dagster(project)
    assert not result.success and words in str(result.all_events)
    assert kept(project) == before and not list((project / "chips" / "draft").glob("*.csv"))


def test_what_is_clean_is_published_where_the_spec_says_so(
    project: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.answer = say(200, STANDS.replace(",225,", ",230,").encode())
    result = in_dagster(project)
    (check,) = result.get_asset_check_evaluations()
    assert check.passed and "published as" in str(check.metadata["draft"].value)
    assert len(kept(project)) == 4
    assert main(["fetch", "chips"]) == 0
    assert "no new vintage" in capsys.readouterr().out


OLD_WRONG = {
    "a cell": (",2.0e14,32000000000,", ",2.0e14,about 32,", "'about 32' is no number"),
    "six cells of a column": (
        ",350,",
        ",about 350,\n" + "\n".join(f"Crake {n},,,,about {n}," for n in range(6)),
        "more cells",
    ),
    "a name that stands twice": ("Plover,", "Kestrel,5e14,,,,\nPlover,", "stands twice"),
    "a row without a name": ("Plover,", ",5e14,,,,\nPlover,", "the row has no name"),
}


@pytest.mark.parametrize("name", OLD_WRONG)
def test_only_what_is_new_in_a_draft_speaks_against_it(
    name: str, project: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new, words = OLD_WRONG[name]
    wrong = STANDS.replace(old, new)
    assert wrong != STANDS
    # somebody has looked at it once and published it
    (project / "chips" / "snapshots" / f"{THIRD_DAY}.csv").write_text(wrong, encoding="utf-8")
    revised = wrong.replace(",225,", ",230,")
    server.answer = say(200, revised.encode())
    assert main(["fetch", "chips"]) == 0
    out = capsys.readouterr().out
    assert "value revised: heron-a.tdp 225 -> 230 W" in out and "as before: raw/chips/draft/" in out
    assert words in out and "published as" in out, out


# of the slips before, with what is new
NEW_WRONG = {
    "another text in the same cell": ("a cell", "about 32", "nearly 32"),
    "another cell": ("a cell", "9.0e14,80000000000,", "9.0e14,eighty,"),
    "another text among those not told one by one": ("six cells of a column", "about 5", "nearly 5"),
    "one for another": ("six cells of a column", "Crake 5,", "Crake 6,"),
    "the doubled row is another": ("a name that stands twice", "Kestrel,5e14,", "Kestrel,6e14,"),
    "another name stands twice": ("a name that stands twice", "Heron A,", "Heron A,3e14,,,,\nHeron A,"),
    "another row without a name": ("a row without a name", "\n,5e14,", "\n,6e14,"),
}


@pytest.mark.parametrize("name", NEW_WRONG)
def test_what_is_wrong_in_a_new_way_waits_beside_what_was_wrong_before(
    name: str, project: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    old, *change = NEW_WRONG[name]
    wrong = STANDS.replace(*OLD_WRONG[old][:2])
    assert change[0] in wrong
    (project / "chips" / "snapshots" / f"{THIRD_DAY}.csv").write_text(wrong, encoding="utf-8")
    server.answer = say(200, wrong.replace(*change, 1).encode())
    before = kept(project)
    assert main(["fetch", "chips"]) == 0
    assert "a draft: look at it" in capsys.readouterr().out
    assert kept(project) == before


def test_a_draft_that_is_wrong_as_before_and_changes_nothing_is_no_vintage(
    project: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = STANDS.replace(*OLD_WRONG["a cell"][:2])
    (project / "chips" / "snapshots" / f"{THIRD_DAY}.csv").write_text(wrong, encoding="utf-8")
    server.answer = say(200, wrong.replace("\n", "\r\n").encode())
    assert main(["fetch", "chips"]) == 0
    assert "no new vintage" in capsys.readouterr().out


def test_a_draft_waits_while_the_address_has_nothing_newer(project: Path, server: Server) -> None:
    server.answer = say(200, CHANGED["infinity"][0].encode(), {"ETag": '"5"'})
    opened = open_dataset(project, "chips")
    first = draft_of(opened)
    assert first.path and first.difference and first.difference.problems
    server.answer = say(304)
    assert draft_of(opened) == first
    # one that was thrown away is asked for again
    first.path.unlink()
    server.answer = say(200, CHANGED["infinity"][0].encode(), {"ETag": '"5"'})
    assert draft_of(opened).path and "If-None-Match" not in server.asked[-1]


def test_an_answer_that_is_no_table_leaves_the_draft_that_waits(project: Path, server: Server) -> None:
    server.answer = say(200, CHANGED["infinity"][0].encode())
    opened = open_dataset(project, "chips")
    waits = draft_of(opened)
    server.answer = say(200, b"<!doctype html>")
    with pytest.raises(FetchError, match="is a web page"):
        draft_of(opened)
    assert draft_of(opened, offline=True) == waits


def drip(request: BaseHTTPRequestHandler, first: bytes = b"HTTP/1.0 200 OK\r\n\r\n") -> None:
    try:
        request.wfile.write(first)
        for _ in range(200):
            request.wfile.write(b"a")
            time.sleep(0.05)
    except OSError:
        pass


@pytest.mark.parametrize("answer", [drip, lambda request: drip(request, b"")], ids=["body", "header"])
def test_a_server_that_sends_a_byte_now_and_then_is_given_up(
    answer: Answer, tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "_PATIENCE", 2)
    server.answer = answer
    begun = time.monotonic()
    with pytest.raises(FetchError, match="too slow"):
        _get_within(server.url, tmp_path / "a.csv", {}, 0.4, 10_000)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (say(200, b"", length=2_000_000_000), "larger than 537 MB"),
        (say(200, b"\x1f\x8b\x08abc"), "a gzip archive, no csv"),
        (say(200, b"abc", {"Content-Encoding": "gzip"}), "sends its file packed"),
        (say(200, b"PK\x03\x04abc"), "a zip archive or a workbook, no csv"),
    ],
    ids=["2 GB announced", "gzip", "packed unasked", "a workbook"],
)
def test_a_file_of_another_sort_is_told(answer: Answer, words: str, project: Path, server: Server) -> None:
    server.answer = answer
    opened = open_dataset(project, "chips")
    with pytest.raises(FetchError, match=words):
        draft_of(opened)


def test_small_files_that_unpack_to_huge_ones_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.datasets.snapshots._MAX_BYTES", 1_000_000)
    monkeypatch.setattr("orchestration.datasets.snapshots._MAX_CELLS", 1000)
    book, frame = tmp_path / "a.xlsx", tmp_path / "a.parquet"
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 5_000_000)
    pl.DataFrame({"Name": ["a"] * 2000}).write_parquet(frame)
    for path, words in ((book, "unpacked, the workbook is 5 MB"), (frame, "2000 rows of 1 columns are more")):
        spec = Spec("dataset.yml", path.suffix[1:], "", "", "by hand", (("Name",),), {}, (), {}, {}, "", {})
        with pytest.raises(RawError, match=words):
            read_table(path, tmp_path, spec, FIRST_DAY)


def test_a_damaged_earlier_snapshot_does_not_keep_a_draft_from_being_compared(
    project: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "chips" / "snapshots" / f"{FIRST_DAY}.csv").write_text("<html>")
    server.answer = say(200, STANDS.replace(",225,", ",230,").encode())
    assert main(["fetch", "chips"]) == 0
    out = capsys.readouterr().out
    assert "value revised: heron-a.tdp 225 -> 230" in out and "is a web page" in out and "a draft" in out
