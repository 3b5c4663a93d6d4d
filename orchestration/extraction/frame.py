"""The frame of a document: kind, main period and place, and what a reviewer has told of them."""

import re
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.extraction.model import EMPTY, ExtractionError, Field, Mention
from orchestration.figures import PeriodError, parse_period

NONE = "none"

# evidence of a place that the whole document is about
TITLE, SURVEYED, SCOPE = "title", "place of the survey", "scope"
OF_THE_WHOLE = (TITLE, SURVEYED, SCOPE)

FRAME = ".frame.yml"  # behind the name of a document: the file that tells its frame

KINDS = ("filing", "release", "plan", "statistics", "survey", "research", "news", "data page", "model card")

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Told:
    """What a person told about a document; empty where nothing was told, ``none`` where the document has none."""

    period: str = ""
    place: str = ""
    fiscal_year_end: str = ""  # MM-DD
    kind: str = ""
    published: str = ""  # YYYY-MM-DD

    def __post_init__(self) -> None:
        if self.period not in ("", NONE):
            try:
                parse_period(self.period)
            except PeriodError as error:
                raise ExtractionError(f"period {self.period!r}: {error}") from None
        if self.place not in ("", NONE) and not re.fullmatch(r"[A-Z]{2,3}(?:-[A-Z0-9]{1,4})*", self.place):
            raise ExtractionError(f"place {self.place!r} is no code of a geography; write CHN, CN-ZJ, WLD or none")
        if self.fiscal_year_end not in ("", NONE):
            try:
                date.fromisoformat(f"2024-{self.fiscal_year_end}")
            except ValueError:
                raise ExtractionError(f"fiscal-year-end {self.fiscal_year_end!r} is no MM-DD, such as 03-31") from None
        if self.kind not in ("", NONE, *KINDS):
            raise ExtractionError(f"kind {self.kind!r} is unknown; known are {', '.join(KINDS)}, none")
        if self.published not in ("", NONE):
            try:
                date.fromisoformat(self.published)
            except ValueError:
                raise ExtractionError(f"published {self.published!r} is no day YYYY-MM-DD") from None

    @property
    def day(self) -> date | None:
        return date.fromisoformat(self.published) if self.published not in ("", NONE) else None

    def values(self) -> dict[str, str]:
        return asdict(self)

    def over(self, other: "Told") -> "Told":
        """This frame where it tells something, else ``other``."""
        return Told(**{name: value or getattr(other, name) for name, value in asdict(self).items()})


def told_beside(document: Path) -> Told:
    """The frame that ``<document>.frame.yml`` tells. Raises ``ExtractionError`` with file and remedy."""
    path = document.with_name(document.name + FRAME)
    if not path.is_file():
        return Told()
    try:
        # every value stays the text that a person wrote
        loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader) or {}
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise ExtractionError(f"{path}: cannot be read as YAML ({str(error).splitlines()[0]})") from None
    known = {f.name for f in fields(Told)}
    if not isinstance(loaded, dict):
        raise ExtractionError(f"{path}: holds no mapping; write lines such as `period: 2024`")
    values = {str(key).replace("-", "_"): text_of(value) for key, value in loaded.items()}
    if unknown := sorted(set(values) - known):
        raise ExtractionError(f"{path}: unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}")
    try:
        return Told(**values)
    except ExtractionError as error:
        raise ExtractionError(f"{path}: {error}") from None


def text_of(value: Any) -> str:
    # an empty key tells nothing; `none` has to be said
    return "" if value is None else str(value).strip()


@dataclass(slots=True)
class Frame:
    """What governs a document, section or table; every field with its probability and the words it was read from."""

    scope: str = "document"  # document | section | table
    name: str = ""
    line: int = 0
    period: Field = EMPTY
    first: date | None = None
    last: date | None = None
    place: Field = EMPTY
    issuer: Field = EMPTY
    fiscal_year_end: Field = EMPTY
    kind: Field = EMPTY
    published: Field = EMPTY
    currency: Field = EMPTY
    told: frozenset[str] = field(default_factory=frozenset)
    data_centres: bool = False  # the document is about data centres
    republic: bool = False  # the document counts years by the Republic
    by_first_year: bool = False  # a fiscal year has the number of the year in which it begins (2024年度 of Japan)

    def mention(self) -> Mention | None:
        return Mention(0, 0, self.period.value, self.first, self.last) if self.period.value else None

    def shown(self) -> str:
        """One line: scope, name and every field that is known with its probability."""
        parts = []
        for name in ("period", "place", "issuer", "fiscal_year_end", "kind", "published", "currency"):
            known: Field = getattr(self, name)
            if known.value or name in self.told:
                how = "told" if name in self.told else f"{known.confidence:.2f}"
                parts.append(f"{name.replace('_', '-')} {known.value or NONE} ({how})")
        where = f"{self.scope} {self.name[:60]!r}" if self.name else self.scope
        return f"{where}: {', '.join(parts) or 'nothing known'}"


@lru_cache(maxsize=1)
def rules() -> dict[str, Any]:
    """The words and rules of ``data/frames.yml``."""
    loaded: dict[str, Any] = yaml.safe_load((_DATA / "frames.yml").read_text(encoding="utf-8"))
    return loaded
