"""All engines over one document; what is reported, and what is kept quiet."""

from dataclasses import replace
from itertools import product

from orchestration.audit.arithmetic import RATES, expected, interval, judge, slip
from orchestration.audit.bound import Bound
from orchestration.audit.bound_pairs import bound_pair_comparisons
from orchestration.audit.changes import change_comparisons
from orchestration.audit.counted import counted_comparisons
from orchestration.audit.counted_products import product_of_many_comparisons
from orchestration.audit.far_totals import far_total_comparisons
from orchestration.audit.indexes import by_unit
from orchestration.audit.keyed import keyed_comparisons
from orchestration.audit.lists import list_comparisons
from orchestration.audit.means import mean_comparisons
from orchestration.audit.meant import exchanged_comparisons, stale_comparisons
from orchestration.audit.model import Comparison, Document, Spot, Text
from orchestration.audit.named_cells import named_comparisons
from orchestration.audit.named_orders import named_order_comparisons
from orchestration.audit.named_pairs import named_pair_comparisons
from orchestration.audit.named_shares import named_share_comparisons, shares_of_text_whole, sibling_share_comparisons
from orchestration.audit.named_wholes import named_whole_comparisons
from orchestration.audit.other_rows import (
    other_column_comparisons,
    other_row_comparisons,
    prefix_comparisons,
)
from orchestration.audit.over_cells import over_cell_comparisons
from orchestration.audit.parallel import parallel_parts, parallel_shares
from orchestration.audit.per_thing import per_thing_comparisons
from orchestration.audit.prints import (
    conflict_comparisons,
    currency_comparisons,
    gloss_comparisons,
    product_comparisons,
    table_product_comparisons,
)
from orchestration.audit.ranks import rank_comparisons
from orchestration.audit.repeated import repeated_comparisons
from orchestration.audit.rests import rest_comparisons
from orchestration.audit.row_growth import row_growth_comparisons
from orchestration.audit.solver import Solver
from orchestration.audit.table_formulas import table_comparisons
from orchestration.audit.text_operators import direction_of, lead_of, prose, signed, text_comparisons
from orchestration.audit.told_rates import converted_comparisons, rate_between_comparisons
from orchestration.audit.totals import total_comparisons
from orchestration.audit.wholes import answer_comparisons, part_comparisons, whole_comparisons
from orchestration.audit.words import precision, priors, words

DOUBTFUL = 0.4  # what an engine tells is an error where it was right at least so often, else a candidate
WHOLE = 100  # per cent
QUOTIENTS = ("share", "growth", "cagr", "fold", "ratio")


def compare(document: Document, likely: bool = True) -> list[Comparison]:
    """Every comparison of the document, in order of the statements; without those that rest on how sentences are
    usually built and lines usually named, if not ``likely``."""
    found: list[Comparison] = []
    for table in document.tables:
        found += table_comparisons(table)
    for text in document.texts:
        found += text_comparisons(text)
    found += Bound(document).comparisons()
    for engine in (
        list_comparisons,
        named_share_comparisons,
        part_comparisons,
        whole_comparisons,
        answer_comparisons,
        shares_of_text_whole,
        named_whole_comparisons,
        named_pair_comparisons,
        currency_comparisons,
        rate_between_comparisons,
        converted_comparisons,
        gloss_comparisons,
        conflict_comparisons,
        product_comparisons,
        table_product_comparisons,
        mean_comparisons,
        total_comparisons,
        per_thing_comparisons,
        over_cell_comparisons,
        rank_comparisons,
        named_order_comparisons,
        counted_comparisons,
        product_of_many_comparisons,
        rest_comparisons,
        change_comparisons,
        far_total_comparisons,
        other_row_comparisons,
        other_column_comparisons,
        prefix_comparisons,
        parallel_parts,
    ):
        found += engine(document)
    found += keyed_comparisons(document)
    found += named_comparisons(document)
    found += repeated_comparisons(document)
    found += row_growth_comparisons(document)
    if likely:
        found += stale_comparisons(document)
        found += exchanged_comparisons(document)
        found += bound_pair_comparisons(document)
    found += list(parallel_shares(document, found))
    found += list(sibling_share_comparisons(document, found))
    found = _of_as_many([*found, *Solver(document).comparisons()])
    sentences = {id(s): t for t in document.texts for s in t.spots}
    found = [c for c in found if c.verdict == "agree" or c.stated.grid >= 0 or prose(c.stated, sentences[id(c.stated)])]
    found = [c for c in found if c.verdict == "agree" or not _of_two_signs(c)]
    found = [t for c in found for t in _in_its_direction(c, sentences)]
    kept = _one_alarm(_once(_explained(_of_the_rest([*found, *_other_prints(document, found, "agree")]))))
    for c in kept:
        _weigh(c)
    # another print of an input is as sure as what it repeats, and a candidate has none
    kept = _once([*kept, *_other_prints(document, kept, "disagree")])
    return sorted(kept, key=lambda c: (c.stated.page or 0, c.stated.line, c.stated.start, c.stated.column))


