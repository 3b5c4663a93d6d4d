"""A small valid `raw/` of our own, to be spoiled by the tests."""

from dataclasses import dataclass
from pathlib import Path

from orchestration.loading import SourceLoad, load_reference, load_source, load_sources
from orchestration.loading.problems import Problem
from orchestration.loading.reference_rows import REFERENCE_COLUMNS
from orchestration.loading.rows import PROSE_COLUMNS

SOURCE = "sample_2025"

SOURCES = """\
# the registry
- source_id: sample_2025
  title: A sample
  publisher: Nobody
  published_on: 2025-05-13
  published_label: 2025-05
  language: en
  kind: brief
  file: sample.txt
  sha256: ''
  lines: 100
  reports_rate:
    - {currency: USD, cny: 7.2, note: assumed}
"""

REFERENCE = {
    "indicators": [
        "market_size,money,market,market_size,market size,市场规模,,,Value of a market",
        "company_count,count,market,company_count,companies,企业数,,,Number of companies",
        "chip_performance,compute,hardware,chip_spec,performance,算力,,,Performance of a chip",
        "power_draw,power,hardware,chip_spec,power,功耗,,,Power of a chip",
        "energy_efficiency,efficiency,hardware,chip_spec,efficiency,能效,,,Performance a watt",
    ],
    "segments": ["ai,artificial intelligence,人工智能,market,,", "software,software,软件,market,,"],
    "entities": ["Chip A,chip,,,,,,", "Chip B,chip,,,,,,"],
    "geographies": ["CHN,China,中国,country,WLD,", "USA,United States,美国,country,WLD,", "WLD,World,全球,group,,"],
    "marts": [
        "market_size,market,statement,Market sizes.,",
        "company_count,market,statement,Numbers of companies.,",
        "chip_spec,hardware,chip and source,Chips.,",
    ],
    "rules": ["sum,Sum,合计,parts add up"],
    "explanations": ["unexplained,unexplained,未解释,by size,nothing fits"],
    "terms": ["status:actual,status,actual,actual,实际"],
    "counted_nouns": ["company,company|家", "patent,patent"],
    "units": [
        "元,CNY,1,money,,",
        "美元,USD,1,money,,",
        "US$,USD,1,money,,",
        "%,percent,1,percent,,",
        "倍,times,1,ratio,,",
        "ratio,ratio,1,ratio,,",
        "count,count,1,count,,",
        "家,count,1,count,company,",
        "TFLOPS,FLOPS,1e12,compute,,",
        "W,W,1,power,,",
        "TFLOPS/W,FLOPS/W,1e12,efficiency,,",
        "rank,rank,1,rank,,",
        "CNY,CNY,1,money,,",
        "FLOPS,FLOPS,1,compute,,",
        "FLOPS/W,FLOPS/W,1,efficiency,,",
        "percent,percent,1,percent,,",
        "times,times,1,ratio,,",
    ],
    "qualifiers": [
        "over,more than,超,1,inf,超|over",
        "about,about,约,0.9,1.1,约|about",
    ],
    "exchange_rates": ["USD,2024,7.12,1,A bank"],
    "reference_values": ["chip-a-power,power_draw,Chip A,,,,,300,W,0.01,A data sheet,"],
}

# file -> rows; a row names its cells, all others are empty
PROSE = {
    "a.csv": [
        {"key": "3a", "line": "3", "printed": "360.6亿元", "indicator": "market_size", "segment": "ai",
         "geography": "CHN", "period": "2024", "status": "actual", "statistic": "level"},
        {"key": "3b", "line": "3", "printed": "20%", "indicator": "market_size", "segment": "ai",
         "geography": "CHN", "period": "2024", "status": "actual", "statistic": "yoy"},
        {"key": "5a", "line": "5", "printed": "300.5亿元", "indicator": "market_size", "segment": "ai",
         "geography": "CHN", "period": "2023", "status": "actual", "statistic": "level", "note": "a comma, quoted"},
        {"key": "7a", "line": "7", "printed": "3-4万家", "indicator": "company_count",
         "geography": "CHN", "status": "estimate", "statistic": "level", "basis": " x ;y"},
    ],
    "b.csv": [
        {"key": "90a", "line": "90", "printed": "500家", "qualifier": "over", "indicator": "company_count",
         "geography": "USA", "period": "2024-12", "status": "claim", "statistic": "level"},
    ],
}  # fmt: skip

