"""The desk in headless Chromium: a document and a contradiction by keys alone, two tabs, a kill, languages, faults."""

import csv
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from orchestration.desk import journal
from orchestration.desk.queue import LABEL_COLUMNS
from tests.datasets.made import DAYS, THIRD, make
from tests.desk.pdf import write_pdf

pytestmark = pytest.mark.browser

_CODE = (
    "import sys; from pathlib import Path; from orchestration.desk import blind; blind.SHARE = float(sys.argv[3]); "
    "from orchestration.desk.app import serve; from orchestration.desk.desk import Desk; "
    "serve(Desk(Path(sys.argv[1]), Path(sys.argv[2])), 0)"
)
_TEXT = """# AI market in Japan 2024

In 2024 revenue of vendors was USD 36 billion.

In 2024 revenue of makers was USD 45 billion.

Spending of Nobody Ltd was USD 7 billion.
"""


@pytest.fixture
def chromium(browser):
    return browser


@contextmanager
def serving(raw, published, share=0.0):
    """The process of a desk, and its address with the token."""
    command = [sys.executable, "-c", _CODE, str(raw), str(published), str(share)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield server, server.stdout.readline().split()[4]
    finally:
        server.kill()
        server.wait(30)


class Seat:
    """A person in front of the desk; notes what the console says."""

    def __init__(self, browser, address, **context):
        self.context = browser.new_context(**context)
        self.errors = []
        self.page = self.tab()
        self.page.goto(address)
        self.base = address.split("/?")[0]

    def tab(self):
        page = self.context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda m: self.errors.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        return page

    def item(self):
        return self.page.locator("#item").get_attribute("data-item")

    def press(self, *keys):
        """Keys that decide: each waits for the next item."""
        for key in keys:
            before = int(self.page.locator("body").get_attribute("data-presses") or 0)
            self.page.keyboard.press(key)
            self.page.locator(f"body[data-presses='{before + 1}']").wait_for()

    def said(self, words, page=None):
        """Waits until the message has the words; the policy of the page lets no test evaluate text in it."""
        (page or self.page).locator("#message", has_text=words).wait_for()
        return (page or self.page).locator("#message").inner_text()


def test_a_document_goes_from_inbox_to_promotion_by_keys_alone(chromium, raw):
    document = raw / "inbox" / "made.txt"
    document.write_text(_TEXT)
    with serving(raw, raw / "none") as (_, address):
        seat = Seat(chromium, address)
        seat.page.goto(f"{seat.base}/figures/made.txt")
        assert "2024" in seat.page.locator("#item .big").inner_text()
        seat.press("a", "a")  # the frame: period and place
        assert document.with_name("made.txt.frame.yml").read_text().split() == ["period:", "'2024'", "place:", "JPN"]
        first = seat.item()
        marked = seat.page.locator("#text mark.current").all_inner_texts()
        assert marked and all(text in _TEXT for text in marked)
        seat.page.keyboard.press("e")
        seat.page.keyboard.press("r")  # dead inside a field: a letter
        assert seat.item() == first
        seat.page.keyboard.press("Escape")
        seat.page.keyboard.press("6")  # the runner-up of the status
        assert "changed" in (seat.page.locator("#edit [name=status]").get_attribute("class") or "")
        seat.press("a")
        assert seat.item() != first
        seat.press("z")
        assert seat.item() == first
        # a slip of the keyboard is not saved at once
        held = seat.page.locator("#edit [name=value]").input_value()
        seat.page.locator("#edit [name=value]").fill("987654")
        seat.page.keyboard.press("Enter")
        seat.said("in no unit or scale")
        assert seat.item() == first
        seat.press("a")
        assert seat.item() != first
        seat.press("z")
        assert seat.item() == first and seat.page.locator("#edit [name=value]").input_value() == held
        # an entity that no registry knows is proposed without leaving
        seat.page.keyboard.press("9")
        seat.page.keyboard.press("e")
        seat.page.keyboard.type("Nobody Ltd")
        seat.page.keyboard.press("Enter")
        seat.said("Nobody Ltd")
        seat.page.keyboard.press("n")
        assert seat.page.locator("#new [name=entity]:visible").input_value() == "Nobody Ltd"
        seat.page.keyboard.type("company")
        seat.page.keyboard.press("Enter")
        seat.said("entities.csv")
        seat.press("Enter")
        assert seat.errors == [m for m in seat.errors if "409" in m]  # the refusals, nothing else
        while seat.page.locator("[data-key=a]").count():
            seat.press("a")
        seat.page.keyboard.press("p")
        assert seat.said("raw/made/").startswith("3 rows written")
    with (raw / "made" / "figures" / "extracted.csv").open(encoding="utf-8") as handle:
        rows = {row["printed"]: row for row in csv.DictReader(handle)}
    assert len(rows) == 3 and [row["entity"] for row in rows.values()].count("Nobody Ltd") == 1
    with (raw / "inbox" / "labels" / "made.txt" / "expected.csv").open(encoding="utf-8") as handle:
        assert tuple(next(csv.reader(handle))) == LABEL_COLUMNS


def test_a_figure_that_was_missed_is_selected_in_the_text_and_added(chromium, raw, document):
    document.write_text("In 2024 revenue was USD 36 billion.\n\nThe run took about 95 at most.\n")
    with serving(raw, raw / "none") as (_, address):
        seat = Seat(chromium, address)
        seat.page.goto(f"{seat.base}/figures/made.txt")
        line, words = seat.page.locator("#text [data-line='3']"), "The run took about "
        box = line.bounding_box()
        assert line.inner_text() == f"3 {words}95 at most."
        # by the mouse: a double click takes the word under it
        for right in range(8, int(box["width"]), 5):
            seat.page.mouse.dblclick(box["x"] + right, box["y"] + box["height"] / 2)
            seat.page.keyboard.press("m")
            seat.page.locator("#place").wait_for()
            if seat.page.locator("#place [name=printed]").input_value() == "95":
                break
            seat.page.keyboard.press("Escape")  # out of the field that is still to be filled in
            seat.page.keyboard.press("c")
            seat.page.locator("#place").wait_for(state="detached")
        assert seat.page.locator("#place [name=line]").input_value() == "3"
        assert "has no unit" in seat.page.locator("#item .warn").inner_text()
        seat.page.keyboard.type("days")  # the unit is what is missing: the cursor stands there
        seat.page.keyboard.press("Enter")
        seat.page.locator("#edit").wait_for()
        assert seat.page.locator("#item .big").inner_text() == "95 = about 95 days"
        seat.page.keyboard.press("a")
        seat.said("status")  # a field that is asked for
        for name, value in (("status", "actual"), ("statistic", "level"), ("indicator", "duration")):
            seat.page.locator(f"#edit [name={name}]").fill(value)
        seat.press("Enter")
        assert seat.page.locator("#text mark.current").all_inner_texts() == ["95"]
        seat.press("z")
        assert "95" not in seat.page.locator("#text mark").all_inner_texts()
        seat.page.locator("#text mark").first.click()  # a mark leads to its figure
        seat.page.locator("[data-figure='x1-1']").wait_for()
        seat.press("a")
        seat.page.locator("#text mark").first.click()
        seat.page.get_by_text("Decided: accepted").wait_for()
        seat.press("r")
        assert seat.errors == [m for m in seat.errors if "409" in m]  # the refusals, nothing else
    assert [line["what"] for line in journal.read(raw)] == ["add", "undo", "accept", "reject"]


def test_a_mark_of_a_figure_to_be_read_blind_does_not_show_what_the_machine_read(chromium, raw, document):
    with serving(raw, raw / "none", share=1.0) as (_, address):
        seat = Seat(chromium, address)
        seat.page.goto(f"{seat.base}/figures/made.txt")
        first = seat.item()
        seat.page.locator("#text mark:not(.current)").click()
        seat.page.locator(f"#item:not([data-item='{first}'])").wait_for()
        assert seat.item().startswith("blind:") and "Read it blind" in seat.page.locator("#item").inner_text()
        assert all(not field.input_value() for field in seat.page.locator("#edit input").all())


def test_two_tabs_and_a_kill_lose_nothing(chromium, raw, document):
    with serving(raw, raw / "none") as (server, address):
        seat = Seat(chromium, address)
        seat.page.goto(f"{seat.base}/figures/made.txt")
        other = seat.tab()
        other.goto(seat.page.url)
        seat.press("a")
        other.keyboard.press("r")  # the other tab still shows the first one
        seat.said("is accept by now", other)
        seat.page.keyboard.press("a")
        seat.page.locator("[data-key=a]").wait_for(state="detached")
        server.send_signal(signal.SIGKILL)
        server.wait(30)
        assert [entry["what"] for entry in journal.read(raw)] == ["accept", "accept"]
        seat.page.keyboard.press("z")
        seat.said("not saved")
    with (raw / journal.FILE).open("ab") as handle:
        handle.write(b'{"item": "figure:made')  # as a kill within a write leaves it
    with serving(raw, raw / "none") as (_, address):
        seat = Seat(chromium, address)
        seat.page.goto(f"{seat.base}/figures/made.txt")
        assert seat.page.locator("[data-key=a]").count() == 0
        seat.press("z")
    assert [entry["what"] for entry in journal.read(raw)] == ["accept", "accept", "undo"]


def test_a_contradiction_is_decided_by_keys(chromium, desk):
    with serving(desk.raw, desk.published) as (_, address):
        seat = Seat(chromium, address)
        seat.page.get_by_role("link", name="Contradictions").first.click()
        heading = seat.page.locator("h1")
        assert heading.inner_text() == "cagr:a/1 does not fit."
        seat.page.keyboard.press("w")
        seat.page.keyboard.type("so it says")  # the letters of answers are dead in a field
        seat.page.keyboard.press("Enter")
        seat.page.keyboard.press("t")
        seat.page.keyboard.press("Tab")
        seat.page.keyboard.type("81.2")
        seat.press("Enter")
        assert heading.inner_text() == "repeat:a/4 does not fit."
        seat.page.keyboard.press("d")
        seat.press("1")
        assert heading.inner_text() == "No contradiction waits"
        seat.press("z")
        assert heading.inner_text() == "repeat:a/4 does not fit."
        seat.page.keyboard.press("o")  # our error: the row of the figure opens
        seat.page.keyboard.press("1")
        seat.page.wait_for_url("**/row?figure=a*")
        assert seat.errors == []
    assert journal.read(desk.raw)[0]["reason"] == "so it says"
    whats = [line["what"] for line in journal.read(desk.raw)]
    assert whats == ["their_error", "different", "undo", "our_error"]


def waiting_draft(raw):
    """A dataset whose third file waits to be published."""
    draft = make(raw, days=dict(list(DAYS.items())[:2])) / "draft"
    draft.mkdir()
    (draft / "2026-01-01.csv").write_text(THIRD)


def test_a_draft_is_held_and_published_by_keys(chromium, raw):
    waiting_draft(raw)
    with serving(raw, raw / "none.duckdb") as (_, address):
        seat = Seat(chromium, address)
        seat.page.get_by_role("link", name="Drafts of datasets").first.click()
        heading = seat.page.locator("h1")
        assert heading.inner_text() == "Publish chips, fetched on 2026-01-01?"
        seat.press("h")
        assert "Held back" in seat.page.locator("main").inner_text()
        seat.press("z", "p")
        assert heading.inner_text() == "No draft waits"
        assert seat.errors == []
    assert (raw / "chips" / "snapshots" / "2026-01-01.csv").read_text() == THIRD


def test_a_box_stands_where_the_page_prints_the_figure(chromium, raw):
    lines = ["AI market in Japan 2024", "In 2024 revenue of vendors was USD 36 billion.", "It was 36 percent of all."]
    write_pdf(raw / "inbox" / "made.pdf", lines)
    (raw / "inbox" / "made.pdf.frame.yml").write_text("period: none\nplace: none\n")
    with serving(raw, raw / "none") as (_, address):
        seat = Seat(chromium, address)
        seat.page.goto(f"{seat.base}/figures/made.pdf")
        while "36 billion" not in seat.page.locator("#item .big").inner_text():
            seat.press("u")
        seat.page.wait_for_selector("#page i")
        box, sheet = seat.page.locator("#page i").bounding_box(), seat.page.locator(".sheet").bounding_box()
        # the second line of the page, right of the words before it
        middle = (box["y"] + box["height"] / 2 - sheet["y"]) / sheet["height"]
        assert middle == pytest.approx((50 + 2 * 24 - 4) / 792, abs=0.01)
        assert 0.25 < (box["x"] - sheet["x"]) / sheet["width"] < 0.6
        assert seat.errors == []


def test_every_page_fits_speaks_chinese_and_has_no_serious_fault(chromium, desk, raw, document):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    faults = []
    waiting_draft(raw)
    with serving(raw, desk.published) as (_, address):
        pages = ("/", "/figures/made.txt", "/figures/made.txt?add=1", "/issues", "/ties", "/drafts", "/row?figure=a/1")
        for width, theme, paths in ((390, "dark", pages), (1280, "light", pages[1:2])):
            # axe adds a script of its own, which the policy of the page would refuse
            seat = Seat(
                chromium, address, bypass_csp=True, color_scheme=theme, viewport={"width": width, "height": 800}
            )
            for path in paths:
                for language in ("en", "zh") if theme == "dark" else ("zh",):
                    seat.page.goto(f"{seat.base}{path}{'&' if '?' in path else '?'}lang={language}")
                    assert seat.page.evaluate("document.documentElement.scrollWidth") <= width
                    said = "".join(seat.page.locator("#keys, h1").all_inner_texts())
                    assert any("\u4e00" <= sign <= "\u9fff" for sign in said) == (language == "zh"), path
                if folder := os.environ.get("DESK_PICTURES"):
                    seat.page.screenshot(path=f"{folder}/{path[1:4]}-{theme}.png")
                for fault in axe.Axe().run(seat.page).response["violations"]:
                    if fault["impact"] in ("serious", "critical"):
                        faults.append(f"{path}: {fault['id']}: {fault['nodes'][0]['html'][:200]}")
            assert seat.errors == []
    assert not faults, "\n".join(faults)


def test_keys_go_through_a_long_document(chromium, raw):
    """How soon the next item comes is measured by benchmarks/desk.py."""
    document = raw / "inbox" / "made.txt"
    document.write_text(
        "\n\n".join(f"In {2000 + n % 25} revenue of vendors was USD {n + 11} billion." for n in range(400))
    )
    (raw / "inbox" / "made.txt.frame.yml").write_text("period: none\nplace: CHN\n")
    with serving(raw, raw / "none") as (_, address):
        seat = Seat(chromium, address)
        seat.page.goto(f"{seat.base}/figures/made.txt")
        for _ in range(9):
            seat.press("a")
        assert len(journal.read(raw)) == 9
        assert seat.errors == []
