"""``python -m orchestration.site.pictures``: the two pictures of the README, taken from the built site.

Needs Playwright and a Chromium (`make test-browser` installs the one, `apt-get install chromium fonts-noto-cjk` the
other). The pictures show the published figures as they are; nothing is staged.
"""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from orchestration.settings import load_settings

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: the page, what to bring to the top (a selector), and the size in CSS pixels."""

    file: str
    page: str
    top: str
    width: int = 1180
    height: int = 760


PICTURES = (
    Picture("site.png", "index.html", "body", height=1040),
    Picture("findings.png", "findings.html", "#board", height=900),
)


def find_chromium() -> str | None:
    """The Chromium to use: the one named in ``AI_FIGURES_CHROMIUM``, else the first found on the path."""
    found = (shutil.which(name) for name in CHROMIUM_NAMES)
    return os.environ.get("AI_FIGURES_CHROMIUM") or next((path for path in found if path), None)


def take_pictures(site: Path, folder: Path, chromium: str) -> list[Path]:
    """Take the pictures of a built site into ``folder``; returns their paths."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for picture in PICTURES:
            size = {"width": picture.width, "height": picture.height}
            page = browser.new_page(viewport=size, color_scheme="light", reduced_motion="reduce")  # type: ignore[arg-type]
            page.goto((site / picture.page).resolve().as_uri())
            page.wait_for_selector("html[data-charts=drawn]")
            page.locator(picture.top).first.evaluate("node => node.scrollIntoView({block: 'start'})")
            path = folder / picture.file
            page.screenshot(path=path)
            taken.append(path)
        browser.close()
    return taken


def main() -> int:
    settings = load_settings()
    site = settings.site
    chromium = find_chromium()
    if not (site / "index.html").exists():
        print(f"{site / 'index.html'} does not exist; run `make site` first", file=sys.stderr)
        return 1
    try:
        import playwright  # noqa: F401
    except ImportError:
        chromium = None
    if chromium is None:
        print(
            "pictures need Playwright and a Chromium: `make test-browser` installs the one, "
            "`apt-get install chromium fonts-noto-cjk` the other",
            file=sys.stderr,
        )
        return 1
    for path in take_pictures(site, settings.project / "docs" / "images", chromium):
        print(f"{path.relative_to(settings.project)}: {path.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
