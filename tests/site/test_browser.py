"""The site in headless Chromium: pages, charts, search, links, languages, phone width, accessibility.

Run where Playwright and a Chromium are found (``make test-browser`` installs the one, ``apt-get install chromium`` the
other); elsewhere the tests say so and are skipped. ``AI_FIGURES_CHROMIUM`` names another executable.
"""

import concurrent.futures
import functools
import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import yaml

from orchestration.site import SiteReport
from orchestration.site.pictures import find_chromium, take_pictures
from tests.conftest import PROJECT
from tests.site.tiny import HOSTILE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PHONE, DESK = 390, 1280
FIGURE = "bse_genai_2025/31a"


class Visit:
    """One page in a context of its own that notes errors and requests."""

    def __init__(self, browser: "Browser", *, width: int = DESK, theme: Any = "light", language: str = "en") -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("dialog", lambda dialog: self.errors.append(f"dialog: {dialog.message}"))
        if language == "zh":
            self.page.add_init_script("localStorage.setItem('ai-figures-language', 'zh')")

    def open(self, address: str) -> "Page":
        self.page.goto(address)
        if self.page.query_selector(".chart[data-chart]"):
            self.page.wait_for_selector("html[data-charts=drawn]", timeout=60_000)
        return self.page

    def __enter__(self) -> "Visit":
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


def address(site: SiteReport, page: str) -> str:
    return site.target.as_uri() + "/" + page


def page_names(site: SiteReport) -> list[str]:
    return sorted(path.name for path in site.target.glob("*.html"))


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_every_page_opens_from_a_folder_without_errors_and_fits(
    browser: "Browser", shipped_site: SiteReport, width: int
) -> None:
    with Visit(browser, width=width) as visit:
        for name in page_names(shipped_site):
            page = visit.open(address(shipped_site, name))
            assert not visit.errors, name
            assert all(url.startswith(("file:", "data:", "blob:")) for url in visit.requests), name
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert over <= 0, f"{name} is {over} px wider than {width} px"
            assert page.locator("h1").count() == 1, name
            for chart in page.locator(".chart[data-chart]").all():
                marks = chart.locator(".mark-symbol path, .mark-rect path, .mark-line path").count()
                assert marks > 1, f"{name}: {chart.get_attribute('data-chart')} is empty"


def test_hostile_text_stays_text(browser: "Browser", tiny_site: SiteReport) -> None:
    with Visit(browser) as visit:
        for name in page_names(tiny_site):
            page = visit.open(address(tiny_site, name))
            assert not visit.errors, name
            assert page.locator("main img").count() == 0, name
    with Visit(browser) as visit:
        page = visit.open(address(tiny_site, "figures.html#figure=two_2024/2a%23b%26c%2Bd%20e"))
        assert HOSTILE.split(" ")[0] in page.locator("#figure-detail h2").inner_text()
        assert not visit.errors


def test_search_and_filters_narrow_the_list(browser: "Browser", shipped_site: SiteReport) -> None:
    from playwright.sync_api import expect

    with Visit(browser) as visit:
        page = visit.open(address(shipped_site, "figures.html"))

        def found() -> int:
            return int(page.locator(".count").inner_text().split(" ")[0].replace(",", ""))

        everything = found()
        page.locator("[name=indicator]").select_option("market_size")
        of_indicator = found()
        assert 0 < of_indicator < everything
        page.locator("[name=status]").select_option("forecast")
        assert 0 < found() < of_indicator
        assert {cell.strip() for cell in page.locator("tbody .status").all_inner_texts()} == {"forecast"}
        page.locator("[name=from]").fill("2030")
        assert 0 < found() < of_indicator
        page.get_by_role("button", name="Clear").click()
        # no wait_for_function: it evaluates text in the page, which the content security policy forbids
        expect(page.locator(".count")).to_have_text(re.compile(rf"^{everything:,}"))
        # the English label of a segment finds figures printed in Chinese, and the other way round
        page.locator("[name=q]").fill("generative 2028")
        english = found()
        assert english > 0
        page.locator("[name=q]").fill("生成式")
        assert found() > 0
        page.locator("[name=q]").fill("no such thing anywhere")
        assert found() == 0
        assert not visit.errors


