"""Every rule from printed text to verdict: what holds exactly, what holds only through rounding, what fails by the
least amount that can be printed, and what a qualifier admits. One build for all of them."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.settings import PROJECT, Settings
from tests.reconciliation.synthetic import Case, Folder
from tests.reconciliation.warehouse import build, rows


@dataclass(frozen=True, slots=True)
class Statement:
    """One printed statement and the verdict that its rule must reach."""

    rule: str
    name: str
    verdict: str
    printed: Callable[[Case], None]


STATEMENTS: list[Statement] = []


def statement(rule: str, name: str, verdict: str) -> Callable[[Callable[[Case], None]], None]:
    def add(printed: Callable[[Case], None]) -> None:
        STATEMENTS.append(Statement(rule, name, verdict, printed))

    return add


def add_all(rule: str, prints: Callable[..., None], cases: tuple[tuple[str, str, tuple[object, ...]], ...]) -> None:
    for name, verdict, arguments in cases:
        STATEMENTS.append(Statement(rule, name, verdict, lambda case, arguments=arguments: prints(case, *arguments)))


def cagr(case: Case, first: str, last: str, rate: str, qualifier: str = "") -> None:
    case.figure(first, period="2020")
    case.figure(last, period="2023")
    case.figure(rate, period="2020-2023", statistic="cagr", qualifier=qualifier)


# (1.728)^(1/3) = 1.2; [99.5, 100.5] to [172.5, 173.5] allows 19.7 to 20.4 %
add_all("cagr", cagr, (
    ("exact", "agree", ("100.0000亿元", "172.8000亿元", "20.0000%")),
    ("rounding", "agree", ("100亿元", "173亿元", "20.3%")),
    ("least", "disagree", ("100亿元", "173亿元", "20.5%")),
    ("over", "agree", ("100亿元", "173亿元", "18%", "over")),
    ("under", "disagree", ("100亿元", "173亿元", "19%", "under")),
))  # fmt: skip


def growth(case: Case, before: str, after: str, rate: str, qualifier: str = "", **fields: str) -> None:
    case.figure(before, period="2022", **fields)
    case.figure(after, period="2023", **fields)
    case.figure(rate, period="2023", statistic="yoy", qualifier=qualifier)


add_all("growth", growth, (
    ("exact", "agree", ("100.00亿元", "150.00亿元", "50.00%")),
    ("rounding", "agree", ("40亿元", "46亿元", "16.8%")),  # 45.5/40.5 to 46.5/39.5: 12.3 to 17.7 %
    ("least", "disagree", ("40亿元", "46亿元", "17.8%")),
    ("nearly", "agree", ("40.00亿元", "45.60亿元", "15%", "nearly")),
    ("falling", "agree", ("200.0亿元", "150.0亿元", "-25.0%")),
    ("sign", "disagree", ("200.0亿元", "150.0亿元", "25.0%")),
))  # fmt: skip


def fold(case: Case, before: str, after: str, times: str, qualifier: str = "") -> None:
    one, other = case.figure(before, period="2022"), case.figure(after, period="2023")
    stated = case.figure(times, statistic="ratio", qualifier=qualifier)
    case.tie("fold", stated=stated, **{"from": one, "to": other})


add_all("fold", fold, (
    ("exact", "agree", ("10.0亿元", "30.0亿元", "3倍")),
    ("rounding", "agree", ("10.0亿元", "33.4亿元", "3.3倍")),
    ("least", "disagree", ("10.0亿元", "33.4亿元", "3.5倍")),
    ("over", "agree", ("10.0亿元", "33.4亿元", "3倍", "over")),
))  # fmt: skip


def share(case: Case, part: str, whole: str, stated: str, qualifier: str = "") -> None:
    one, other = case.figure(part, segment="genai"), case.figure(whole, segment="ai")
    key = case.figure(stated, segment="genai", statistic="share", qualifier=qualifier)
    case.tie("share", stated=key, part=one, whole=other)


add_all("share", share, (
    ("exact", "agree", ("25.0亿元", "100.0亿元", "25.0%")),
    ("rounding", "agree", ("3646亿元", "10000亿元", "36%")),
    ("least", "disagree", ("3644亿元", "10000亿元", "37%")),
    ("about", "agree", ("3644亿元", "10000亿元", "37%", "about")),
    ("tenths", "agree", ("7.1亿元", "10.0亿元", "七成")),
))  # fmt: skip


def ratio(case: Case, upper: str, lower: str, times: str, qualifier: str = "") -> None:
    one, other = case.figure(upper, indicator="revenue"), case.figure(lower, indicator="capex")
    stated = case.figure(times, indicator="revenue", statistic="ratio", qualifier=qualifier)
    case.tie("ratio", stated=stated, numerator=one, denominator=other)


add_all("ratio", ratio, (
    ("exact", "agree", ("40.0亿元", "10.0亿元", "4倍")),
    ("rounding", "agree", ("234.1亿元", "100.0亿元", "2.3倍")),
    ("least", "disagree", ("234.1亿元", "100.0亿元", "2.4倍")),
    ("under", "agree", ("234.1亿元", "100.0亿元", "2.4倍", "under")),
    ("per_cent_of", "agree", ("40.0亿元", "100.0亿元", "40%")),
))  # fmt: skip


def total(case: Case, parts: tuple[str, ...], stated: str, qualifier: str = "", covers: str = "all") -> None:
    keys = [case.figure(part, basis=f"part {number}") for number, part in enumerate(parts)]
    case.tie("sum", stated=case.figure(stated, segment="ai", qualifier=qualifier), parts=keys, covers=covers)


add_all("sum", total, (
    ("exact", "agree", (("1.5亿元", "2.5亿元"), "4.0亿元")),
    ("rounding", "agree", (("33亿元", "33亿元", "33亿元"), "100亿元")),
    ("least", "disagree", (("33亿元", "33亿元", "33亿元"), "102亿元")),
    ("over", "agree", (("33亿元", "33亿元", "36亿元"), "100亿元", "over")),
    ("part", "agree", (("33亿元", "33亿元"), "100亿元", "", "part")),
    ("part_over", "disagree", (("63亿元", "43亿元"), "100亿元", "", "part")),
    ("coverage", "agree", (("63亿元", "32亿元"), "100亿元", "", "0.9")),
    ("coverage_missed", "disagree", (("63亿元", "12亿元"), "100亿元", "", "0.9")),
))  # fmt: skip


def mean(case: Case, parts: tuple[str, ...], stated: str, qualifier: str = "") -> None:
    keys = [case.figure(part, basis=f"part {number}") for number, part in enumerate(parts)]
    case.tie("mean", stated=case.figure(stated, segment="ai", qualifier=qualifier), parts=keys)


add_all("mean", mean, (
    ("exact", "agree", (("1.5亿元", "2.5亿元"), "2.0亿元")),
    ("rounding", "agree", (("33亿元", "33亿元", "35亿元"), "34亿元")),
    ("least", "disagree", (("33亿元", "33亿元", "33亿元"), "35亿元")),
    ("sum_for_mean", "disagree", (("33亿元", "33亿元"), "66亿元")),
))  # fmt: skip


def product(case: Case, users: str, price: str, revenue: str, qualifier: str = "") -> None:
    one = case.figure(users, indicator="user_count", counted="user")
    other = case.figure(price, indicator="product_price")
    case.tie("product", stated=case.figure(revenue, indicator="revenue", qualifier=qualifier), factors=[one, other])


add_all("product", product, (
    ("exact", "agree", ("200.0万", "30.0元", "6000.0万元")),
    ("rounding", "agree", ("19万", "30元", "587万元")),  # 18.5 x 29.5 = 546 to 19.5 x 30.5 = 595
    ("least", "disagree", ("19万", "30元", "596万元")),
    ("about", "agree", ("19万", "30元", "600万元", "about")),
))  # fmt: skip


def repeat(case: Case, first: str, again: str, qualifier: str = "", **fields: str) -> None:
    case.figure(first, **fields)
    case.figure(again, qualifier=qualifier, **fields)


add_all("repeat", repeat, (
    ("exact", "agree", ("5.7亿元", "5.7亿元")),
    ("rounding", "agree", ("5.7亿元", "5.74亿元")),
    ("least", "disagree", ("5.7亿元", "5.8亿元")),
    ("over", "agree", ("5.74亿元", "5亿元", "over")),
    ("other_unit", "agree", ("1.2万亿元", "12000亿元")),
    ("other_currency", "agree", ("100亿美元", "705亿元")),
))  # fmt: skip


@statement("repeat", "adjacent_counts", "disagree")
def _(case: Case) -> None:
    for printed in ("71家", "72家"):
        case.figure(printed, indicator="company_count", counted="company")


def quoted(case: Case, text: str, table: str, qualifier: str = "") -> None:
    one, other = case.figure(text, qualifier=qualifier), case.figure(table, basis="exhibit")
    case.tie("text_vs_table", text=one, table=other)


add_all("text_vs_table", quoted, (
    ("exact", "agree", ("69亿元", "69亿元")),
    ("rounding", "agree", ("69亿元", "69.4亿元")),
    ("least", "disagree", ("69亿元", "70亿元")),
    ("nearly", "agree", ("70亿元", "69.4亿元", "nearly")),
))  # fmt: skip


def subset(case: Case, part: str, whole: str, qualifier: str = "") -> None:
    one, other = case.figure(part, segment="genai", qualifier=qualifier), case.figure(whole, segment="ai")
    case.tie("part_exceeds_whole", part=one, whole=other)


add_all("part_exceeds_whole", subset, (
    ("exact", "agree", ("71亿元", "71亿元")),
    ("rounding", "agree", ("7.14亿元", "7.1亿元")),
    ("least", "disagree", ("7.16亿元", "7.1亿元")),
    ("over", "disagree", ("8亿元", "7.1亿元", "over")),
))  # fmt: skip


def currencies(case: Case, dollars: str, yuan: str, qualifier: str = "") -> None:
    one = case.figure(dollars, indicator="funding_amount")
    case.tie("currency_pair", usd=one, cny=case.figure(yuan, indicator="capex", qualifier=qualifier))


# 7.0467 CNY per USD in 2023, and 3 % to either side: 6.835 to 7.258
add_all("currency_pair", currencies, (
    ("exact", "agree", ("100.00亿美元", "704.67亿元")),
    ("rounding", "agree", ("100.0亿美元", "726亿元")),
    ("least", "disagree", ("100.0亿美元", "727亿元")),
    ("over", "agree", ("100.0亿美元", "600亿元", "over")),
))  # fmt: skip


def exclusive(case: Case, shares: tuple[str, ...], qualifier: str = "") -> None:
    keys = [case.figure(text, statistic="share", basis=str(n), qualifier=qualifier) for n, text in enumerate(shares)]
    case.tie("bounds", figures=keys)


add_all("bounds", exclusive, (
    ("exact", "agree", (("60%", "40%"),)),
    ("rounding", "agree", (("34%", "34%", "33%"),)),
    ("least", "disagree", (("34%", "34%", "34%"),)),
    ("over", "disagree", (("51%", "51%"), "over")),
))  # fmt: skip


def reports(case: Case, earlier: str, later: str, qualifier: str = "") -> None:
    fields = {"indicator": "company_count", "counted": "company"}
    case.figure(earlier, **fields)
    case.figure(later, where=case.folder.source("later", "2025-12-31"), qualifier=qualifier, **fields)


add_all("cross_source", reports, (
    ("exact", "agree", ("5734家", "5734家")),
    ("rounding", "agree", ("5734家", "0.57万家")),
    ("least", "disagree", ("5734家", "5735家")),
    ("over", "agree", ("5734家", "5000家", "over")),
))  # fmt: skip


def referenced(case: Case, printed: str, qualifier: str = "") -> None:
    case.figure(printed, indicator="chip_performance", entity="Reference chip", geography="", basis="FP16; dense",
                period=f"{1900 + case.number}", qualifier=qualifier)  # fmt: skip


add_all("reference", referenced, (
    ("exact", "agree", ("989.4TFLOPS",)),
    ("rounding", "agree", ("989TFLOPS",)),
    ("least", "disagree", ("991TFLOPS",)),
    ("over", "agree", ("900TFLOPS", "over")),
    ("sparse", "disagree", ("1979TFLOPS",)),
))  # fmt: skip


@pytest.fixture(scope="module")
def settings(shipped_build: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    base: Path = tmp_path_factory.mktemp("rules")
    folder = Folder()
    source = folder.source("report")
    for number, one in enumerate(STATEMENTS, 1):
        one.printed(Case(folder, source, number, random.Random(number)))
    folder.source("later", "2025-12-31")
    folder.write(base / "raw", PROJECT / "raw" / "reference")
    with (base / "raw" / "reference" / "reference_values.csv").open("a", encoding="utf-8") as handle:
        handle.write("test-fp16,chip_performance,Reference chip,,,FP16; dense,,9.894e14,FLOPS,0.001,data sheet,\n")
    return build(base / "raw", base, shipped_build)


@pytest.mark.parametrize("number", range(1, len(STATEMENTS) + 1), ids=[f"{s.rule}-{s.name}" for s in STATEMENTS])
def test_the_rule_reaches_the_verdict(settings: Settings, number: int) -> None:
    one = STATEMENTS[number - 1]
    found = rows(
        settings,
        f"select * from reconciliation.comparisons where rule = '{one.rule}' "
        f"and len(list_filter(figure_ids, lambda f: contains(f, '/c{number}-'))) > 0",
    )
    # a share or a count is also bounded by itself
    found = [row for row in found if one.rule != "bounds" or ".series" not in row["comparison_id"]]
    assert [row["verdict"] for row in found] == [one.verdict], found


def test_every_rule_is_tried_in_four_ways() -> None:
    for rule in (
        "cagr", "growth", "fold", "share", "sum", "mean", "product", "ratio", "currency_pair", "repeat",
        "text_vs_table", "part_exceeds_whole", "cross_source", "reference", "bounds",
    ):  # fmt: skip
        names = [one.name for one in STATEMENTS if one.rule == rule]
        assert names[:3] == ["exact", "rounding", "least"] and len(names) >= 4, rule


def test_a_sum_says_how_much_its_parts_cover(settings: Settings) -> None:
    texts = {
        STATEMENTS[int(row["comparison_id"].split("/c")[1].split("-")[0]) - 1].name: row["explanation"]
        for row in rows(
            settings, "select comparison_id, explanation from reconciliation.comparisons where rule = 'sum'"
        )
    }
    assert "cover 66 %" in texts["part"] and "holds" in texts["part"]
    assert "cover 106 %" in texts["part_over"]
    assert "cover 75 %" in texts["coverage_missed"]


def test_exclusive_shares_say_how_much_they_cover(settings: Settings) -> None:
    stated = "select explanation from reconciliation.comparisons where rule = 'bounds' and len(figure_ids) > 1"
    texts = [row["explanation"] for row in rows(settings, stated)]
    assert len(texts) == 4
    assert all("the shares together cover 10" in text for text in texts), texts
