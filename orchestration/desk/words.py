"""What the desk says, in English and in Chinese: the sentences stand in `words.yml`, with places for what varies."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("en", "zh")
_FILE = Path(__file__).parent / "words.yml"


@lru_cache(maxsize=1)
def _sentences() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return loaded


def say(language: str, key: str, **values: Any) -> str:
    """The sentence of a key. Raises ``KeyError`` for one that `words.yml` does not hold."""
    return _sentences()[key][language].format(**values)


def name(language: str, kind: str, code: str) -> str:
    """The word for a code of the desk's own (a field, an answer); the code itself where there is none."""
    known = _sentences().get(f"{kind}.{code}")
    return known[language] if known else code.replace("_", " ")


class SpokenError(ValueError):
    """An error that a person at the desk reads, in the language of the page; ``str`` gives it in English."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(say("en", key, **values))
        self.key, self.values = key, values

    def text(self, language: str) -> str:
        return say(language, self.key, **self.values)