def test_a_list_and_a_figure_can_be_shared_by_their_address(browser: "Browser", shipped_site: SiteReport) -> None:
    with Visit(browser) as visit:
        page = visit.open(address(shipped_site, "figures.html"))
        page.locator("[name=q]").fill("360.6")
        page.locator("tbody a").first.click()
        heading = page.locator("#figure-detail h2").inner_text()
        assert "360.6亿美元" in heading and "36.06 bn USD" in heading
        shared = page.url
    assert f"figure={FIGURE}" in shared
    with Visit(browser) as visit:
        page = visit.open(shared)
        assert page.locator("#figure-detail h2").inner_text() == heading
        assert page.locator("[name=q]").input_value() == "360.6"
        detail = page.locator("#figure-detail").inner_text()
        assert "line 31" in detail and "Interval" in detail and "Comparisons" in detail
        # a compared figure opens in place
        page.locator(".comparison details summary").first.click()
        page.locator(".comparison details a").first.click()
        assert f"figure={FIGURE}" not in page.url
        assert not visit.errors


def test_a_mark_of_a_chart_opens_its_figure(browser: "Browser", shipped_site: SiteReport) -> None:
    with Visit(browser) as visit:
        page = visit.open(address(shipped_site, "market.html"))
        page.locator("[data-chart=market-fan-china] .mark-symbol.role-mark path").first.click()
        page.wait_for_url(re.compile(r"figures\.html#figure="))
        assert page.locator("#figure-detail h2").is_visible()


def test_a_finding_leads_to_its_figures_and_back(browser: "Browser", shipped_site: SiteReport) -> None:
    with Visit(browser) as visit:
        page = visit.open(address(shipped_site, "findings.html"))
        total = page.locator(".finding").count()
        page.locator("select[name=severity]").select_option("error")
        assert 0 < page.locator(".finding:not([hidden])").count() < total
        assert "severity=error" in page.url
        card = page.locator(".finding:visible").first
        identifier = card.get_attribute("id")
        card.locator("summary").click()
        card.locator("li a").first.click()
        page.wait_for_url(re.compile(r"figures\.html#figure="))
        page.get_by_role("link", name="See the finding").first.click()
        page.wait_for_url(re.compile(r"findings\.html#"))
        assert page.locator(".finding.target").is_visible()
        assert identifier
        assert not visit.errors


def test_a_long_board_opens_with_its_first_part_and_nothing_is_out_of_reach(
    browser: "Browser", shipped_site: SiteReport
) -> None:
    from playwright.sync_api import expect

    for name, item in (("findings", ".issue"), ("compare-market", "#compare tbody tr")):
        with Visit(browser, width=PHONE) as visit:
            page = visit.open(address(shipped_site, f"{name}.html"))
            total = page.locator(item).count()
            first = page.locator(f"{item}:visible").count()
            assert 0 < first < total
            assert page.evaluate("() => document.documentElement.scrollHeight") < 16_000
            more = page.locator(".show-more")
            assert f"of {total}" in more.inner_text()
            more.press("Enter")
            assert page.locator(f"{item}:visible").count() > first
            page.emulate_media(media="print")
            assert page.locator(f"{item}:visible").count() == total
            assert not visit.errors
    with Visit(browser, width=PHONE) as visit:
        page = visit.open(address(shipped_site, "findings.html"))
        last = page.locator(".issue").last
        identifier = last.get_attribute("id")
        words = last.locator("h3 .en").first.text_content()
        assert not last.is_visible()
        page.locator("[name=q]").fill(words or "")  # the search looks at all of them
        expect(last).to_be_visible()
        page.goto("about:blank")
        page.goto(f"{address(shipped_site, 'findings.html')}#{identifier}")
        expect(page.locator(f"[id='{identifier}']")).to_be_visible()


def test_both_values_of_a_finding_stand_on_one_axis(browser: "Browser", shipped_site: SiteReport) -> None:
    for width in (DESK, PHONE):
        with Visit(browser, width=width) as visit:
            page = visit.open(address(shipped_site, "findings.html"))
            uneven = page.evaluate("""() => [...document.querySelectorAll(".axis")].filter((axis) => {
                const boxes = [...axis.querySelectorAll(".track")].map((track) => track.getBoundingClientRect());
                const first = boxes[0];
                return boxes.some((box) => Math.abs(box.left - first.left) + Math.abs(box.right - first.right) > 1);
            }).length""")
            assert uneven == 0


def test_the_valuation_table_sorts(browser: "Browser", shipped_site: SiteReport) -> None:
    with Visit(browser) as visit:
        page = visit.open(address(shipped_site, "investment.html"))
        heading = page.locator("table.sortable th").filter(has_text="Upside")

        def column() -> list[float]:
            cells = page.locator("table.sortable tbody tr td:nth-child(6)").all()
            return [float(value) for cell in cells if (value := cell.get_attribute("data-value"))]

        heading.get_by_role("button").click()
        assert heading.get_attribute("aria-sort") == "descending"
        assert column() == sorted(column(), reverse=True)
        heading.get_by_role("button").click()
        assert column() == sorted(column())


