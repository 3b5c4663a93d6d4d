"""What stands beside the published file, by the validators of the standards themselves (`make test-standards`)."""

import pytest

from orchestration.settings import Settings

REASON = "needs the optional group `standards`"


def test_frictionless_reads_every_row_and_finds_nothing(shipped_build: Settings) -> None:
    frictionless = pytest.importorskip("frictionless", reason=REASON)
    report = frictionless.Package(str(shipped_build.published / "datapackage.json")).validate()
    assert len(report.tasks) > 50
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])[:10]


def test_croissant_is_valid_and_its_reader_gives_the_figures(shipped_build: Settings) -> None:
    mlcroissant = pytest.importorskip("mlcroissant", reason=REASON)
    dataset = mlcroissant.Dataset(str(shipped_build.published / "croissant.json"))
    assert not dataset.metadata.ctx.issues.errors
    first = next(iter(dataset.records(record_set="core.figures")))
    assert isinstance(first["core.figures/figure_id"], bytes) and first["core.figures/value"] is not None
