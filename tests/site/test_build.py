"""What is in the files: pages, links, escaping, data; and what happens when the published file is not fit."""

import csv
import json
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import duckdb
import pytest
from selectolax.lexbor import LexborHTMLParser

from orchestration.site import SiteError, SiteReport, build, build_site
from orchestration.site.charts import DEFINITIONS, PAGE_CHARTS
from orchestration.site.warehouse import MARTS
from orchestration.store.kept import Kept
from tests.site.tiny import HOSTILE, write_tiny

FIXED_PAGES = {
    "index.html", "figures.html", "findings.html", "reports.html", "dictionary.html", "how-to.html",
    *(f"{mart}.html" for mart in MARTS),
}  # fmt: skip

# libraries of others name namespaces; the policy of the pages forbids them to fetch anything
VENDORED = ("vega.js", "tabulator.min.js")


def pages(site: SiteReport) -> dict[str, LexborHTMLParser]:
    return {path.name: LexborHTMLParser(path.read_text("utf-8")) for path in sorted(site.target.glob("*.html"))}


def data_of(site: SiteReport) -> dict:
    text = (site.target / "data" / "figures.js").read_text("utf-8")
    return json.loads(text.removeprefix("window.AI_FIGURES=").rstrip().removesuffix(";"))


@pytest.fixture(params=["tiny_site", "shipped_site"])
def site(request: pytest.FixtureRequest) -> SiteReport:
    return request.getfixturevalue(request.param)


def test_every_page_is_there_and_the_report_says_what_was_built(site: SiteReport) -> None:
    names = {path.name for path in site.target.glob("*.html")}
    assert names >= FIXED_PAGES
    assert len(names) == site.pages
    assert site.bytes == sum(path.stat().st_size for path in site.target.rglob("*") if path.is_file())
    assert str(site.target / "index.html") in site.summary()


def test_no_link_is_dead(site: SiteReport) -> None:
    parsed = pages(site)
    ids = {name: {node.attributes.get("id") for node in page.css("[id]")} for name, page in parsed.items()}
    figures = {row[0] for row in data_of(site)["figures"]}
    dead = []
    for name, page in parsed.items():
        for node in page.css("[href], [src]"):
            address = node.attributes.get("href") or node.attributes.get("src") or ""
            parts = urlsplit(address)
            # documents of the repository may name their sources
            if parts.scheme == "data" or (parts.scheme == "https" and name.startswith("guide-")):
                continue
            assert not parts.scheme, f"{name} leads out of the site: {address}"
            target = parts.path or name
            fragment = unquote(parts.fragment)
            if not (site.target / target).is_file():
                dead.append(f"{name}: {address}")
            elif fragment.startswith("figure="):
                if fragment.removeprefix("figure=") not in figures:
                    dead.append(f"{name}: {address} is no figure")
            elif fragment and "=" not in fragment and fragment not in ids.get(target, set()):
                dead.append(f"{name}: {address} has no such place")
    assert not dead


def test_nothing_is_fetched_from_a_network(site: SiteReport) -> None:
    """Style and code; the data of the pages may name addresses, as citations do."""
    for path in site.target.rglob("*"):
        is_code = (
            path.suffix == ".js" and path.name not in VENDORED and "data" not in path.relative_to(site.target).parts
        )
        if path.suffix == ".css" or is_code:
            assert not re.search(r"https?://", path.read_text("utf-8")), path.name


def test_text_of_figures_is_never_markup(tiny_site: SiteReport) -> None:
    for name, page in pages(tiny_site).items():
        assert not page.css("img"), name
        assert not page.css("b"), name
        for node in page.css("*"):
            assert not [key for key in node.attributes if key.startswith("onerror")], name
    raw = (tiny_site.target / "findings.html").read_text("utf-8")
    assert "&lt;/script&gt;&lt;img" in raw
    for script in (tiny_site.target / "data" / "figures.js", tiny_site.target / "index.html"):
        assert "</script><img" not in script.read_text("utf-8")


def test_explorer_data_holds_every_figure_as_printed(tiny_site: SiteReport) -> None:
    data = data_of(tiny_site)
    at = {name: index for index, name in enumerate(data["columns"])}
    rows = {row[at["figure_id"]]: row for row in data["figures"]}
    assert len(rows) == 6
    hostile = rows["two_2024/2a#b&c+d e"]
    assert hostile[at["printed"]] == HOSTILE
    assert hostile[at["value_high"]] == "inf"
    assert rows["one_2025/1b"][at["shown"]] == ["8 bn USD", "80 亿美元"]
    by_id = {comparison[0]: comparison for comparison in data["comparisons"]}
    positions = by_id["cagr:one/1"][4]
    assert [data["figures"][position][0] for position in positions] == ["one_2025/1c", "one_2025/1b", "one_2025/1a"]
    assert data["labels"]["indicator"]["market_size"] == ["market size", "市场规模"]