def _weigh(c: Comparison) -> None:
    """The confidence that an engine has by what was measured; what it was seldom right about is a candidate."""
    if c.verdict == "agree":
        c.confidence = min(c.confidence, priors().get(c.operator, 1.0))
    elif c.verdict in ("disagree", "strained"):
        c.confidence = precision(c.origin, c.operator, c.code)
        if c.confidence < DOUBTFUL:
            c.verdict = "undetermined"


def _of_two_signs(c: Comparison) -> bool:
    """Whether a loss is set against a gain: no rate follows from the two."""
    return c.rule in QUOTIENTS and min(s.value for s in c.inputs) < 0 < max(s.value for s in c.inputs)


def _of_as_many(found: list[Comparison]) -> list[Comparison]:
    """Without the sums of fewer or more parts than the words about a total say, where a slip of those is told."""
    said = {id(c.stated): len(c.inputs) for c in found if c.operator == "total_of_so_many" and c.verdict == "disagree"}
    return [
        c
        for c in found
        if c.rule != "sum" or c.verdict != "agree" or len(c.inputs) == said.get(id(c.stated), len(c.inputs))
    ]


def _in_its_direction(c: Comparison, sentences: dict[int, Text]) -> list[Comparison]:
    """A rise of the text over levels that fall, or a fall over levels that rise, the other way round if that holds, or
    if the same slip makes it hold."""
    if c.rule != "growth" or c.stated.grid >= 0 or c.stated.value < 0:
        return [c]
    text = sentences[id(c.stated)]
    change = c.inputs[-1].value - c.inputs[0].value
    if c.verdict != "agree":
        return _rise_for_a_fall(c, text) if c.code == "increase_by_vs_to" and change < 0 else [c]
    if direction_of(c.stated, text.spots.index(c.stated), text) * change >= 0:
        return [c]
    verdict, exact = judge("growth", signed("growth", c.stated, -change), c.inputs[::-1])
    return [replace(c, inputs=c.inputs[::-1], expected=exact)] if verdict == "agree" else []


def _rise_for_a_fall(c: Comparison, text: Text) -> list[Comparison]:
    """An alarm that takes a rise for a fall: grew by 20.3 %, by 217 from 1,067; the smaller one is the change. What
    grows by more than all of it is no part: the two levels stand the other way round in time."""
    if not words("rise").search(lead_of(c.stated, text)):
        return [c]
    turned = c.inputs[::-1]
    if c.stated.value <= WHOLE or (slip("growth", c.stated, turned) or ("",))[0] != c.code:
        return []
    return [replace(c, inputs=turned, expected=judge("growth", c.stated, turned)[1])]


OTHER_PRINT = "the same, over another print of an input"
TWO = ("share", "growth", "cagr", "ratio", "fold")  # rules over two levels


def _other_prints(document: Document, found: list[Comparison], verdict: str) -> list[Comparison]:
    """The ties of that verdict, once more with other prints of their figures that give the same verdict."""
    prints = by_unit(
        s
        for s in (*document.spots, *(c for t in document.tables for row in t.cells for c in row if c))
        if s.unit and s.scaled and len(s.digits) >= 3 and s.unit not in RATES
    )
    out: list[Comparison] = []
    for c in found:
        if c.verdict != verdict or c.rule not in TWO or len(c.inputs) != 2:
            continue
        choices = []
        for s in c.inputs:
            like = prints[s.unit].like(interval(s)) if s.unit in prints and s.scaled and len(s.digits) >= 3 else []
            twins = [t for t in like if t is not s and _elsewhere(t, s, verdict)]
            choices.append([s, *twins[:2]])
        for pair in product(*choices):
            said = signed(c.rule, c.stated, pair[1].value - pair[0].value)
            periods = c.periods
            if list(pair) == c.inputs or judge(c.rule, said, list(pair), periods)[0] != verdict:
                continue
            why = f"{c.explanation} ({OTHER_PRINT})" if c.explanation else ""
            out.append(replace(c, inputs=list(pair), bound=False, operator="other_print", explanation=why))
    return out


