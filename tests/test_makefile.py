"""The suites of the Makefile look only where their tests are: reading all tests takes longer than some of them run."""

import re

import pytest

from orchestration.settings import PROJECT
from tests.conftest import LONGEST

MAKEFILE = (PROJECT / "Makefile").read_text(encoding="utf-8")
SUITES = dict(re.findall(r"pytest [^\n]*-m ([a-z]+) (tests[^\n]*)", MAKEFILE))


def test_every_suite_of_its_own_is_known() -> None:
    left_out = set(re.findall(r'not ([a-z]+)(?: and |" tests)', MAKEFILE))
    assert set(SUITES) == left_out == {"browser", "dask", "package", "serve", "slow", "spark"}


@pytest.mark.parametrize("mark", sorted(SUITES))
def test_no_marked_test_lies_elsewhere(mark: str) -> None:
    places = [PROJECT / place for place in SUITES[mark].split()]
    assert all(place.exists() for place in places)
    marked = [
        path
        for path in (PROJECT / "tests").rglob("*.py")
        if re.search(rf"\bmark\.{mark}\b", path.read_text(encoding="utf-8"))
    ]
    assert marked
    assert [path for path in marked if not any(place in (path, *path.parents) for place in places)] == []


def test_the_files_that_are_begun_first_are_there() -> None:
    assert [name for name in LONGEST if not (PROJECT / "tests" / name).is_file()] == []
    assert "--no-loadscope-reorder" in MAKEFILE