def test_every_chart_states_unit_source_and_date_and_has_a_table(site: SiteReport) -> None:
    shown = 0
    for name, page in pages(site).items():
        specs = page.css_first("#chart-specs")
        known = json.loads(specs.text()) if specs else {}
        for card in page.css(".chart-card"):
            shown += 1
            meta = card.css_first(".chart-meta").text()
            assert all(word in meta for word in ("Unit", "Sources", "Warehouse of")), name
            assert card.css("details table tbody tr"), name
            chart_id = card.css_first(".chart").attributes["data-chart"]
            assert set(known[chart_id]["specs"]) == {"en", "zh"}
    assert shown > 3


def test_shipped_figures_fill_every_chart(shipped_site: SiteReport) -> None:
    assert shipped_site.charts == len(DEFINITIONS)
    placed = {chart for charts in PAGE_CHARTS.values() for chart in charts}
    assert placed == {definition.chart_id for definition in DEFINITIONS}


def test_every_finding_is_drawn_with_both_values(shipped_site: SiteReport) -> None:
    cards = LexborHTMLParser((shipped_site.target / "findings.html").read_text("utf-8")).css("article.finding")
    assert cards
    for card in cards:
        values = 0 if card.attributes["data-rule"] == "unit_basis" else 2  # no value is expected of a wrong unit
        assert len(card.css(".lane .dot")) == values, card.attributes["id"]
        assert card.css_first(".explanation").text().strip()
        assert card.css(".badges .badge")


def test_findings_are_told_by_what_disagrees(shipped_site: SiteReport) -> None:
    """A reader who looks for two reports that disagree need not know which rule says so."""
    page = LexborHTMLParser((shipped_site.target / "findings.html").read_text("utf-8"))
    offered = {option.attributes["value"] for option in page.css("select[name=scope] option")}
    cards = page.css("article.finding")
    assert offered - {""} == {card.attributes["data-scope"] for card in cards} == {"reports", "itself", "outside"}
    for card in cards:
        between = len((card.attributes["data-source"] or "").split()) > 1
        assert between == (card.attributes["data-scope"] == "reports") or card.attributes["data-rule"] == "reference"


def test_answers_are_all_in_dollars_and_no_column_is_empty(shipped_site: SiteReport) -> None:
    for path in shipped_site.target.glob("compare-*.html"):
        page = LexborHTMLParser(path.read_text("utf-8"))
        rows = [row.css("td") for row in page.css("#compare tbody tr")]
        assert {len(row) for row in rows} == {len(page.css("#compare thead th"))}, path.name
        for column in range(len(rows[0]) - 1):  # nothing may be in question
            assert any(row[column].text().strip() for row in rows), (path.name, column)
    market = LexborHTMLParser((shipped_site.target / "compare-market.html").read_text("utf-8"))
    money = [row.css("td.num") for row in market.css("#compare tbody tr") if "USD" in row.css("td.num")[0].text()]
    assert money and all(dollars.text() == value.text() for value, dollars in money)


def test_missing_neighbours_are_not_linked_and_present_ones_are(tiny_file: Path, tmp_path: Path) -> None:
    (tmp_path / "data_docs").mkdir()
    (tmp_path / "data_docs" / "index.html").write_text("checks", encoding="utf-8")
    (tmp_path / "static_index.html").write_text("models", encoding="utf-8")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "one.md").write_text(
        "# One\n\n[two](two.md#part-b), [gone](gone.md), <img src=x onerror=1>\n", encoding="utf-8"
    )
    (tmp_path / "docs" / "two.md").write_text("# Two\n\n## Part B\n", encoding="utf-8")
    with_all = build_site(
        tiny_file,
        tmp_path / "all",
        docs=tmp_path / "docs",
        data_docs=tmp_path / "data_docs",
        dbt_docs=tmp_path / "static_index.html",
    )
    links = {node.attributes["href"] for node in pages(with_all)["index.html"].css("footer a")}
    assert links == {"data_docs/index.html", "dbt_docs.html"}
    guide = pages(with_all)["guide-one.html"].css_first("article")
    assert [node.attributes["href"] for node in guide.css("a")] == ["guide-two.html#part-b"]
    assert "gone" in guide.text() and not guide.css("img")
    none = build_site(
        tiny_file, tmp_path / "none", docs=tmp_path / "x", data_docs=tmp_path / "x", dbt_docs=tmp_path / "x"
    )
    assert not pages(none)["index.html"].css("footer a")