def test_chinese_and_english_can_be_switched_and_are_kept(browser: "Browser", shipped_site: SiteReport) -> None:
    from playwright.sync_api import expect

    with Visit(browser) as visit:
        page = visit.open(address(shipped_site, "index.html"))
        assert page.locator("h1").inner_text().startswith("What reports say")
        page.locator("#switch-language").click()
        assert page.locator("html").get_attribute("lang") == "zh-Hans"
        assert "各报告" in page.locator("h1").inner_text()
        chart = page.locator("[data-chart=return-bridge]")
        expect(page.locator("[data-chart=return-bridge]")).to_have_attribute("data-drawn", re.compile("^zh"))
        assert "总回报" in chart.inner_text()
        page.locator("nav a", has_text="数字检索").click()
        page.wait_for_selector("tbody tr")
        assert "个数字" in page.locator(".count").inner_text()
        assert not visit.errors


def test_light_and_dark_follow_the_system_and_the_button(browser: "Browser", shipped_site: SiteReport) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    with Visit(browser, theme="dark") as visit:
        page = visit.open(address(shipped_site, "index.html"))
        dark = page.evaluate(background)
        page.locator("#switch-theme").click()
        assert page.evaluate(background) != dark


# One page of each template; the dark theme differs in colours only.
TEMPLATES = {
    "light": ("index", "investment", "figures", "findings", "reports", "report-bse_genai_2025", "dictionary", "how-to",
              "guide-raw-format"),
    "dark": ("index", "figures", "report-bse_genai_2025", "how-to"),
}  # fmt: skip


@pytest.mark.parametrize("theme", list(TEMPLATES))
def test_no_page_has_a_serious_accessibility_fault(browser: "Browser", shipped_site: SiteReport, theme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    faults = []
    with Visit(browser, theme=theme) as visit:
        for name in TEMPLATES[theme]:
            page = visit.open(address(shipped_site, f"{name}.html"))
            if name == "figures":
                page.locator("tbody a").first.click()
            for fault in axe.Axe().run(page).response["violations"]:
                if fault["impact"] in ("serious", "critical"):
                    first = fault["nodes"][0]
                    faults.append(f"{name}: {fault['id']} ({len(fault['nodes'])}): {first['html'][:200]}")
    assert not faults, "\n".join(faults)


def test_the_keyboard_reaches_content_and_controls(browser: "Browser", shipped_site: SiteReport) -> None:
    with Visit(browser) as visit:
        page = visit.open(address(shipped_site, "figures.html"))
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") == "q"
        page.keyboard.type("93.41")
        page.locator("tbody a").first.focus()
        page.keyboard.press("Enter")
        assert page.locator("#figure-detail").is_visible()
        page.get_by_role("button", name="Close").press("Enter")
        assert page.locator("#figure-detail").is_hidden()


def test_pictures_of_the_readme_are_taken_from_the_site(
    browser: "Browser", shipped_site: SiteReport, tmp_path: Path
) -> None:
    executable = find_chromium()
    assert executable
    # Playwright runs one event loop a thread
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        taken = pool.submit(take_pictures, shipped_site.target, tmp_path, executable).result()
    assert [path.name for path in taken] == ["site.png", "findings.png"]
    assert all(path.stat().st_size > 20_000 for path in taken)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def served(shipped_site: SiteReport) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(shipped_site.target))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_plain_file_server_is_enough(browser: "Browser", served: str, tmp_path: Path) -> None:
    with Visit(browser) as visit:
        page = visit.open(f"{served}/index.html")
        page.locator("nav a", has_text="Figures").click()
        page.wait_for_selector("tbody tr")
        page.locator("[name=q]").fill("93.41")
        page.locator("tbody a").first.click()
        assert "93.41" in page.locator("#figure-detail h2").inner_text()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download CSV").click()
        download.value.save_as(tmp_path / "figures.csv")
        assert not visit.errors
        assert all(url.startswith((served, "data:", "blob:")) for url in visit.requests)
    lines = (tmp_path / "figures.csv").read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("figure_id,source_id,line") and len(lines) > 1


