"""Great Expectations' Data Docs, made to open without a network.

As generated the pages load ten files from six hosts and their index is empty without them. Here the pages lose those
tags and get a local style sheet; the index is our own: every check with its outcome and its failing keys, and for each
suite and table the page of Great Expectations.
"""

import os
import shutil
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from orchestration.quality.history import CheckResult

STYLE = Path(__file__).with_name("data_docs.css")
_SHOWN = 50


def page_name(suite: str, table: str) -> str:
    """The name of the suite of one table; Great Expectations makes a folder of it and splits it at dots."""
    return f"{suite}__{table.replace('.', '__')}"


def write_pages(context: Any, folder: Path) -> None:
    """Render all stored validations of a Great Expectations context into ``folder``."""
    context.add_data_docs_site(
        site_name="local",
        site_config={
            "class_name": "SiteBuilder",
            "show_how_to_buttons": False,
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        },
    )
    context.build_data_docs(site_names=["local"])


def finish(pages: Path, folder: Path, results: Sequence[CheckResult], version: str, said: str) -> None:
    """Make the pages local, write the index and put all of it in the place of ``folder``."""
    for page in pages.rglob("*.html"):
        page.write_text(_localise(page, pages, version), encoding="utf-8")
    shutil.rmtree(pages / "static", ignore_errors=True)
    (pages / "static").mkdir(parents=True)
    shutil.copyfile(STYLE, pages / "static" / STYLE.name)
    (pages / "index.html").write_text(_index(pages, results, version, said), encoding="utf-8")
    old = folder.with_name(f".{folder.name}.old.{os.getpid()}.tmp")
    if folder.exists():
        folder.replace(old)
    pages.replace(folder)
    shutil.rmtree(old, ignore_errors=True)


def _localise(page: Path, root: Path, version: str) -> str:
    from selectolax.lexbor import LexborHTMLParser

    depth = len(page.relative_to(root).parts) - 1
    tree = LexborHTMLParser(page.read_text(encoding="utf-8"))
    # scripts need jQuery; what they hide is opened by the style sheet (:target)
    for node in tree.css("script, link, img, #ge-cta-footer, .modal, .btn-group, a[href*='greatexpectations.io']"):
        node.decompose()
    for node in tree.css("p"):
        if "newsletter" in node.text().lower():
            node.decompose()
    text = tree.html or ""
    style = f'<link rel="stylesheet" href="{"../" * depth}static/{STYLE.name}">'
    home = f'<p class="container-fluid"><a href="{"../" * depth}index.html">All checks</a></p>'
    return text.replace("</head>", f"{_head(version)}{style}</head>", 1).replace("<body>", f"<body>{home}", 1)


def _head(version: str) -> str:
    """Nothing is loaded but the style sheet beside the pages; of which publication they are."""
    return (
        """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self' 'unsafe-inline'">"""
        f'<meta name="ai-figures-version" content="{escape(version, quote=True)}">'
    )


def _index(root: Path, results: Sequence[CheckResult], version: str, said: str) -> str:
    failed = [result for result in results if not result.success]
    ran = sum(result.ran for result in results)
    blocking = sum(result.blocking for result in failed)
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width, initial-scale=1'><title>AI Figures: data quality</title>",
        f"{_head(version)}<link rel='stylesheet' href='static/{STYLE.name}'></head><body><main>",
        "<h1>AI Figures: data quality</h1>",
        f"<p class='muted'>{escape(said)}</p>",
        f"<p>{ran} checks ran, {ran - len(failed)} hold, {len(failed)} fail ({blocking} of them block publication); "
        f"{len(results) - ran} did not run here.</p>",
    ]
    if failed:
        parts += ["<h2>What fails</h2>", _table(root, sorted(failed, key=_weight))]
    for suite in dict.fromkeys(result.suite for result in results):
        members = [result for result in results if result.suite == suite]
        parts += [f"<h2 id='{escape(suite)}'>{escape(suite)}</h2>", _table(root, members)]
    return "\n".join([*parts, "</main></body></html>"])


def _weight(result: CheckResult) -> tuple[bool, int]:
    return not result.blocking, ("critical", "warning", "info").index(result.severity)


def _table(root: Path, results: Sequence[CheckResult]) -> str:
    head = "<tr><th>Outcome</th><th>Check</th><th>Table</th><th>Found</th></tr>"
    body = "\n".join(_row(root, result) for result in results)
    return f"<div class='scroll'><table class='checks'><thead>{head}</thead><tbody>{body}</tbody></table></div>"


def _row(root: Path, result: CheckResult) -> str:
    if not result.ran:
        outcome = "<span class='muted'>not run</span>"
    elif result.success:
        outcome = "<span class='holds'>✓ holds</span>"
    else:
        word = "✗ blocks" if result.blocking else f"! {result.severity}"
        outcome = f"<span class='{'fails' if result.severity == 'critical' else 'warns'}'>{word}</span>"
    keys = ""
    if result.sample:
        more = f"<li>… {len(result.sample) - _SHOWN} more</li>" if len(result.sample) > _SHOWN else ""
        items = "".join(f"<li>{escape(key)}</li>" for key in result.sample[:_SHOWN])
        keys = f"<details><summary>rows</summary><ul>{items}{more}</ul></details>"
    remedy = f"<br><span class='muted'>{escape(result.remedy)}</span>" if result.remedy and not result.success else ""
    pages = sorted((root / "validations" / page_name(result.suite, result.table_name)).rglob("*.html"))
    table = f"<code>{escape(result.table_name)}</code>"
    if pages:
        table = f"<a href='{quote(pages[0].relative_to(root).as_posix())}'>{table}</a>"
    name = f"<code class='muted'>{escape(result.name)}</code>"
    return (
        f"<tr><td>{outcome}</td><td>{escape(result.description)}<br>{name}</td>"
        f"<td>{table}</td><td>{escape(result.message)}{remedy}{keys}</td></tr>"
    )