@pytest.mark.parametrize("missing", ["core.figures", "reconciliation.findings", "core.figures.printed"])
def test_a_missing_table_or_column_is_named_and_the_old_site_stays(missing: str, tmp_path: Path) -> None:
    file = write_tiny(tmp_path / "broken.duckdb", without=missing)
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("the last good one", encoding="utf-8")
    with pytest.raises(SiteError, match=missing.replace(".", r"\.")) as caught:
        build_site(file, site)
    assert "make warehouse" in str(caught.value)
    assert (site / "index.html").read_text("utf-8") == "the last good one"
    assert {path.name for path in tmp_path.iterdir()} == {"broken.duckdb", "site"}


def test_no_file_and_no_database_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="make warehouse"):
        build_site(tmp_path / "absent.duckdb", tmp_path / "site")
    (tmp_path / "text.duckdb").write_text("no database", encoding="utf-8")
    with pytest.raises(SiteError, match="cannot be read"):
        build_site(tmp_path / "text.duckdb", tmp_path / "site")


def test_a_new_build_replaces_the_old_one_whole(tiny_file: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    target.mkdir()
    (target / "left-over.html").write_text("old", encoding="utf-8")
    build_site(tiny_file, target, docs=tmp_path / "x", data_docs=tmp_path / "x", dbt_docs=tmp_path / "x")
    assert not (target / "left-over.html").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_the_published_file_may_be_read_while_the_site_is_built(tiny_file: Path, tmp_path: Path) -> None:
    import duckdb

    with duckdb.connect(str(tiny_file), read_only=True) as reader:
        report = build_site(tiny_file, tmp_path / "site", docs=tmp_path, data_docs=tmp_path, dbt_docs=tmp_path / "x")
        assert reader.execute("select count(*) from core.figures").fetchall() == [(6,)]
    assert report.pages > len(FIXED_PAGES)


def test_every_table_can_be_taken_away_as_it_is(shipped_site: SiteReport, shipped_file: Path) -> None:
    folder = shipped_site.target / "data"
    with duckdb.connect(str(shipped_file), read_only=True) as published:
        tables = published.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        assert len(tables) > 20
        for (name,) in tables:
            with (folder / "csv" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as handle:
                lines = list(csv.reader(handle))
            columns = [row[0] for row in published.execute(f"describe {name}").fetchall()]
            count = published.execute(f"select count(*) from {name}").fetchone()
            assert lines[0] == columns and (len(lines) - 1,) == count, name
            assert (folder / "tables" / f"{name}.js").is_file()
    assert (folder / shipped_file.name).read_bytes() == shipped_file.read_bytes()


def test_every_card_of_a_chart_offers_what_it_draws(shipped_site: SiteReport) -> None:
    page = LexborHTMLParser((shipped_site.target / "hardware.html").read_text("utf-8"))
    for card in page.css(".chart-card"):
        links = [link.attributes["href"] or "" for link in card.css(".chart-meta a[download]")]
        assert len(links) == 2 and all((shipped_site.target / link).is_file() for link in links)


def test_what_a_chart_draws_is_its_csv(shipped_site: SiteReport) -> None:
    with (shipped_site.target / "data/charts/market-fan-china.en.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    page = (shipped_site.target / "chart-market-fan-china.html").read_text(encoding="utf-8")
    assert rows and all(row["figure_id"] in page for row in rows if row.get("figure_id"))
    assert not any("href" in row for row in rows)


def test_sources_are_named_and_never_by_their_id(shipped_site: SiteReport) -> None:
    """Text that a reader sees; ids stand in addresses, in the table browser and in the guides, which are about them."""
    ids = [path.stem.removeprefix("report-") for path in shipped_site.target.glob("report-*.html")]
    for path in shipped_site.target.glob("*.html"):
        if path.name.startswith(("guide-", "how-to", "dictionary")):
            continue
        parsed = LexborHTMLParser(path.read_text(encoding="utf-8"))
        for hidden in parsed.css("script, style, .mono"):
            hidden.decompose()
        text = parsed.body.text(separator=" ") if parsed.body else ""
        found = [name for name in ids if re.search(rf"(?<![\w/:]){name}(?![\w/])", text)]
        assert not found, (path.name, found)


def test_every_report_answers_on_the_page_of_its_question(shipped_site: SiteReport) -> None:
    """China's AI core industry, 2024: each answer with definition, year, interval, report and what is in question."""
    page = LexborHTMLParser((shipped_site.target / "compare-market.html").read_text("utf-8"))
    rows = [
        row.text(separator=" ")
        for row in page.css("#compare tbody tr")
        if row.attributes["data-place"] == "CHN" and row.attributes["data-year"] == "2024"
    ]
    core = [row for row in rows if "AI core industry" in row]
    assert any("> 700 bn CNY" in row and "Huatai" in row and "199" in row for row in core), rows
    assert any("LeadLeo" in row for row in rows) and any("Morgan Stanley" in row for row in rows)
    chips = LexborHTMLParser((shipped_site.target / "compare-chips.html").read_text("utf-8"))
    assert any("outside reference" in row.text() for row in chips.css("#compare tbody tr"))


def test_the_broadest_subject_comes_first_and_shares_come_behind_amounts(shipped_site: SiteReport) -> None:
    page = LexborHTMLParser((shipped_site.target / "compare-market.html").read_text("utf-8"))
    rows = [
        [cell.text(separator=" ") for cell in row.css("td")]
        for row in page.css("#compare tbody tr")
        if (row.attributes["data-place"], row.attributes["data-year"]) == ("CHN", "2024")
    ]
    assert rows[0][0].startswith("artificial intelligence") and rows[1][0].startswith("AI core industry"), rows[:2]
    assert rows[0][3].startswith("more than 3.2 bn USD"), rows[0]
    amounts = [bool(row[4].strip()) for row in rows]  # only amounts are worth dollars
    assert amounts == sorted(amounts, reverse=True)
    assert not re.search(r"\bUSA\b", page.css_first("#compare").text())


def test_what_two_reports_say_stands_beside_their_answers_where_it_is_no_finding(shipped_site: SiteReport) -> None:
    """Over 700 bn CNY and over 3.2 bn USD: nothing could contradict them, and a reader wants to know it."""
    page = LexborHTMLParser((shipped_site.target / "compare-market.html").read_text("utf-8"))
    told = [item.text(separator=" ") for item in page.css("#compared li")]
    assert any("7000亿元" in text and "32亿美元" in text and "undetermined" in text for text in told), told
    assert not [text for text in told if "any amount" in text or "任意数值" in text]


def test_a_ratio_of_compute_says_where_one_side_counts_sparsity(shipped_site: SiteReport) -> None:
    """1,979 over 256 is 7.7, and 1,979 is the sparse peak."""
    data = (shipped_site.target / "data" / "figures.js").read_text("utf-8")
    told = re.findall(r"Printed 7\.7倍[^\"]*", data)
    assert told and all("counts sparsity" in text for text in told if "1979TFLOPS" in text), told


def test_a_printed_value_of_a_finding_keeps_its_qualifier(shipped_site: SiteReport) -> None:
    page = LexborHTMLParser((shipped_site.target / "findings.html").read_text("utf-8"))
    (card,) = [c for c in page.css("article.finding") if "482-ai-firms-fold" in (c.attributes["id"] or "")]
    assert "nearly 5×" in card.text()


def test_a_title_names_no_address_and_no_reference_by_its_id(shipped_site: SiteReport) -> None:
    page = LexborHTMLParser((shipped_site.target / "findings.html").read_text("utf-8"))
    titles = [h.text() for h in page.css("section.issue h3")]
    assert not [title for title in titles if re.search(r"https?://|-dense|-sparse|\bvs USA\b.*\ba constant", title)]


def test_an_axis_of_durations_has_round_years(shipped_site: SiteReport) -> None:
    page = LexborHTMLParser((shipped_site.target / "findings.html").read_text("utf-8"))
    ticks = [tick.text() for tick in page.css(".ticks span, .tick")]
    assert ticks and not [text for text in ticks if re.search(r"^0 s$|\d\.\d{2,} (days|years)", text)]


def test_an_issue_holds_its_findings_and_says_what_it_is(shipped_site: SiteReport) -> None:
    page = LexborHTMLParser((shipped_site.target / "findings.html").read_text("utf-8"))
    issues = page.css("section.issue")
    assert len({issue.attributes["id"] for issue in issues}) == len(issues) > 50
    assert sum(len(issue.css("article.finding")) for issue in issues) == len(page.css("article.finding"))
    titles = [issue.css_first("h3").text() for issue in issues]
    assert not [title for title in titles if re.search(r"a constant|that is |\bcount\b| m s\b|_20\d\d", title)]


def test_the_vega_runtime_is_made_once_a_version_and_anew_when_what_is_kept_is_damaged(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "kept")
    made = build._vega(kept)
    (entry,) = (tmp_path / "kept").iterdir()
    whole = entry.read_bytes()
    assert build._vega(kept) == made == build._vega(Kept(None))
    entry.write_bytes(whole[:-1])
    assert build._vega(kept) == made and entry.read_bytes() == whole
    (tmp_path / "kept" / "vega-0").write_bytes(whole)
    entry.unlink()
    assert build._vega(kept) == made and list((tmp_path / "kept").iterdir()) == [entry]
