"""Building the site: one published file in, one folder of static files out."""

import json
import os
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.figures.shown import interval, quantity
from orchestration.settings import load_settings
from orchestration.site.downloads import take_files, write_chart_data, write_tables
from orchestration.site.explorer import explorer_data, script_json
from orchestration.site.pages import NAVIGATION, Guide, Page, all_pages, explorer_link, report_file
from orchestration.site.warehouse import open_warehouse
from orchestration.site.words import (
    CODE,
    DECISION,
    KINDS,
    MART,
    PREFERENCE,
    QUALIFIER,
    RULE,
    SEVERITY,
    STATISTIC,
    STATUS,
    VERDICT,
    label,
    read_registry,
    said,
    spoken,
    two_names,
)
from orchestration.store.kept import Kept

if TYPE_CHECKING:
    import jinja2

    from orchestration.site.words import Label

PACKAGE = "orchestration.site"
STATIC = (
    "site.css", "site.js", "charts.js", "explorer.js", "findings.js", "tables.js", "compare.js", "browse.js",
    "tabulator/tabulator.min.js",
    "tabulator/tabulator.min.css", "tabulator/LICENSE",
)  # fmt: skip
DAGSTER_UI = "http://127.0.0.1:3000"
# scripts come from files of ours only and evaluate nothing (Vega interprets its expressions, charts.js); styles may
# stand in attributes, because places on a scale do; nothing is fetched, framed or sent
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; base-uri 'none'; form-action 'none'"
)
WORDS = {
    "status": STATUS,
    "statistic": STATISTIC,
    "mart": MART,
    "rule": RULE,
    "verdict": VERDICT,
    "severity": SEVERITY,
    "decision": DECISION,
    "preference": PREFERENCE,
    "qualifier": QUALIFIER,
    "code": CODE,
}


