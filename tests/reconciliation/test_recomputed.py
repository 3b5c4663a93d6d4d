"""The shipped comparisons were really evaluated: plain Python reaches the same verdicts from the published figures."""

import random
from collections import Counter
from typing import Any

import pytest

from orchestration.loading.relations import Term
from orchestration.settings import Settings
from tests.reconciliation.recompute import Interval, Recomputation, recomputation
from tests.reconciliation.warehouse import rows


@pytest.fixture(scope="module")
def settings(shipped_build: Settings) -> Settings:
    return shipped_build


@pytest.fixture(scope="module")
def again(settings: Settings) -> Recomputation:
    return recomputation(settings)


@pytest.fixture(scope="module")
def comparisons(settings: Settings) -> list[dict[str, Any]]:
    return rows(settings, "select * from reconciliation.comparisons order by comparison_id")


def test_every_verdict_is_reached_a_second_time(again: Recomputation, comparisons: list[dict[str, Any]]) -> None:
    assert len(comparisons) > 1000
    # strained and undetermined hold: their intervals overlap, and how they were opened is another question
    holding = {"strained": "agree", "undetermined": "agree"}
    other = [
        (row["comparison_id"], row["verdict"], second)
        for row in comparisons
        if not is_proposal(row) and (second := again.verdict(row)) != holding.get(row["verdict"], row["verdict"])
    ]
    assert other == []


def is_proposal(row: dict[str, Any]) -> bool:
    return row["origin"] in ("cluster", "hierarchy") or row["rule"] in ("field_conflict", "unit_basis")


def test_proposals_are_further_apart_than_their_precision(comparisons: list[dict[str, Any]]) -> None:
    proposals = [row for row in comparisons if is_proposal(row)]
    assert proposals
    for row in proposals:
        if row["rule"] == "unit_basis":  # one figure alone, there is no other side
            assert row["expected"] is None and len(row["figure_ids"]) == 1, row
            continue
        stated = Interval(row["stated_low"], row["stated_high"])
        expected = Interval(row["expected_low"], row["expected_high"])
        assert stated.overlaps(expected) == (row["rule"] == "field_conflict"), row


def test_a_hundred_agreeing_comparisons_were_evaluated(again: Recomputation, comparisons: list[dict[str, Any]]) -> None:
    """Not skipped: each has numbers on both sides, its figures stand in the warehouse, and moving what is stated by
    more than its own width and the gap makes it fail."""
    agreeing = [row for row in comparisons if row["verdict"] == "agree" and row["rule"] != "bounds"]
    sample = random.Random(20261121).sample(agreeing, 100)
    assert len(Counter(row["rule"] for row in sample)) >= 6
    for row in sample:
        assert row["stated"] is not None and row["expected_low"] is not None and row["expected_high"] is not None
        assert all(figure_id in again.figures.by_id for figure_id in row["figure_ids"]), row
        assert again.verdict(row) == "agree"
        stated = Interval(row["stated_low"], row["stated_high"])
        expected = Interval(row["expected_low"], row["expected_high"])
        assert stated.overlaps(expected), row


def test_no_stated_relation_is_left_out(again: Recomputation, comparisons: list[dict[str, Any]]) -> None:
    """Every relation of the raw folder is a comparison, unless another states the same tie of the same figures."""
    evaluated = {row["comparison_id"].split(":", 1)[1] for row in comparisons}
    pairs = {frozenset(row["figure_ids"][:2]) for row in comparisons}
    figure_sets = {frozenset(row["figure_ids"]) for row in comparisons}
    ties = {tie(terms) for name, terms in again.relations.items() if name.split(":", 1)[1] in evaluated}
    left_out = []
    for name, terms in again.relations.items():
        known = all(
            figure_id is None or figure_id in again.figures.by_id
            for term in terms
            for figure_id in (term.figure_id, term.figure_id_high)
        )
        is_pair = terms[0].rule in ("repeat", "text_vs_table")
        same_pair = is_pair and frozenset(term.figure_id for term in terms[:2]) in pairs
        # what the text tells by itself stands back where a person or equal keys tie the same figures
        same_figures = "/found." in name and frozenset(term.figure_id for term in terms) in figure_sets
        evaluated_so = name.split(":", 1)[1] in evaluated or same_figures
        if known and not evaluated_so and tie(terms) not in ties and not same_pair:
            left_out.append(name)
    assert left_out == []


def tie(terms: list[Term]) -> tuple[str, frozenset[tuple[str, str | None, float | None]]]:
    """What a relation says, whatever it is called."""
    return terms[0].rule, frozenset((term.role, term.figure_id, term.constant) for term in terms)
