"""What the warehouse finds by itself: the shipped figures without any relation, check or decision of a person."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.driver import pipeline
from orchestration.settings import PROJECT, Settings
from tests.conftest import begun_from

# measured 2026-11-27: 60 % of the contradictions that a person confirmed, no error beside them
LEAST_NAMED = 0.45


def built(base: Path, raw: Path, begun: Settings) -> Settings:
    settings = Settings(project=PROJECT, raw=raw, state=base / "state", published=base / "warehouse")
    begun_from(begun, settings)
    pipeline.load(settings)
    pipeline.transform(settings)
    return settings


def findings(settings: Settings) -> list[tuple[str, str, str, frozenset[str]]]:
    """Id, severity, decision and figures of every finding."""
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        rows = connection.execute(
            "select f.finding_id, f.severity, f.decision, c.figure_ids from reconciliation.findings f "
            "join reconciliation.comparisons c using (comparison_id)"
        ).fetchall()
    return [(row[0], row[1], row[2], frozenset(row[3])) for row in rows]


@pytest.fixture(scope="module")
def both(shipped_build: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[list, list]]:
    base = tmp_path_factory.mktemp("by_itself")
    raw = base / "raw"
    shutil.copytree(PROJECT / "raw", raw, ignore=shutil.ignore_patterns("inbox", "relations", "ties_found.csv"))
    (raw / "inbox").mkdir()
    (raw / "decisions.yml").write_text("[]\n", encoding="utf-8")
    (raw / "known_findings.csv").write_text("finding_id,explanation_code\n", encoding="utf-8")
    for spec in raw.glob("*/tables/*.yml"):
        entry = yaml.safe_load(spec.read_text(encoding="utf-8"))
        if entry.pop("checks", None):
            spec.write_text(yaml.safe_dump(entry, allow_unicode=True, sort_keys=False), encoding="utf-8")
    yield findings(built(base / "own", raw, shipped_build)), findings(shipped_build)


def test_most_confirmed_contradictions_are_named(both: tuple[list, list]) -> None:
    own, shipped = both
    confirmed = [
        figures
        for _, severity, decision, figures in shipped
        if severity in ("error", "warn") and decision in ("accepted", "corrected") and len(figures) <= 3
    ]
    named = [figures for figures in confirmed if any(figures & o and _near(figures, o) for _, _, _, o in own)]
    assert len(confirmed) > 30
    assert len(named) >= LEAST_NAMED * len(confirmed), (len(named), len(confirmed))


def _near(known: frozenset[str], found: frozenset[str]) -> bool:
    """The same figures, or one side names fewer of them and at least two."""
    return known == found or (len(known & found) >= 2 and (known <= found or found <= known))


def test_no_error_is_raised_that_a_person_did_not_find(both: tuple[list, list]) -> None:
    own, shipped = both
    known = [figures for _, _, _, figures in shipped]
    invented = [i for i, severity, _, o in own if severity == "error" and not any(_near(k, o) for k in known)]
    assert invented == []


def test_it_would_be_published(both: tuple[list, list], tmp_path_factory: pytest.TempPathFactory) -> None:
    base = tmp_path_factory.getbasetemp()
    raw = next(base.glob("by_itself*/raw"))
    pipeline.check_all(Settings(PROJECT, raw, raw.parent / "own" / "state", raw.parent / "own" / "warehouse"))


def test_what_soft_keys_propose_is_a_hint(both: tuple[list, list]) -> None:
    own, _ = both
    assert any(severity == "hint" for _, severity, _, _ in own)
    assert {severity for i, severity, _, _ in own if "~" in i and i.startswith("part_exceeds")} == {"hint"}
