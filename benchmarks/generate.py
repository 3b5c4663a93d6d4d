"""Made-up reports of any size with known slips: `raw/` folders for measuring, and what is wrong in them.

Every report prints blocks. A block is one company's revenue as one report tells it: eight yearly levels, seven yearly
growths and a CAGR in prose, the last level again in yuan, and a table row with the last level, its four parts and
three shares: 25 figures. A company stands in about ten reports; twenty companies stand in a twentieth of all blocks, so
that their series grow with the number of reports (what is quadratic in a series shows). A fifth of the blocks holds one
slip.

    python -m benchmarks.generate FOLDER --figures 10000
"""

import argparse
import csv
import shutil
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

FIGURES_A_BLOCK = 25
BLOCKS_A_REPORT = 40
REPORTS_A_COMPANY = 10
HOT_COMPANIES = 20
FIRST_YEAR = 2014
HOT_SHARE = 0.05
SLIP_SHARE = 0.2
YEARS = 8
PARTS = ("cloud", "software", "services", "devices")
SHIPPED = Path(__file__).resolve().parent.parent / "raw"
HEADER = (
    "key,line,exhibit,printed,reading,scale,qualifier,unit,counted,indicator,entity,segment,geography,basis,period,"
    "status,statistic,note"
)
# what is done to a block, and the explanation that should come out of it (None: any)
SLIPS: dict[str, str | None] = {
    "level in another unit": "scale",
    "growth of nothing printed": None,
    "CAGR over one period more": "periods",
    "total growth as CAGR": "total_growth",
    "part that does not add up": None,
    "share of the rest": "share_of_rest",
    "table and text differ": None,
    "dollars labelled yuan": "currency",
    "report apart from the others": None,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is generated: everything follows from these numbers."""

    figures: int
    seed: int = 1
    # significant digits of the levels, from and up to (without) it: with many of them nearly every text is another
    digits: tuple[int, int] = (3, 6)

    @property
    def reports(self) -> int:
        return max(2, round(self.figures / (FIGURES_A_BLOCK * BLOCKS_A_REPORT)))

    @property
    def companies(self) -> int:
        return max(
            HOT_COMPANIES + BLOCKS_A_REPORT, round(self.reports * BLOCKS_A_REPORT * (1 - HOT_SHARE) / REPORTS_A_COMPANY)
        )


def company_name(number: int) -> str:
    return f"Company {number:07d}"


def report_name(number: int) -> str:
    return f"report_{number:06d}"


def _companies_of(plan: Plan, report: int) -> np.ndarray:
    """Which companies a report tells of: a few hot ones, and a window over the others that later reports share."""
    n_hot = round(BLOCKS_A_REPORT * HOT_SHARE)
    hot = (report * n_hot + np.arange(n_hot)) % HOT_COMPANIES
    n_cold = plan.companies - HOT_COMPANIES
    cold = HOT_COMPANIES + (report * (BLOCKS_A_REPORT - n_hot) + np.arange(BLOCKS_A_REPORT - n_hot)) % n_cold
    return np.unique(np.concatenate([hot, cold]))


def _truth(company: int) -> tuple[np.ndarray, np.ndarray, str]:
    """A company's revenue in USD from ``FIRST_YEAR`` on, the shares of its four parts, and its home."""
    random = np.random.default_rng([7, company])
    growths = random.uniform(0.04, 0.6, 15)
    levels = 10 ** random.uniform(8, 11) * np.concatenate([[1.0], np.cumprod(1 + growths)])
    weights = random.uniform(1, 3, len(PARTS))
    return levels, weights / weights.sum(), ("CHN", "USA", "WLD", "JPN")[company % 4]


def _money(value: float, style: int, digits: int) -> str:
    """One amount as reports print it; ``digits`` significant ones."""
    for scale, word in (  # noqa: B007 - the last one stays when none fits
        ((1e8, "亿美元"), (1e4, "万美元")),
        ((1e9, " billion USD"), (1e6, " million USD")),
        ((1e8, "亿元"), (1e4, "万元")),
    )[style]:
        if value >= scale:
            break
    number = value / scale
    decimals = max(0, digits - 1 - int(np.floor(np.log10(number)))) if number > 0 else 0
    text = f"{number:.{decimals}f}"
    return f"{text}{word}"


def _rates() -> dict[int, float]:
    with (SHIPPED / "reference" / "exchange_rates.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return {int(row["year"]): float(row["cny_per_unit"]) for row in rows if row["currency"] == "USD"}


RATES = _rates()


def _rate(year: int, published: int) -> float:
    """The rate of an amount's year; a forecast takes that of the report's own year, as the warehouse does."""
    wanted = min(year, published)
    return RATES[min(max(wanted, min(RATES)), max(RATES))]


def write_report(folder: Path, plan: Plan, report: int) -> list[tuple[str, str, str, str]]:
    """Write one report's folder; returns its slips as (slip, figure_id, kind, explanation code or '')."""
    random = np.random.default_rng([plan.seed, 11, report])
    name = report_name(report)
    published = 2019 + report * 7 // plan.reports
    first = published - 5
    last = first + YEARS - 1
    prose: list[str] = [HEADER]
    relations: list[str] = []
    table = ["line,company,total,cloud,software,services,devices,share1,share2,share3"]
    rows: list[str] = []
    slips: list[tuple[str, str, str, str]] = []
    line = 0
    kinds = list(SLIPS)
    for company in _companies_of(plan, report):
        levels, weights, geography = _truth(int(company))
        entity = company_name(int(company))
        level = levels[first - FIRST_YEAR : first - FIRST_YEAR + YEARS].copy()
        style, digits = int(random.integers(2)), int(random.integers(*plan.digits))
        slip = kinds[int(random.integers(len(kinds)))] if random.random() < SLIP_SHARE else ""
        if slip == "report apart from the others" and company < HOT_COMPANIES and plan.reports < 2 * HOT_COMPANIES:
            slip = ""  # in few reports a hot company may stand in one only: there are no others
        factor = float(random.uniform(1.5, 1.9)) if slip == "report apart from the others" else 1.0
        level = level * factor
        growths = level[1:] / level[:-1] - 1
        cagr = (level[-1] / level[0]) ** (1 / (YEARS - 1)) - 1
        printed_level = level.copy()
        wrong: list[str] = []
        base = line + 1
        line += 30
        end = f"{entity},,{geography},"
        if slip == "level in another unit":
            at = int(random.integers(1, YEARS - 1))
            printed_level[at] *= 1e4 if random.random() < 0.5 else 10
            wrong.append(f"{base + at}a")
        if slip == "growth of nothing printed":
            at = int(random.integers(YEARS - 1))
            growths = growths.copy()
            growths[at] = growths[at] + random.choice([-1, 1]) * random.uniform(0.25, 0.45)
            wrong.append(f"{base + 8 + at}a")
        if slip == "CAGR over one period more":
            cagr = (level[-1] / level[0]) ** (1 / YEARS) - 1
            wrong.append(f"{base + 15}a")
        if slip == "total growth as CAGR":
            cagr = level[-1] / level[0] - 1
            wrong.append(f"{base + 15}a")
        for step in range(YEARS):
            year = first + step
            status = "actual" if year < published else "forecast"
            about = "约" if random.random() < 0.1 else ""
            prose.append(
                f"{base + step}a,{base + step},,{about}{_money(printed_level[step], style, digits)},,,,,,revenue,"
                f"{end},{year},{status},level,"
            )
            if step:
                growth = f"{growths[step - 1] * 100:.{max(1, digits - 4)}f}%"
                prose.append(f"{base + 7 + step}a,{base + 7 + step},,{growth},,,,,,revenue,{end},{year},{status},yoy,")
        prose.append(f"{base + 15}a,{base + 15},,{cagr * 100:.1f}%,,,,,,revenue,{end},{first}-{last},forecast,cagr,")
        cny = level[-1] * _rate(last, published) * random.uniform(0.99, 1.01)
        if slip == "dollars labelled yuan":
            cny = level[-1]
            wrong.append(f"{base + 16}a")
        prose.append(f"{base + 16}a,{base + 16},,{_money(cny, 2, 4)},,,,,,revenue,{end},{last},forecast,level,")
        relations.append(f"- {{id: pair{base}, rule: currency_pair, usd: {base + 7}a, cny: {base + 16}a}}")
        parts = level[-1] * weights
        shares = weights.copy()
        key = f"c{int(company)}"
        total = level[-1]
        if slip == "part that does not add up":
            at = int(random.integers(len(PARTS)))
            parts = parts.copy()
            parts[at] *= random.uniform(1.6, 2.2)
            wrong.append(f"t1.{key}.p{at + 1}")
        if slip == "share of the rest":
            shares[0] = shares[0] / (1 - shares[0])
            wrong.append(f"t1.{key}.s1")
        if slip == "table and text differ":
            total = level[-1] * random.uniform(1.12, 1.4)
            wrong.append(f"t1.{key}.total")
        if slip == "report apart from the others":
            wrong.extend(f"{base + step}a" for step in range(YEARS))
            wrong.extend([f"t1.{key}.total", f"{base + 16}a", *(f"t1.{key}.p{n + 1}" for n in range(len(PARTS)))])
        cells = [_money(value, style, plan.digits[1] - 1) for value in (total, *parts)]
        cells += [f"{value * 100:.1f}%" for value in shares[:3]]
        table.append(f"{base + 20},{entity},{','.join(cells)}")
        rows.append(f"  - {{label: {entity}, key: {key}, entity: {entity}, geography: {geography}}}")
        slips.extend((f"{name}/{base}", f"{name}/{figure}", slip, SLIPS[slip] or "") for figure in wrong)
    columns = ["  - {header: company, role: label}", "  - {header: total, key: total, statistic: level}"]
    columns += [
        f"  - {{header: {part}, key: p{n}, statistic: level, segment: {part}}}" for n, part in enumerate(PARTS, 1)
    ]
    columns += [f"  - {{header: share{n}, key: s{n}, statistic: share, segment: {PARTS[n - 1]}}}" for n in range(1, 4)]
    checks = ["  - {rule: sum, along: rows, stated: total, parts: [p1, p2, p3, p4]}"]
    checks += [f"  - {{rule: share, along: rows, stated: s{n}, part: p{n}, whole: total}}" for n in range(1, 4)]
    spec = [
        "table: t1",
        "exhibit: Table 1",
        f'defaults: {{indicator: revenue, status: forecast, period: "{last}"}}',
        "columns:",
        *columns,
        "rows:",
        *rows,
        "checks:",
        *checks,
    ]
    place = folder / name
    for part in ("figures", "tables", "relations"):
        (place / part).mkdir(parents=True, exist_ok=True)
    (place / "figures" / "prose.csv").write_text("\n".join(prose) + "\n", encoding="utf-8")
    (place / "tables" / "t1.csv").write_text("\n".join(table) + "\n", encoding="utf-8")
    (place / "tables" / "t1.yml").write_text("\n".join(spec) + "\n", encoding="utf-8")
    (place / "relations" / "ties.yml").write_text("\n".join(relations) + "\n", encoding="utf-8")
    return slips


def _write(job: tuple[Path, Plan, int]) -> list[tuple[str, str, str, str]]:
    return write_report(*job)


def generate(folder: Path, plan: Plan, processes: int = 2) -> Path:
    """Write a whole `raw/` folder of the plan's size; returns the CSV that lists its slips (outside `raw/`)."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    shutil.copytree(SHIPPED / "reference", folder / "reference")
    with (folder / "reference" / "entities.csv").open("a", encoding="utf-8") as handle:
        handle.writelines(f"{company_name(number)},company,,,,,,\n" for number in range(plan.companies))
    with (folder / "reference" / "segments.csv").open("a", encoding="utf-8") as handle:
        known = {
            row["segment"] for row in csv.DictReader((SHIPPED / "reference" / "segments.csv").open(encoding="utf-8"))
        }
        handle.writelines(f"{part},{part},,market,,\n" for part in PARTS if part not in known)
    with (folder / "sources.yml").open("w", encoding="utf-8") as handle:
        for report in range(plan.reports):
            year = 2019 + report * 7 // plan.reports
            handle.write(
                f"- {{source_id: {report_name(report)}, title: Made-up report {report}, publisher: nobody, "
                f'published_on: null, published_label: "{year}", language: zh, kind: made up, '
                f"file: {report_name(report)}.txt, sha256: '', licence: none, notes: ''}}\n"
            )
    (folder / "decisions.yml").write_text("[]\n", encoding="utf-8")
    (folder / "known_findings.csv").write_text("finding_id,explanation_code\n", encoding="utf-8")
    truth = folder.with_name(folder.name + "_slips.csv")
    jobs = [(folder, plan, report) for report in range(plan.reports)]
    # not by fork: a thread of the caller may hold a lock at that moment, and the child would wait for it for ever
    with get_context("spawn").Pool(processes) as pool, truth.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["slip", "figure_id", "kind", "code"])
        for slips in pool.imap(_write, jobs, chunksize=16):
            writer.writerows(slips)
    return truth


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--figures", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    plan = Plan(options.figures, options.seed)
    truth = generate(options.folder, plan)
    print(f"{plan.reports} reports, {plan.companies} companies in {options.folder}; slips in {truth}")


if __name__ == "__main__":
    main()