@dataclass(frozen=True, slots=True)
class SiteReport:
    """What was built: where, how many HTML pages and charts, bytes of all files, seconds, findings still open."""

    target: Path
    pages: int
    charts: int
    bytes: int
    seconds: float
    open_findings: int

    def summary(self) -> str:
        return (
            f"site: {self.pages} pages, {self.charts} charts, {self.bytes / 1e6:.1f} MB in {self.seconds:.1f} s; "
            f"open {self.target / 'index.html'}"
        )


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Other documentation that stands in the site because it existed at build time; None where it did not."""

    data_docs: str | None
    dbt_docs: str | None


def build_site(
    published_file: Path,
    target: Path,
    *,
    docs: Path | None = None,
    data_docs: Path | None = None,
    dbt_docs: Path | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> SiteReport:
    """Build the site from ``published_file`` into the folder ``target``, replacing what stands there in one step.

    ``docs``: folder with Markdown documents that become pages (default: ``docs/`` of the project). ``data_docs``:
    folder with Great Expectations Data Docs (default: ``data_docs/`` beside the published file). ``dbt_docs``: dbt's
    static documentation page (default: ``target/static_index.html`` of the dbt project). Each is copied in and linked
    if it exists. ``say`` is told each step. Raises ``SiteError`` when the file or a table of the contract
    is missing; the old site then stays as it is.
    """
    began = time.monotonic()
    settings = load_settings()
    docs = docs or settings.docs
    data_docs = data_docs or published_file.parent / "data_docs"
    dbt_docs = dbt_docs or settings.dbt_project / "target" / "static_index.html"
    target = target.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        pages, charts, open_findings = _write(
            folder, published_file, settings.dbt_project, docs, data_docs, dbt_docs, say
        )
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        _replace(folder, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return SiteReport(target, pages, charts, size, time.monotonic() - began, open_findings)


def _write(
    folder: Path,
    published_file: Path,
    dbt_project: Path,
    docs: Path,
    data_docs: Path,
    dbt_docs: Path,
    say: Callable[[str], None],
) -> tuple[int, int, int]:
    from orchestration.site.charts import build_charts
    from orchestration.site.findings import finding_cards

    with open_warehouse(published_file, dbt_project) as warehouse:
        say("reading the published file")
        registry = read_registry(warehouse)
        say("drawing charts")
        charts = build_charts(warehouse, registry)
        cards = finding_cards(warehouse, registry)
        guides = read_guides(docs)
        say("writing pages")
        (folder / "data").mkdir()
        data = explorer_data(warehouse, registry)
        (folder / "data" / "figures.js").write_text(f"window.AI_FIGURES={script_json(data)};\n", encoding="utf-8")
        write_tables(warehouse, folder / "data")
        write_chart_data(charts, folder / "data" / "charts")
        files = take_files(published_file, folder / "data", warehouse.tables)
        _write_static(folder / "static", Kept(load_settings().state / "site"))
        neighbours = _copy_neighbours(folder, data_docs, dbt_docs)
        environment = _environment()
        environment.globals.update(
            registry=registry,
            navigation=NAVIGATION,
            neighbours=neighbours,
            dagster_ui=DAGSTER_UI,
            content_policy=CONTENT_POLICY,
            published=warehouse.published,
            figures=warehouse.figures,
            figure_total=len(warehouse.figures),
        )
        shown = {"version": warehouse.published["version"] if warehouse.published else None}
        (folder / "version.json").write_text(json.dumps(shown), encoding="utf-8")
        pages = list(all_pages(warehouse, registry, charts, cards, guides, files))
        for page in pages:
            (folder / page.file).write_text(_render(environment, page), encoding="utf-8")
    return len(pages), len(charts), sum(1 for card in cards if card.decision == "open" and card.severity != "hint")


def _environment() -> "jinja2.Environment":
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(PACKAGE, "templates"),
        # every template writes HTML, whatever its suffix; figures and notes are text of others
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["quantity"] = quantity
    environment.filters["interval"] = interval
    environment.filters["fragment"] = _fragment
    environment.globals.update(
        label=label,
        said=said,
        two_names=two_names,
        kinds=KINDS,
        word=_word,
        explorer_link=explorer_link,
        report_file=report_file,
        script_json=_safe_json,
    )
    return environment


def _render(environment: "jinja2.Environment", page: Page) -> str:
    template = environment.get_template(page.template)
    return template.render(page=page, **page.context)


def _fragment(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="/:.~-_")


def _word(kind: str, code: str | None) -> "Label":
    return spoken(code, WORDS[kind])


def _safe_json(content: Any) -> Any:
    from markupsafe import Markup

    return Markup(script_json(content))


def _write_static(folder: Path, kept: Kept) -> None:
    folder.mkdir()
    package = resources.files(PACKAGE) / "static"
    (folder / "tabulator").mkdir()
    for name in STATIC:
        (folder / name).write_bytes((package / name).read_bytes())
    (folder / "vega.js").write_bytes(_vega(kept))


def _vega(kept: Kept) -> bytes:
    """One copy of the Vega runtime for all pages, of the version that Altair writes for; making it takes a second."""
    name = f"vega-{version('vl-convert-python')}"
    runtime = kept.get_bytes(name)
    if runtime is None:
        import vl_convert

        runtime = vl_convert.javascript_bundle().encode()  # type: ignore[call-arg]
        kept.put_bytes(name, runtime)
        kept.forget_the_rest()
    return runtime


def _copy_neighbours(folder: Path, data_docs: Path, dbt_docs: Path) -> Neighbours:
    data_docs_link = dbt_docs_link = None
    if (data_docs / "index.html").is_file():
        shutil.copytree(data_docs, folder / "data_docs")
        data_docs_link = "data_docs/index.html"
    if dbt_docs.is_file():
        shutil.copyfile(dbt_docs, folder / "dbt_docs.html")
        dbt_docs_link = "dbt_docs.html"
    return Neighbours(data_docs_link, dbt_docs_link)


def read_guides(docs: Path) -> list[Guide]:
    """The Markdown documents of a folder as pages; links between them are kept, other relative links become text."""
    if not docs.is_dir():
        return []
    from markdown_it import MarkdownIt

    paths = sorted(docs.glob("*.md"))
    names = {path.name: f"guide-{path.stem}.html" for path in paths}
    # raw HTML in Markdown is shown as text
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    guides = []
    for path in paths:
        text = path.read_text(encoding="utf-8")
        heading = re.search(r"^# (.+)$", text, re.MULTILINE)
        html = _relink(markdown.render(text), names)
        guides.append(Guide(path.stem, heading.group(1).strip() if heading else path.stem, html))
    return guides


def _relink(html: str, names: dict[str, str]) -> str:
    def link(match: re.Match[str]) -> str:
        address, text = match.group(1), match.group(2)
        if re.match(r"https?://|#|mailto:", address):
            return match.group(0)
        name, _, fragment = address.partition("#")
        known = names.get(name.rsplit("/", 1)[-1])
        return f'<a href="{known}{"#" + fragment if fragment else ""}">{text}</a>' if known else text

    html = re.sub(r"<img[^>]*>", "", html)
    # what may scroll sideways must be reachable by keyboard
    html = html.replace("<pre>", '<pre tabindex="0">')
    html = html.replace("<table>", '<div class="table-scroll" tabindex="0" role="region" aria-label="Table"><table>')
    html = html.replace("</table>", "</table></div>")
    html = re.sub(r"<h([1-6])>(.*?)</h\1>", _anchored, html)
    return re.sub(r'<a href="([^"]*)">(.*?)</a>', link, html, flags=re.DOTALL)


def _anchored(match: re.Match[str]) -> str:
    """A heading with the id that links into Markdown documents expect: lower case, blanks as hyphens."""
    words = re.sub(r"<[^>]+>", "", match.group(2)).lower()
    name = re.sub(r"[^\w\- ]", "", words).strip().replace(" ", "-")
    return f'<h{match.group(1)} id="{name}">{match.group(2)}</h{match.group(1)}>'


def _replace(folder: Path, target: Path) -> None:
    """Put the new site in the place of the old one; the old one is removed afterwards."""
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    if target.exists():
        target.replace(old)
    folder.replace(target)
    shutil.rmtree(old, ignore_errors=True)