TABLE_CSV = """\
line,指标,Chip A,Chip B
20,架构,alpha,beta 2
21,算力,300 TFLOPS,600 TFLOPS
22,功耗,300W,400W @23
24,能效,1 TFLOPS/W,1.5 TFLOPS/W
"""

TABLE_YML = """\
table: t1
exhibit: Table 1
title: Two chips
defaults: {status: actual, statistic: level}
columns:
  - {header: 指标, role: label}
  - {header: Chip A, key: a, entity: Chip A}
  - {header: Chip B, key: b, entity: Chip B}
rows:
  - {label: 架构, role: text}
  - {label: 算力, key: flops, indicator: chip_performance}
  - {label: 功耗, key: power, indicator: power_draw}
  - {label: 能效, key: eff, indicator: energy_efficiency}
checks:
  - {rule: ratio, stated: eff, numerator: flops, denominator: power, along: columns}
"""

RELATIONS = """\
- {id: growth, rule: growth, stated: 3b, from: 5a, to: 3a}
- {id: companies, rule: part_exceeds_whole, part: 90a, whole: 7a, note: not the same place}
- {id: double, rule: product, stated: t1.flops.b, factors: [t1.flops.a, "=2"]}
"""

# what the valid folder holds: 5 prose rows, 6 cells, 2 checks, 3 relations
VALID_ROWS = 16


def prose_text(rows: list[dict[str, str]], columns: tuple[str, ...] = PROSE_COLUMNS) -> str:
    """A prose CSV; cells with commas are quoted."""

    def cell(text: str) -> str:
        return f'"{text}"' if "," in text else text

    lines = [",".join(columns)]
    lines += [",".join(cell(row.get(column, "")) for column in columns) for row in rows]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class RawFolder:
    """A `raw/` folder in a temporary place."""

    path: Path

    @property
    def source(self) -> Path:
        return self.path / SOURCE

    def write(self, name: str, text: str | bytes) -> None:
        """Write a file; ``name`` is relative to the source's folder, or to `raw/` when it starts with a slash."""
        path = self.path / name[1:] if name.startswith("/") else self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def read(self, name: str) -> str:
        return (self.source / name).read_text(encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """Change one place of a file."""
        text = self.read(name)
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        self.write(name, text.replace(old, new))

    def change(self, key: str, /, **cells: str) -> None:
        """Change cells of the prose row ``key``."""
        for file, rows in PROSE.items():
            changed = [{**row, **cells} if row["key"] == key else row for row in rows]
            if changed != rows:
                self.write(f"figures/{file}", prose_text(changed))

    def load(self) -> SourceLoad:
        """Load the source as the pipeline does."""
        return load_source(self.path, load_sources(self.path)[SOURCE], load_reference(self.path))


def make_raw(path: Path) -> RawFolder:
    """Write the valid folder."""
    raw = RawFolder(path)
    raw.write("/sources.yml", SOURCES)
    for name, rows in REFERENCE.items():
        raw.write(f"/reference/{name}.csv", "\n".join([",".join(REFERENCE_COLUMNS[name]), *rows]) + "\n")
    for file, prose in PROSE.items():
        raw.write(f"figures/{file}", prose_text(prose))
    raw.write("tables/t1.csv", TABLE_CSV)
    raw.write("tables/t1.yml", TABLE_YML)
    raw.write("relations/ties.yml", RELATIONS)
    return raw


def check_balance(load: SourceLoad) -> None:
    """Nothing is lost between the files and the rows, and every problem can be acted on."""
    assert load.rows_in == load.rows_loaded + len(load.problems)
    assert load.rows_loaded == len({f.key for f in load.figures}) + len({t.relation_id for t in load.relations})
    assert len({f.figure_id for f in load.figures}) == len(load.figures)
    for problem in load.problems:
        assert problem.file and problem.line >= 0 and problem.message and problem.remedy
        assert str(problem).startswith(f"raw/{problem.file}:{problem.line}: ")


def check_only(load: SourceLoad, file: str, line: int, message: str, remedy: str, *, lost: int = 1) -> Problem:
    """One problem, at this place, in these words; ``lost`` rows of the valid folder are not loaded, the rest is."""
    check_balance(load)
    assert [str(problem) for problem in load.problems[1:]] == []
    (problem,) = load.problems
    assert (problem.file, problem.line) == (f"{SOURCE}/{file}", line)
    assert message in problem.message
    assert remedy in problem.remedy
    assert load.rows_loaded == VALID_ROWS - lost
    return problem
