"""What readers take away: every public table as CSV, Parquet and in the table browser; what each chart draws as CSV."""

import csv
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from orchestration.site.cells import plain
from orchestration.site.explorer import script_json
from orchestration.site.lines import PLACING
from orchestration.site.workbooks import ROW_LIMIT, write_workbook

if TYPE_CHECKING:
    from orchestration.site.drawing import Chart
    from orchestration.site.warehouse import Table, Warehouse


@dataclass(frozen=True, slots=True)
class Files:
    """Addresses in the site of what can be taken away; None where the publication lacks it."""

    database: str | None
    datapackage: str | None
    croissant: str | None
    parquet: frozenset[str]
    excel: frozenset[str]


def write_tables(warehouse: "Warehouse", folder: Path) -> None:
    """`data/csv/<table>.csv`, `data/excel/<table>.xlsx` and `data/tables/<table>.js` of every public table."""
    (folder / "csv").mkdir()
    (folder / "excel").mkdir()
    published = warehouse.published or {}
    about = [
        ("Source", "AI Figures"),
        ("Version", str(published.get("version") or "")),
        ("Published on", str(published.get("published_on") or "")),
    ]
    (folder / "tables").mkdir()
    for table in warehouse.tables.values():
        cursor = warehouse.connection.execute(f'select * from {table.schema}."{table.name}"')
        kept = cursor.fetchall()
        if len(kept) <= ROW_LIMIT:  # a longer table is left to CSV and Parquet
            write_workbook(folder / "excel" / f"{table.full_name}.xlsx", table, kept, about)
        rows = [[plain(value) for value in row] for row in kept]
        with (folder / "csv" / f"{table.full_name}.csv").open("w", encoding="utf-8-sig", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow([column.name for column in table.columns])
            writer.writerows(rows)
        content = {
            "table": table.full_name,
            "columns": [[c.name, c.kind, c.description] for c in table.columns],
            "rows": rows,
        }
        script = f"window.AI_TABLE={script_json(content)};\n"
        (folder / "tables" / f"{table.full_name}.js").write_text(script, encoding="utf-8")


def take_files(published_file: Path, folder: Path, tables: dict[str, "Table"]) -> Files:
    """Put the database and the Parquet copies beside it into ``folder``, without a second copy if possible."""
    parquet = published_file.parent / "parquet"
    _take(published_file, folder / published_file.name)
    (folder / "parquet").mkdir()
    present = frozenset(name for name in tables if (parquet / f"{name}.parquet").is_file())
    for name in present:
        _take(parquet / f"{name}.parquet", folder / "parquet" / f"{name}.parquet")
    excel = frozenset(name for name in tables if (folder / "excel" / f"{name}.xlsx").is_file())
    described = [name for name in ("datapackage.json", "croissant.json") if (parquet / name).is_file()]
    for name in described:
        _take(parquet / name, folder / "parquet" / name)
    package, croissant = (
        f"data/parquet/{name}" if name in described else None for name in ("datapackage.json", "croissant.json")
    )
    return Files(f"data/{published_file.name}", package, croissant, present, excel)


def _take(source: Path, target: Path) -> None:
    try:
        os.link(source.resolve(), target)  # a publication is never changed, only replaced
    except OSError:
        shutil.copyfile(source, target)


def write_chart_data(charts: dict[str, "Chart"], folder: Path) -> None:
    """`data/charts/<chart>.csv`: the rows that the chart draws, with the figure that each comes from."""
    folder.mkdir()
    for chart in charts.values():
        for language, spec in chart.specs.items():
            rows = _drawn(spec)
            names = list(dict.fromkeys(name for row in rows for name in row))
            with (folder / f"{chart.chart_id}.{language}.csv").open("w", encoding="utf-8-sig", newline="") as handle:
                writer = csv.DictWriter(handle, names, lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)


def _drawn(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Every row that a mark of the chart shows, once."""
    found: dict[str, dict[str, Any]] = {}
    shared = spec.get("datasets", {})
    for part in [spec, *spec.get("layer", ())]:
        data = part.get("data") or {}
        for row in data.get("values") or shared.get(data.get("name"), ()):
            shown = {name: value for name, value in row.items() if name not in ("href", *PLACING)}
            if row.get("href"):
                shown["figure_id"] = unquote(str(row["href"]).partition("figure=")[2])
            found.setdefault(repr(sorted(shown.items(), key=str)), shown)
    return list(found.values())