def test_a_table_is_filtered_kept_in_the_address_and_saved(browser: "Browser", shipped_site: SiteReport) -> None:
    from playwright.sync_api import expect

    with Visit(browser) as visit:
        page = visit.open(address(shipped_site, "tables.html") + "#table=market.market_size&q=2024")
        expect(page.locator("html")).to_have_attribute("data-table", "market.market_size")
        expect(page.locator("#table-about")).to_contain_text(" of ")
        page.get_by_label("filter segment").press_sequentially("AI chip")
        expect(page.locator(".tabulator-row")).to_have_count(0)
        page.get_by_label("filter segment").fill("")
        page.get_by_label("filter segment").press_sequentially("ai_chip")
        page.wait_for_url(re.compile("f.segment=ai_chip"))
        shared = page.url
        with page.expect_download() as saved:
            page.locator("#save-csv").click()
        lines = Path(saved.value.path()).read_text(encoding="utf-8-sig").splitlines()
        assert len(lines) == page.locator(".tabulator-row").count() + 1
        page.goto("about:blank")
        page.goto(shared)
        expect(page.locator(".tabulator-row")).to_have_count(len(lines) - 1)
        assert not visit.errors


def test_a_chart_is_saved_with_its_title_unit_sources_and_version(browser: "Browser", shipped_site: SiteReport) -> None:
    with Visit(browser) as visit:
        page = visit.open(address(shipped_site, "chart-market-fan-china.html"))
        with page.expect_download() as saved:
            page.locator("button[data-save=svg]").click()
        text = " ".join(re.findall(r">([^<]+)<", Path(saved.value.path()).read_text(encoding="utf-8")))
        assert all(part in text for part in ("Market size in China", "Unit: USD", "Sources: ", "AI Figures 2"))
        with page.expect_download() as saved:
            page.locator("button[data-save=png]").click()
        assert Path(saved.value.path()).read_bytes()[:4] == b"\x89PNG"
        assert "version" in page.locator("#citation").inner_text()
        assert not visit.errors


@pytest.mark.parametrize(
    ("typed", "other"),
    [("生成式AI", "生成式 AI"), ("ＡＩ", "ai"), ("localisation", "localization"), ("资本支出", "capex")],
)
def test_search_folds_width_blanks_and_other_names(
    browser: "Browser", shipped_site: SiteReport, typed: str, other: str
) -> None:
    with Visit(browser) as visit:
        counts = []
        for query in (typed, other):
            page = visit.open(address(shipped_site, "index.html"))
            page = visit.open(address(shipped_site, "figures.html") + f"#q={query}")
            counts.append(page.locator(".count").inner_text())
        assert counts[0] != "0 figures"
        if typed != "资本支出":
            assert counts[0] == counts[1]


def test_what_a_number_is_about_ranks_above_notes_and_ids_match_no_year(
    browser: "Browser", shipped_site: SiteReport
) -> None:
    with Visit(browser) as visit:
        page = visit.open(address(shipped_site, "figures.html") + "#q=93.41%25")
        assert page.locator(".explorer tbody tr").first.locator(".printed").inner_text() == "93.41%"
        page = visit.open(address(shipped_site, "index.html"))
        page = visit.open(address(shipped_site, "figures.html") + "#q=bse_genai_2025")
        assert page.locator(".count").inner_text() == "0 figures"


def test_a_whole_name_ranks_above_the_beginning_of_a_longer_one(browser: "Browser", shipped_site: SiteReport) -> None:
    with Visit(browser) as visit:
        for query in ("China AI market 2024", "中国人工智能市场规模 2024"):
            visit.open(address(shipped_site, "index.html"))
            page = visit.open(address(shipped_site, "figures.html") + f"#q={query}")
            assert "artificial intelligence, China" in page.locator(".explorer tbody tr").first.inner_text(), query


def test_a_sentence_is_searched_by_its_telling_words(browser: "Browser", shipped_site: SiteReport) -> None:
    told = yaml.safe_load((PROJECT / "orchestration" / "site" / "search.yml").read_text())
    with Visit(browser) as visit:

        def found(query: str) -> list[str]:
            visit.open(address(shipped_site, "index.html"))
            page = visit.open(address(shipped_site, "figures.html") + "#q=" + quote(query))
            return page.locator(".explorer tbody tr").all_inner_texts()

        for example in told["examples"]:
            assert found(example["typed"]) == found(example["means"]) != [], example
        for example in told["counter_examples"]:
            assert example["keeps"].lower() not in told["linking"] or found(example["typed"]), example
        assert "7.7倍" in found("H100 is 7.7 times a 910B")[0]


def test_chinese_typed_without_blanks_is_cut_into_names(browser: "Browser", shipped_site: SiteReport) -> None:
    with Visit(browser) as visit:
        counts = []
        for query in ("中国人工智能市场规模 2024", "中国 人工智能 市场规模 2024"):
            visit.open(address(shipped_site, "index.html"))
            page = visit.open(address(shipped_site, "figures.html") + f"#q={query}")
            counts.append(page.locator(".count").inner_text())
        assert counts[0] == counts[1] != "0 figures"
