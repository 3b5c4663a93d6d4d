"""A valid folder with random damage: never a crash, never a row lost. `AI_FIGURES_FUZZ=10000` runs more of it."""

import csv
import io
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from orchestration.loading import SourceLoad, load_reference, load_source, load_sources
from orchestration.loading.check import check_raw
from orchestration.loading.problems import RawError
from orchestration.loading.registry import report_rates
from tests.conftest import fuzz_runs
from tests.loading.rawfolder import PROSE, SOURCE, check_balance, make_raw

Record = Callable[[str, object], None]
SEED = int(os.environ.get("AI_FIGURES_SEED", "20250513"))

NASTY = (
    "", " ", '"', '""', "'", ",", "\n", "\r", "\t", "\x00", "\ufeff", "\u2028", "-", "- ", ":", "{", "}", "[", "]",
    "&a", "*a", "!x", "!!int x", "!!bool x", "!!python/name:os.system", "<<: 5", "? ", "%", "@5", "@99999", "#", "null",
    "~", "yes", "0", "-1", "1e999", "9" * 400, "²", "½", "NaN", "=", "=nan", "/", "sample_2025/3a", "3a", "t1.flops.a",
    "__line__", "亿元", "--- ", "...", "\\", "{a: b}", "[1, 2]", "2024-02-30", "一", "ß", "\u202e", '"\\ud800"',
)  # fmt: skip


def damage_bytes(data: bytes, random: Random) -> bytes:
    """Flip, drop, insert or cut bytes."""
    at = random.randrange(len(data) + 1)
    width = random.choice((1, 1, 2, 8))
    match random.randrange(4):
        case 0:
            return data[:at] + random.randbytes(width) + data[at + width :]
        case 1:
            return data[:at] + data[at + width :]
        case 2:
            return data[:at] + random.randbytes(width) + data[at:]
        case _:
            return data[:at]


def damage_lines(data: bytes, random: Random) -> bytes:
    """Drop, repeat, swap, indent or join lines."""
    lines = data.split(b"\n")
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    match random.randrange(5):
        case 0:
            del lines[one]
        case 1:
            lines.insert(other, lines[one])
        case 2:
            lines[one], lines[other] = lines[other], lines[one]
        case 3:
            lines[one] = b"  " + lines[one]
        case _:
            lines[one : one + 2] = [b"".join(lines[one : one + 2])]
    return b"\n".join(lines)


def damage_cells(data: bytes, random: Random) -> bytes:
    """Put something nasty into a cell, or between two characters, or for a value of YAML."""
    text = data.decode()
    nasty = random.choice(NASTY)
    lines = text.split("\n")
    row = random.randrange(len(lines))
    separator = random.choice((",", ": ", " ", ""))
    parts = lines[row].split(separator) if separator else list(lines[row])
    at = random.randrange(len(parts)) if parts else 0
    parts[at : at + 1] = random.choice(([nasty], [nasty, *parts[at : at + 1]], []))
    lines[row] = separator.join(parts)
    return "\n".join(lines).encode("utf-8", "surrogatepass")


DAMAGE: tuple[Callable[[bytes, Random], bytes], ...] = (damage_bytes, damage_lines, damage_cells, damage_cells)


