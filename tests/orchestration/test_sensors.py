"""The sensor notices changed raw files, and only those."""

import shutil
from pathlib import Path

from orchestration.defs.sensors import fingerprints
from orchestration.settings import PROJECT


def copy_of_raw(tmp_path: Path) -> Path:
    raw = tmp_path / "raw"
    shutil.copytree(PROJECT / "raw", raw)
    return raw


def test_one_changed_source_changes_one_fingerprint(tmp_path: Path) -> None:
    raw = copy_of_raw(tmp_path)
    before = fingerprints(raw)
    path = raw / "bse_genai_2025" / "figures" / "prose.csv"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    after = fingerprints(raw)
    assert {name for name in after if after[name] != before[name]} == {"bse_genai_2025"}


def test_reference_data_concerns_everything(tmp_path: Path) -> None:
    raw = copy_of_raw(tmp_path)
    before = fingerprints(raw)
    path = raw / "reference" / "units.csv"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    after = fingerprints(raw)
    assert {name for name in after if after[name] != before[name]} == {"registry"}


def test_a_new_folder_is_noticed(tmp_path: Path) -> None:
    raw = copy_of_raw(tmp_path)
    before = fingerprints(raw)
    (raw / "new_report").mkdir()
    assert set(fingerprints(raw)) - set(before) == {"new_report"}
