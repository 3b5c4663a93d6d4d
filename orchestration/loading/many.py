"""Many sources at once: read by several processes, handed on in the order of the registry."""

import gc
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from orchestration.loading.load import load_source
from orchestration.loading.reference import Reference, load_reference
from orchestration.loading.registry import Source
from orchestration.store.source_rows import SourceRows

# below that a second interpreter costs more than it saves
SOURCES_ALONE = 40
# results that wait for their turn; more would only take memory
AHEAD = 4

_worker: tuple[Path, Reference] | None = None


def read_sources(raw: Path, sources: Sequence[Source], reference: Reference) -> Iterator[SourceRows]:
    """The rows of each source, in the given order; a few sources are read in this process, many by one a core."""
    processes = os.cpu_count() or 1
    if len(sources) <= SOURCES_ALONE or processes == 1:
        for source in sources:
            yield SourceRows.of(load_source(raw, source, reference))
        return
    with ProcessPoolExecutor(processes, get_context("spawn"), _start, (raw,)) as pool:
        rest = iter(sources)
        waiting = [pool.submit(_read, source) for source in islice(rest, AHEAD * processes)]
        while waiting:
            yield waiting.pop(0).result()
            waiting.extend(pool.submit(_read, source) for source in islice(rest, 1))


def _start(raw: Path) -> None:
    global _worker
    _worker = raw, load_reference(raw)
    # rows hold no circles; to look for some among millions of them takes a tenth of the time
    gc.freeze()
    gc.disable()


def _read(source: Source) -> SourceRows:
    assert _worker is not None
    raw, reference = _worker
    return SourceRows.of(load_source(raw, source, reference))