def spoil(folder: Path, random: Random) -> set[Path]:
    """Damage one to three files of a folder; returns them."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    spoiled = set(random.sample(files, min(random.choice((1, 1, 2, 3)), len(files))))
    stranger = random.choice(files).read_bytes()
    for path in spoiled:
        what = random.randrange(40)
        if what == 0:
            path.unlink()
        elif what == 1:
            path.write_bytes(stranger)
        else:
            for _ in range(random.choice((1, 1, 2, 5))):
                try:
                    path.write_bytes(random.choice(DAMAGE)(path.read_bytes(), random))
                except UnicodeDecodeError:
                    break
    return spoiled


def load(raw: Path, source_id: str) -> SourceLoad | None:
    """As the pipeline loads it; None when a registry is refused."""
    try:
        sources, reference = load_sources(raw), load_reference(raw)
    except RawError as error:
        assert str(error).startswith("raw/") and error.problem.remedy
        return None
    if source_id not in sources:
        return None
    return load_source(raw, sources[source_id], reference)


def told(loaded: SourceLoad) -> set[str]:
    """Keys that are either loaded or named by a problem."""
    return {figure.key for figure in loaded.figures} | {problem.key for problem in loaded.problems}


def test_damage_to_a_small_folder(tmp_path: Path, record_property: Record) -> None:
    clean = make_raw(tmp_path / "clean").path
    refused = quarantined = files = rows_in = loaded_rows = 0
    runs = fuzz_runs(300, share=0.9, most=10_000)
    for run in range(runs):
        raw = tmp_path / "raw"
        shutil.copytree(clean, raw)
        spoiled = spoil(raw, Random(SEED + run))
        try:
            loaded = load(raw, SOURCE)
            if loaded is not None:
                check_balance(loaded)
                for file, rows in PROSE.items():
                    if raw / SOURCE / "figures" / file not in spoiled:
                        assert {row["key"] for row in rows} <= told(loaded), "a row of a sound file is gone"
        except Exception as error:
            raise AssertionError(
                f"damage {SEED + run} to {sorted(path.name for path in spoiled)}: {error!r}"
            ) from error
        files += len(spoiled)
        rows_in += loaded.rows_in if loaded else 0
        loaded_rows += loaded.rows_loaded if loaded else 0
        refused += loaded is None
        quarantined += loaded is not None and bool(loaded.problems)
        shutil.rmtree(raw)
    # the damage must be felt, or this test tests nothing
    assert refused > 0 and quarantined > 0
    record_property("tried", f"{runs} damaged folders, {files} files")
    record_property(
        "lost",
        f"nothing: {refused} registries refused; {rows_in} rows in = {loaded_rows} loaded + "
        f"{rows_in - loaded_rows} quarantined",
    )


def test_damage_to_a_shipped_source(tmp_path: Path, project: Path, record_property: Record) -> None:
    source_id = next(iter(load_sources(project / "raw")))
    clean = tmp_path / "clean"
    shutil.copytree(project / "raw" / source_id, clean)
    raw = tmp_path / "raw"
    shutil.copytree(project / "raw" / "reference", raw / "reference")
    shutil.copy(project / "raw" / "sources.yml", raw / "sources.yml")
    source, reference = load_sources(raw)[source_id], load_reference(raw)
    runs, rows_in, loaded_rows = fuzz_runs(60, share=0.1, most=1_000), 0, 0
    for run in range(runs):
        shutil.copytree(clean, raw / source_id)
        spoil(raw / source_id, Random(SEED + run))
        try:
            loaded = load_source(raw, source, reference)
            check_balance(loaded)
            rows_in, loaded_rows = rows_in + loaded.rows_in, loaded_rows + loaded.rows_loaded
        except Exception as error:
            raise AssertionError(f"damage {SEED + run} to {source_id}: {error!r}") from error
        shutil.rmtree(raw / source_id)
    record_property("tried", f"{runs} damaged shipped sources")
    record_property("lost", f"nothing: {rows_in} rows in = {loaded_rows} loaded + {rows_in - loaded_rows} quarantined")


@pytest.mark.parametrize("name", ["figures/a.csv", "tables/t1.csv", "tables/t1.yml", "relations/ties.yml"])
def test_a_file_cut_off_at_any_byte(tmp_path: Path, name: str) -> None:
    """A full disk or a broken transfer leaves a prefix of the file."""
    raw = make_raw(tmp_path / "raw")
    data = raw.read(name).encode()
    for length in range(0, len(data), 7):
        raw.write(name, data[:length])
        check_balance(raw.load())


# --- single fields of the shipped registries, specs and ties ----------------------------------------------------------

SHIPPED = ("bse_genai_2025", "huatai_2025")
# what nobody means to write into any field
WRONG = (
    "-7", "1e300", "nan", "inf", "-inf", "everything", "0000", "figures", "registry", "[a]", "{a: b}", "yes", "1_000",
    "７", "20233", "2204-13", "../../etc/passwd", "超5亿元", "\u202e",
)  # fmt: skip
# what a person reads and no number depends on; aliases are words that documents are searched for
FREE = {
    "title", "publisher", "licence", "notes", "note", "exhibit", "label_en", "label_zh", "definition", "citation",
    "aliases", "why", "language", "mart_table", "meaning", "whole", "restricted",
}  # fmt: skip
# names: another is as good, where everything that refers to it still finds it; basis and counted nouns are free words
NAMES = {"id", "key", "table", "basis", "counted", "lines", "parent", "maker", "country", "fiscal_year_end"}
KEY_VALUE = re.compile(r"(?P<name>\b[a-z_0-9]+): (?P<value>\"[^\"]*\"|\[[^\]]*\]|[^,{}\[\]\n]+)")
# a word that no row uses may be any other
VOCABULARY = {
    "entity",
    "segment",
    "geography",
    "indicator",
    "kind",
    "reference_id",
    "symbol",
    "words",
    "rule",
    "explanation_code",
    "term",
    "field",
    "code",
    "severity",
}
PLACE = re.compile(r"raw/[^:]+:\d+: .+\. .+", re.S)


def mutate_yaml(text: str, random: Random) -> tuple[str, str, str]:
    """One field with another value, or under a misspelt name; returns the text, the field, what was done."""
    match = random.choice([m for m in KEY_VALUE.finditer(text) if not text[: m.start()].endswith("#")])
    name = match["name"]
    if random.random() < 0.3:
        return text[: match.start()] + f"{name}x: {match['value']}" + text[match.end() :], "", f"{name} misspelt"
    value = random.choice(WRONG)
    return text[: match.start("value")] + value + text[match.end("value") :], name, f"{name}: {value}"


def mutate_csv(text: str, random: Random) -> tuple[str, str, str]:
    rows = list(csv.reader(io.StringIO(text)))
    row, column = random.randrange(1, len(rows)), random.randrange(len(rows[0]))
    value = random.choice((*WRONG, "", rows[random.randrange(1, len(rows))][0]))
    done = f"{rows[0][column]} of {rows[row][0]}: {rows[row][column]!r} -> {value!r}"
    rows[row][column] = value
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue(), rows[0][column], done


def published(raw: Path) -> object:
    """Everything that numbers of the warehouse come from."""
    reference, sources = load_reference(raw), load_sources(raw)
    loads = [load_source(raw, sources[source_id], reference) for source_id in SHIPPED]
    figures = [replace(f, file_line=0, exhibit=None, note=None) for loaded in loads for f in loaded.figures]
    terms = [replace(term, note=None) for loaded in loads for term in loaded.relations]
    rates, _ = report_rates(sources, reference)
    tables = {
        name: sorted(
            tuple(v for column, v in zip(columns, row, strict=True) if column not in FREE | NAMES | VOCABULARY)
            for row in rows
        )
        for name, (columns, rows) in reference.tables.items()
    }  # fmt: skip
    days = [(s.source_id, s.published_on, s.published_label, s.lines) for s in sources.values()]
    return figures, terms, [rate[:3] for rate in rates], tables, days


def test_every_wrong_field_is_refused_with_its_place_or_changes_no_number(
    tmp_path: Path, project: Path, record_property: Record
) -> None:
    """`ai-figures check` on the shipped files with one field spoiled: no traceback, nothing misleads."""
    clean = tmp_path / "clean"
    for name in (*SHIPPED, "reference"):
        shutil.copytree(project / "raw" / name, clean / name)
    registry = (project / "raw" / "sources.yml").read_text(encoding="utf-8")
    entries = re.split(r"(?m)^(?=- source_id: )", registry)
    kept = [entry for entry in entries if entry.startswith(tuple(f"- source_id: {name}" for name in SHIPPED))]
    rates = "  reports_rate:\n    - {currency: USD, cny: 7.2, note: as assumed}\n"
    (clean / "sources.yml").write_text("".join(kept) + rates, encoding="utf-8")
    (clean / "decisions.yml").write_text("[]\n", encoding="utf-8")
    others = [source_id for source_id in load_sources(project / "raw") if source_id not in SHIPPED]
    for ties in clean.glob("*/relations/*.yml"):
        lines = ties.read_text(encoding="utf-8").splitlines(keepends=True)
        ties.write_text("".join(line for line in lines if not any(o in line for o in others)), encoding="utf-8")
    told = published(clean)
    assert not [line for part in check_raw(clean) for line in part.wrong]
    places = sorted(clean.glob("reference/*.csv")) + 4 * [clean / "sources.yml"]
    places += sorted(clean.glob("*/relations/*.yml")) + 2 * sorted(clean.glob("*/tables/*.yml"))
    refused = harmless = 0
    slipped: list[str] = []
    runs = fuzz_runs(200, share=0.1, most=5_000)
    for run in range(runs):
        random = Random(SEED + run)
        path = random.choice(places)
        text = path.read_text(encoding="utf-8")
        spoiled, field, done = (mutate_csv if path.suffix == ".csv" else mutate_yaml)(text, random)
        what = f"{run}: {path.relative_to(clean)}: {done}"
        path.write_text(spoiled, encoding="utf-8")
        try:
            wrong = [line for part in check_raw(clean) for line in part.wrong]
            if wrong and all(PLACE.fullmatch(line) for line in wrong):
                refused += 1
            elif wrong:
                slipped.append(f"{what}: {wrong[:3]}")
            elif field in FREE | NAMES or published(clean) == told:
                harmless += 1
            else:
                slipped.append(what)
        except Exception as error:
            raise AssertionError(f"{what}: {error!r}") from error
        finally:
            path.write_text(text, encoding="utf-8")
    assert slipped == [], "\n".join(slipped)
    assert refused > runs / 2, "the damage must be felt, or this test tests nothing"
    record_property("tried", f"{runs} spoiled fields of shipped files")
    record_property("lost", f"nothing: {refused} refused with file and line, {harmless} change no number")
