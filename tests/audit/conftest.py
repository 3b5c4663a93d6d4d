"""Every document is read by the process that has read the one before."""

from collections.abc import Iterator

import pytest

from tests.kept_reader import kept_reader


@pytest.fixture(scope="module", autouse=True)
def _kept_reader() -> Iterator[None]:
    with kept_reader():
        yield
