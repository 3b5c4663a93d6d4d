"""What a report's rows in the build were read from, as one fingerprint: other inputs, another fingerprint.

A reload of one report reads every other one again whose fingerprint is not that of its rows, so that the build is what
reading all of `raw/` would give.
"""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from orchestration.loading.found import rejected_ties
from orchestration.loading.registry import Source

_CODE = Path(__file__).parent.parent


def fingerprints(raw: Path, sources: Mapping[str, Source]) -> dict[str, str]:
    """Fingerprint by source id: of the source's folder, its registry entry, the ties of it that a person rejected, the
    reference data and the code."""
    rejected: dict[str, list[tuple[str, str]]] = {}
    for name, digest in sorted(rejected_ties(raw)):
        rejected.setdefault(name.split(":", 2)[-1].partition("/")[0], []).append((name, digest))
    shared = code_digest() + _digest(raw, (raw / "reference").rglob("*"))
    return {
        source_id: hashlib.sha256(
            shared + repr((source, rejected.get(source_id, []))).encode() + _digest(raw, (raw / source_id).rglob("*"))
        ).hexdigest()
        for source_id, source in sources.items()
    }


@cache
def code_digest() -> bytes:
    """The sum of the code that reads `raw/`: what another version of it has kept is of no use."""
    code = (path for folder in ("loading", "figures", "datasets") for path in (_CODE / folder).rglob("*"))
    return _digest(_CODE, (path for path in code if path.suffix != ".pyc" and path.is_file()))


def _digest(base: Path, paths: Iterable[Path]) -> bytes:
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(f"{path.relative_to(base)}\0".encode(errors="surrogateescape"))
        if path.is_file():
            try:
                total.update(hashlib.sha256(path.read_bytes()).digest())
            except OSError as error:  # loading says what is wrong with it
                total.update(type(error).__name__.encode())
    return total.digest()


__all__ = ["code_digest", "fingerprints"]
