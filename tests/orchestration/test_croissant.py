"""The Croissant document says what the datapackage says, in the structure that its readers demand."""

import json

from orchestration.settings import Settings
from orchestration.store.croissant import croissant

PACKAGE = {
    "name": "ai-figures", "title": "Figures", "version": "1", "created": "2026-01-01T00:00:00+00:00", "rights": "None.",
    "sources": [{"title": "A report (P)", "source_id": "r", "rights": None}],
    "resources": [
        {
            "name": "core.figures", "path": "parquet/core.figures.parquet", "file_bytes": 10, "file_sha256": "ab",
            "schema": {
                "fields": [
                    {"name": "figure_id", "type": "string", "description": "Key."},
                    {"name": "value", "type": "number"}, {"name": "issue_ids", "type": "any"},
                ],
                "primaryKey": ["figure_id"],
            },
        },
    ],
}  # fmt: skip


def test_files_columns_and_keys_are_told() -> None:
    document = croissant(PACKAGE)
    assert document["@type"] == "sc:Dataset" and document["@context"]["sc"] == "https://schema.org/"
    assert document["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    (file,) = document["distribution"]
    assert (file["@type"], file["contentUrl"], file["sha256"]) == (
        "cr:FileObject", "parquet/core.figures.parquet", "ab",
    )  # fmt: skip
    (records,) = document["recordSet"]
    assert records["key"] == [{"@id": "core.figures/figure_id"}]
    assert [(field["dataType"], field.get("repeated")) for field in records["field"]] == [
        ("sc:Text", None), ("sc:Float", None), ("sc:Text", True),
    ]  # fmt: skip
    for field in records["field"]:
        assert field["source"]["fileObject"] == {"@id": file["@id"]}
        assert field["@id"] == f"core.figures/{field['source']['extract']['column']}"


def test_it_stands_beside_the_datapackage(shipped_build: Settings) -> None:
    published = shipped_build.published
    document = json.loads((published / "croissant.json").read_text(encoding="utf-8"))
    assert document == croissant(json.loads((published / "datapackage.json").read_text(encoding="utf-8")))
    for file in document["distribution"]:
        assert (published / file["contentUrl"]).is_file()
    ids = [field["@id"] for records in document["recordSet"] for field in records["field"]]
    assert len(ids) == len(set(ids)) > 300
