"""A valid folder with random damage: never a crash, never a row lost. `AI_FIGURES_FUZZ=10000` runs more of it."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from orchestration.loading import SourceLoad, load_reference, load_source, load_sources
from orchestration.loading.problems import RawError
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
