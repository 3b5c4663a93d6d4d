"""What could not be read: one `Problem` a raw row, with the place and the remedy."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """A raw row that was set aside.

    ``file`` is relative to `raw/`, ``line`` 1-based in that file (0 for the whole file), ``row`` the text of the row
    as it stands, so that nothing is lost. ``about`` marks the cells of a snapshot and what stands in them, where all
    that is wrong is theirs: what is wrong with the same cells of another snapshot has the same marks.
    """

    file: str
    line: int
    key: str
    message: str
    remedy: str
    row: str = ""
    about: tuple[str, ...] = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return f"raw/{self.file}:{self.line}: {self.key or '(no key)'}: {self.message}. {self.remedy}"


class RawError(ValueError):
    """A whole file or registry that cannot be used; says file, line and remedy."""

    def __init__(self, file: str, line: int, message: str, remedy: str) -> None:
        super().__init__(f"raw/{file}:{line}: {message}. {remedy}")
        self.problem = Problem(file, line, "", message, remedy)
