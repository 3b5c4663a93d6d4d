"""What was worked out before, in files named by the sum of all that it follows from: safe to delete at any time."""

import hashlib
import json
import os
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

_SUM = 64


class Kept:
    """Values as JSON, or bytes, in one folder, by name; without a folder nothing is kept.

    An entry that is cut off, edited or written by nobody we know counts as not there.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._asked: set[str] = set()

    def get(self, name: str) -> Any:
        """The value of that name, None when there is none that is intact."""
        data = self.get_bytes(name)
        return None if data is None else json.loads(data)

    def get_bytes(self, name: str) -> bytes | None:
        """The same of what ``put_bytes`` has kept."""
        if self.folder is None:
            return None
        self._asked.add(name)
        try:
            data = (self.folder / name).read_bytes()
            if hashlib.sha256(data[_SUM:]).hexdigest().encode() != data[:_SUM]:
                return None
            return zlib.decompress(data[_SUM:])
        except (OSError, zlib.error):
            return None

    def put(self, name: str, value: Any) -> None:
        """Keep a value. Where it cannot be written it is worked out again the next time."""
        self.put_bytes(name, json.dumps(value, separators=(",", ":")).encode())

    def put_bytes(self, name: str, data: bytes) -> None:
        """Keep bytes."""
        if self.folder is None:
            return
        self._asked.add(name)
        packed = zlib.compress(data, 1)
        beside = self.folder / f"{name}.{os.getpid()}.tmp"
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(hashlib.sha256(packed).hexdigest().encode() + packed)
            beside.replace(self.folder / name)

    def ask(self, name: str) -> None:
        """Say that a value is still of use, without reading it."""
        self._asked.add(name)

    def forget_the_rest(self) -> None:
        """Delete what nobody has asked for since this was made: entries of files, specs and versions of the past."""
        if self.folder is not None and self.folder.is_dir():
            for path in self.folder.iterdir():
                if path.name not in self._asked:
                    with suppress(OSError):
                        path.unlink()
