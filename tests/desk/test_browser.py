"""The desk by keys alone, in headless Chromium."""

import os
import shutil
import subprocess
import sys

import pytest

from orchestration.desk import journal

pytestmark = pytest.mark.browser


def test_a_document_is_decided_by_keys(tmp_path):
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or pytest.skip("no chromium")
    code = (
        "import sys; from pathlib import Path; from orchestration.desk.app import serve; "
        "from orchestration.desk.desk import Desk; doc = Path(sys.argv[2]); "
        "serve(Desk(Path(sys.argv[1]), Path('none'), {doc.name: doc}, {'entity': ['nvidia']}), 0, '/figures/made.txt')"
    )
    document = tmp_path / "made.txt"
    document.write_text("# AI in China\n\nIn 2024 revenue was USD 36 billion.\nIn 2025 it was USD 45 billion.\n")
    desk = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path), str(document)], stdout=subprocess.PIPE, text=True
    )
    try:
        address = desk.stdout.readline().split()[4]
        with sync_api.sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page()
            errors = []
            page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
            page.goto(address)
            first = page.locator("#item").get_attribute("data-item")
            if os.environ.get("DESK_PICTURE"):
                page.screenshot(path=os.environ["DESK_PICTURE"])
            page.keyboard.press("e")
            page.keyboard.press("r")  # dead inside a field: a letter
            assert page.locator("#item").get_attribute("data-item") == first
            page.keyboard.press("Escape")
            with page.expect_navigation():
                page.keyboard.press("a")
            assert page.locator("#item").get_attribute("data-item") != first
            with page.expect_navigation():
                page.keyboard.press("z")
            assert page.locator("#item").get_attribute("data-item") == first
            browser.close()
    finally:
        desk.terminate()
        desk.wait(30)
    assert [entry["what"] for entry in journal.read(tmp_path)] == ["accept", "undo"]
    assert errors == []


def test_a_contradiction_is_decided_by_keys(desk):
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or pytest.skip("no chromium")
    code = (
        "import sys; from pathlib import Path; from orchestration.desk.app import serve; "
        "from orchestration.desk.desk import Desk; serve(Desk(Path(sys.argv[1]), Path(sys.argv[2]), {}, {}), 0)"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", code, str(desk.raw), str(desk.published)], stdout=subprocess.PIPE, text=True
    )
    try:
        address = server.stdout.readline().split()[4]
        with sync_api.sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            context = browser.new_context()
            page, other = context.new_page(), context.new_page()
            errors = []
            page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
            page.goto(address)
            page.get_by_role("link", name="Contradictions").first.click()
            other.goto(page.url)
            sync_api.expect(page.locator("h1")).to_have_text("cagr:a/1 does not fit.")
            page.keyboard.press("t")
            page.keyboard.press("Tab")
            page.keyboard.type("81.2")
            with page.expect_navigation():
                page.keyboard.press("Enter")
            sync_api.expect(page.locator("h1")).to_have_text("repeat:a/4 does not fit.")
            assert errors == []
            other.keyboard.press("s")  # the other tab still shows the first one
            sync_api.expect(other.locator("#message")).to_contain_text("is their_error by now")
            page.keyboard.press("d")
            with page.expect_navigation():
                page.keyboard.press("1")
            sync_api.expect(page.locator("h1")).to_have_text("No contradiction waits")
            with page.expect_navigation():
                page.keyboard.press("z")
            sync_api.expect(page.locator("h1")).to_have_text("repeat:a/4 does not fit.")
            page.set_viewport_size({"width": 390, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            browser.close()
    finally:
        server.terminate()
        server.wait(30)
    assert [line["what"] for line in journal.read(desk.raw)] == ["their_error", "different", "undo"]
