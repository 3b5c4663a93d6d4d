"""dbt's own tests: unit tests of the rules (`_unit_tests.yml`) and data tests on a build of the shipped raw figures."""

import pytest

from orchestration.settings import Settings
from orchestration.transform.models import NodeResult, invoke_dbt
from tests import mart_files
from tests.conftest import copy_of

# one unit test at the least for each of these; a rule without one would be untested arithmetic
TESTED_MODELS = {
    "int_figures__normalised", "int_figures__converted", "int_figures__comparable", "int_relations__terms",
    "int_pairs__series", "int_comparisons__pairs", "int_comparisons__totals", "int_comparisons__equals",
    "int_comparisons__sources", "int_comparisons__references", "int_reference_values", "int_comparisons",
    "int_comparisons__units", "int_explanations", "findings",
    "decision_guards", "finding_drift", "consensus", "source_scorecard", "vintages", "candidate_comparisons",
    "candidate_findings", "comparisons", "int_corrections", "int_segments__ancestors", "int_proposed__clusters",
    "int_proposed__parts", "int_proposed__conflicts", "int_revisions", "int_comparisons__relative",
    "operator_precision", "chip_sparsity",
}  # fmt: skip


@pytest.fixture(scope="module")
def results(shipped_build: Settings, tmp_path_factory: pytest.TempPathFactory) -> list[NodeResult]:
    return invoke_dbt(copy_of(shipped_build, tmp_path_factory.mktemp("dbt")), ["test"]).nodes


def failures(results: list[NodeResult], kind: str) -> list[str]:
    return [f"{node.name}: {node.message}" for node in results if node.resource_type == kind and node.status != "pass"]


def test_the_unit_tests_of_the_rules_pass(results: list[NodeResult]) -> None:
    assert failures(results, "unit_test") == []
    tested = {node.unique_id.split(".")[2] for node in results if node.resource_type == "unit_test"}
    assert tested >= TESTED_MODELS, TESTED_MODELS - tested


def test_the_data_tests_pass_on_the_shipped_figures(results: list[NodeResult]) -> None:
    assert sum(node.resource_type == "test" for node in results) > 20
    assert failures(results, "test") == []


def test_the_files_of_the_marts_are_those_that_the_registry_declares() -> None:
    """A new mart is one row of raw/reference/marts.csv and `make marts`."""
    for path, text in mart_files.rendered():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run `make marts`"
    assert mart_files.strangers() == set()