def _elsewhere(other: Spot, spot: Spot, verdict: str) -> bool:
    """Text for cell and cell for text; what does not hold may be looked up in another paragraph as well."""
    return (other.grid >= 0) != (spot.grid >= 0) or (verdict == "disagree" and other.block != spot.block)


def _of_the_rest(found: list[Comparison]) -> list[Comparison]:
    """A share that fits only its sibling, which itself is a share of the whole, is a share of the rest."""
    wholes = {id(c.inputs[0]): c.inputs[1] for c in found if c.rule == "share" and c.verdict == "agree"}
    out = []
    for c in found:
        whole = wholes.get(id(c.inputs[1])) if c.rule == "share" and c.verdict == "agree" and not c.bound else None
        if whole is not None and c.stated.block == c.inputs[1].block >= 0:
            part, rest = c.inputs
            if (
                abs(part.value + rest.value - whole.value) <= (part.high - part.low + whole.high - whole.low)
                and (slip("share", c.stated, [part, whole]) or ("",))[0] == "share_of_rest"
            ):
                exact = expected("share", [interval(part), interval(whole)])
                out.append(
                    Comparison("share", "text", c.stated, [part, whole], "disagree", exact, "share_of_rest",
                               "it is the part over the rest, not over the whole", 0.8, "sibling_share", True)
                )  # fmt: skip
                continue
        out.append(c)
    return out


def _explained(found: list[Comparison]) -> list[Comparison]:
    """Without the alarms about a figure that another tie explains as well."""
    # what the words name goes before what the arithmetic finds
    named = {id(c.stated) for c in found if c.operator == "named_whole" and c.verdict == "disagree"}
    found = [c for c in found if id(c.stated) not in named or c.rule != "share" or c.operator == "named_whole"]
    explained: dict[int, float] = {}
    for c in found:
        if c.verdict == "agree" and c.rule not in ("repeat", "text_vs_table", "order"):
            explained[id(c.stated)] = max(c.confidence + c.bound, explained.get(id(c.stated), 0.0))
    # a figure that another statement sets beside the cell is another quantity, no stale copy of it
    beside = {
        (id(s), id(t))
        for c in found
        if c.verdict == "agree" and c.rule not in ("repeat", "text_vs_table") and c.operator != "other_print"
        for s in c.inputs
        for t in (*c.inputs, c.stated)
    }
    found = [c for c in found if c.operator != "cell_named_by_words" or (id(c.stated), id(c.inputs[0])) not in beside]
    wrong = {id(c.stated) for c in found if c.verdict == "disagree" and c.bound and c.origin == "text"}
    return [
        c
        for c in found
        if not (c.origin == "cluster" and c.verdict == "agree" and id(c.stated) in wrong)
        and (c.verdict not in ("disagree", "strained") or explained.get(id(c.stated), 0.0) < (1.0 if c.bound else 0.8))
    ]


# what words and sentence structure bind; told where no stricter rule tells of the same figure
SOFT = ("likely_pair", "cell_named_by_words", "points_as_percent")


def _one_alarm(found: list[Comparison]) -> list[Comparison]:
    """Without the softer alarms that know no slip about a figure that has a stricter one."""
    told = {id(c.stated) for c in found if c.verdict == "disagree" and c.operator not in SOFT}
    return [
        c
        for c in found
        if c.operator not in SOFT or c.code not in ("unexplained", "copied") or id(c.stated) not in told
    ]


def _once(found: list[Comparison]) -> list[Comparison]:
    """One comparison for a statement and its inputs: the best bound first."""
    kept: dict[object, Comparison] = {}
    for c in sorted(found, key=lambda c: (not c.bound, c.operator in SOFT, -c.confidence)):
        kept.setdefault((c.key, c.rule if c.rule in ("repeat", "text_vs_table") else ""), c)
    return list(kept.values())
