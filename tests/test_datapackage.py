"""The published package is what the Data Package standard (version 2) calls one, and its rows are what it says.

The standard's own validator reads all rows in test_standards.py, where it is installed (`make test-standards`); most
of what it checks of this package is checked here without its 16 packages.
"""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from jsonschema import Draft202012Validator

from orchestration.settings import Settings

# the parts of the standard's profile that the package uses: names, required properties, types of fields, keys
PROFILE = {
    "type": "object",
    "required": ["resources"],
    "properties": {
        "$schema": {"const": "https://datapackage.org/profiles/2.0/datapackage.json"},
        "name": {"type": "string", "pattern": "^[a-z0-9._/-]+$"},
        "title": {"type": "string"},
        "version": {"type": "string"},
        "created": {"type": "string", "format": "date-time"},
        "licenses": False,
        "sources": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}},
        },
        "resources": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["name", "path", "schema"],
                "properties": {
                    "name": {"type": "string", "pattern": "^[a-z0-9._/-]+$"},
                    # relative, downwards only
                    "path": {"type": "string", "pattern": r"^(?!/)(?!.*\.\.)(?!~)(?!.*://).+$"},
                    "bytes": {"type": "integer"},
                    "hash": {"type": "string"},
                    "schema": {
                        "type": "object",
                        "required": ["fields"],
                        "properties": {
                            "primaryKey": {"type": "array", "minItems": 1, "items": {"type": "string"}},
                            "fields": {
                                "type": "array",
                                "minItems": 1,
                                "items": {
                                    "type": "object",
                                    "required": ["name", "type"],
                                    "properties": {
                                        "name": {"type": "string"},
                                        "type": {
                                            "enum": [
                                                "string", "number", "integer", "boolean", "object", "array", "list",
                                                "datetime", "date", "time", "year", "yearmonth", "duration",
                                                "geopoint", "geojson", "any",
                                            ]
                                        },
                                        "constraints": {"type": "object"},
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}  # fmt: skip
# how DuckDB reads what the package calls a type; lists have none (`any`)
TYPES = {
    "string": {"VARCHAR"},
    "number": {"DOUBLE", "INTEGER", "BIGINT"},
    "integer": {"INTEGER", "BIGINT"},
    "boolean": {"BOOLEAN"},
    "date": {"DATE"},
    "datetime": {"TIMESTAMP", "TIMESTAMP WITH TIME ZONE"},
}


@pytest.fixture(scope="module")
def folder(shipped_build: Settings) -> Path:
    return shipped_build.published


@pytest.fixture(scope="module")
def package(folder: Path) -> dict[str, Any]:
    described: dict[str, Any] = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return described


def test_the_descriptor_is_one_of_the_standard(package: dict[str, Any]) -> None:
    problems = [f"{error.json_path}: {error.message}" for error in Draft202012Validator(PROFILE).iter_errors(package)]
    assert not problems, "\n".join(problems[:10])
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names)


def test_the_rows_are_what_the_descriptor_says(package: dict[str, Any], folder: Path) -> None:
    with duckdb.connect() as connection:
        for resource in package["resources"]:
            name, fields = resource["name"], resource["schema"]["fields"]
            # found from the descriptor, as a stranger finds it
            source = f"read_parquet('{folder / resource['path']}')"
            found = connection.execute(f"describe select * from {source}").fetchall()
            assert [row[0] for row in found] == [field["name"] for field in fields], name
            for field, (_, kind, *_) in zip(fields, found, strict=True):
                allowed = TYPES.get(field["type"])
                assert allowed is None or kind in allowed, f"{name}.{field['name']}: {kind} is no {field['type']}"
            key = ", ".join(f'"{column}"' for column in resource["schema"].get("primaryKey", []))
            if key:
                ((count, distinct),) = connection.execute(
                    f"select count(*), count(distinct ({key})) from {source}"
                ).fetchall()
                assert count == distinct, f"{name}: {key} is no key"
            assert (folder / resource["path"]).stat().st_size == resource["file_bytes"], name
