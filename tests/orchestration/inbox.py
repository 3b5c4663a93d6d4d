"""An inbox of our own documents: every kind that is read, several that cannot be, two of them large on request."""

import shutil
from pathlib import Path

import yaml

from orchestration.settings import PROJECT, Settings

EXTRACTION = PROJECT / "tests" / "extraction"
UNREADABLE = {"encrypted.pdf", "scanned.pdf", "truncated.pdf", "film.mp4", "hollow.txt"}


def passages(name: str) -> list[str]:
    entries = yaml.safe_load((EXTRACTION / "passages" / f"{name}.yml").read_text(encoding="utf-8"))
    return [entry["text"] for entry in entries]


def settings_with_inbox(folder: Path) -> Settings:
    """A warehouse of its own with the shipped reference data, no report, and an inbox to be filled."""
    raw = folder / "raw"
    shutil.copytree(PROJECT / "raw" / "reference", raw / "reference")
    for file in (PROJECT / "raw").glob("*.yml"):
        shutil.copy(file, raw)
    (raw / "sources.yml").write_text("[]\n", encoding="utf-8")
    (raw / "inbox").mkdir()
    return Settings(project=PROJECT, raw=raw, state=folder / "state", published=folder / "warehouse")


def fill(inbox: Path) -> None:
    """Fifteen documents."""
    for path in (EXTRACTION / "documents").iterdir():
        shutil.copy(path, inbox)
    chinese, english = passages("chinese"), passages("english")
    (inbox / "chinese.txt").write_text("\n\n".join(chinese), encoding="utf-8")
    (inbox / "gb18030.txt").write_bytes("\n\n".join(passages("third")).encode("gb18030"))
    (inbox / "english.md").write_text("# Market notes\n\n" + "\n\n".join(english), encoding="utf-8")
    (inbox / "more.html").write_text(
        "<html><body><h1>Notes</h1>" + "".join(f"<p>{text}</p>" for text in passages("more")) + "</body></html>",
        encoding="utf-8",
    )
    (inbox / "tables.txt").write_text("\n\n".join(passages("fifth")), encoding="utf-8")
    (inbox / "shipments.csv").write_text(
        "Vendor,2022 (US$ million),2023 (US$ million)\nNimbus,1204.5,1530\nStratus,860,1015.25\n", encoding="utf-8"
    )
    (inbox / "chinese.txt.md").write_text("\n\n".join(chinese[:5]), encoding="utf-8")
    (inbox / "film.mp4").write_bytes(b"\0\0\0\x18ftyp")
    (inbox / "hollow.txt").write_bytes(b"")


def add_large(inbox: Path, kilobytes: int) -> None:
    """A document that takes a worker some seconds."""
    text = "\n\n".join([*passages("chinese"), *passages("english")])
    times = kilobytes * 1000 // len(text.encode()) + 1
    (inbox / "large.txt").write_text("\n\n".join(f"第{n}章\n\n{text}" for n in range(times)), encoding="utf-8")


def kept(settings: Settings) -> dict[str, str]:
    """Every kept extraction as it stands: all rows, counts and problems."""
    folder = settings.state / "extracted"
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.json"))}
