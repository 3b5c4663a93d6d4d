"""Fixtures of the loader's tests."""

from pathlib import Path

import pytest

from tests.loading.rawfolder import RawFolder, make_raw


@pytest.fixture
def raw(tmp_path: Path) -> RawFolder:
    """A valid `raw/` of one source, the test's own."""
    return make_raw(tmp_path / "raw")
