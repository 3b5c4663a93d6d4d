"""Ten slips of different kinds in a copy of the shipped raw figures: all are caught, nearly all with the reason."""

import csv
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orchestration.settings import Settings
from tests.reconciliation.warehouse import build, rows


@dataclass(frozen=True, slots=True)
class Edit:
    """One cell: in the row that begins with ``row``, under the header ``column``, ``new`` in place of ``old``."""

    file: str
    row: str
    column: str
    old: str
    new: str

    def apply(self, raw: Path) -> None:
        path = raw / self.file
        with path.open(encoding="utf-8", newline="") as handle:
            table = list(csv.reader(handle))
        at = table[0].index(self.column)
        hits = [line for line in table[1:] if self.row in line[:3]]
        assert len(hits) == 1, f"{self.file}: {len(hits)} rows {self.row!r}; choose another row for this slip"
        assert hits[0][at] == self.old, f"{self.file}, row {self.row!r}: {hits[0][at]!r} is not {self.old!r} any more"
        hits[0][at] = self.new
        with path.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows(table)


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip, the figures that it touches, the rule that must object and the reason that it should name."""

    name: str
    edits: tuple[Edit, ...]
    figures: tuple[str, ...]
    rule: str
    codes: tuple[str, ...]


BSE = "bse_genai_2025/figures/prose.csv"
MS = "morgan_stanley_2025/tables"
SLIPS = (
    Slip(
        "magnitude of a level",
        (Edit("zero2ipo_2025/figures/01_overview.csv", "103a", "printed", "821亿美元", "821万美元"),),
        ("zero2ipo_2025/103a",), "cagr", ("scale",),
    ),
    Slip(
        "digits of a compound rate",
        (Edit(BSE, "37a", "printed", "56.33%", "65.33%"),),
        ("bse_genai_2025/37a",), "cagr", ("digit",),
    ),
    Slip(
        "two shares exchanged",
        (
            Edit(f"{MS}/trating.csv", "超配/买入", "MISC 占比", "40%", "46%"),
            Edit(f"{MS}/trating.csv", "等权重/持有", "MISC 占比", "46%", "40%"),
        ),
        ("morgan_stanley_2025/trating.ow.misc_share", "morgan_stanley_2025/trating.ew.misc_share"),
        "share", ("swapped",),
    ),
    Slip(
        "wrong year of a level",
        (Edit(BSE, "57b", "period", "2028", "2029"),),
        ("bse_genai_2025/57b",), "cagr", ("periods",),
    ),
    Slip(
        "yuan labelled dollars",
        (Edit("leadleo_2024/figures/02_industry_chain.csv", "227b", "printed", "475亿元", "475亿美元"),),
        ("leadleo_2024/227b",), "repeat", ("currency",),
    ),
    Slip(
        "a cell of a table",
        (Edit(f"{MS}/t158.csv", "阿里巴巴集团控股", "目标价 (本地货币)", "180.00", "130.00"),),
        ("morgan_stanley_2025/t158.alibaba.target",), "growth", ("digit",),
    ),
    Slip(
        "a total",
        (Edit(f"{MS}/t137.csv", "运营成本（包括折旧）", "2024", "20,504", "25,504"),),
        ("morgan_stanley_2025/t137.operating_cost.y2024",), "sum", ("digit",),
    ),
    Slip(
        "compute of a chip doubled",
        (Edit("huatai_2025/tables/t5.csv", "半精度 (FP16) 算力", "英伟达 A100", "312 TFLOPS", "624 TFLOPS"),),
        ("huatai_2025/t5.fp16.a100",), "ratio", ("sparsity",),
    ),
    Slip(
        "increase to in place of increase by",
        (Edit("leadleo_2024/tables/t2.csv", "营业总收入同比增长(%)", "2021", "19.5212", "119.5212"),),
        ("leadleo_2024/t2.revenue_growth.y2021",), "growth", ("increase_by_vs_to",),
    ),
    Slip(
        "a total without one part",
        (Edit(f"{MS}/t137.csv", "总回报", "2026e", "95,940", "84,930"),),
        ("morgan_stanley_2025/t137.gross_return.y2026",), "sum", ("part_left_out",),
    ),
)  # fmt: skip


@dataclass(slots=True)
class Outcome:
    """New findings about one slip's figures: rule, code and sentence."""

    slip: Slip
    findings: list[tuple[str, str, str]]

    @property
    def is_right(self) -> bool:
        return any(rule == self.slip.rule and code in self.slip.codes for rule, code, _ in self.findings)


def findings(settings: Settings) -> dict[str, dict[str, Any]]:
    query = """
        select findings.finding_id, findings.rule, explanation_code, findings.explanation, comparisons.figure_ids
        from reconciliation.findings
        inner join reconciliation.comparisons using (comparison_id)
        where comparisons.verdict = 'disagree'
    """
    return {row["finding_id"]: row for row in rows(settings, query)}


@pytest.fixture(scope="module")
def outcomes(shipped_build: Settings, tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    base: Path = tmp_path_factory.mktemp("corrupted")
    shutil.copytree(shipped_build.raw, base / "raw")
    for slip in SLIPS:
        for edit in slip.edits:
            edit.apply(base / "raw")
    before, after = findings(shipped_build), findings(build(base / "raw", base, shipped_build))
    new = [row for finding_id, row in after.items() if finding_id not in before]
    found = [
        Outcome(slip, [(row["rule"], row["explanation_code"], row["explanation"]) for row in new
                       if set(row["figure_ids"]) & set(slip.figures)])
        for slip in SLIPS
    ]  # fmt: skip
    for outcome in found:
        print(f"\n{outcome.slip.name}: {'right' if outcome.is_right else 'caught' if outcome.findings else 'MISSED'}")
        for rule, code, text in outcome.findings:
            print(f"  {rule} {code}: {text}")
    return found


@pytest.mark.parametrize("number", range(len(SLIPS)), ids=[slip.name for slip in SLIPS])
def test_the_slip_is_caught(outcomes: list[Outcome], number: int) -> None:
    assert outcomes[number].findings, f"{SLIPS[number].name}: no new finding about {SLIPS[number].figures}"


def test_the_right_reason_is_named_for_at_least_eight_of_ten(outcomes: list[Outcome]) -> None:
    wrong = [(outcome.slip.name, [row[:2] for row in outcome.findings]) for outcome in outcomes if not outcome.is_right]
    assert len(outcomes) == 10 and len(wrong) <= 2, wrong
