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
        "serve(Path(sys.argv[1]), Path(sys.argv[2]), {'entity': ['nvidia']}, 0)"
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
