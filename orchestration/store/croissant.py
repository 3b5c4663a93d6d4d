"""The published tables described for machine learning and for search engines: Croissant, which is schema.org JSON-LD.

One document is both: a `schema.org/Dataset` with its files as `distribution`, and Croissant's record sets, which say
what each column of each file is. It holds nothing that `datapackage.json` does not hold.
"""

from collections.abc import Iterable, Mapping
from typing import Any

_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
# types of the datapackage; a list of texts is `any` there
_TYPES = {
    "string": "sc:Text", "number": "sc:Float", "integer": "sc:Integer", "date": "sc:Date", "datetime": "sc:DateTime",
    "boolean": "sc:Boolean", "any": "sc:Text",
}  # fmt: skip


def croissant(package: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON-LD of a datapackage of Parquet files. Paths stay relative to the folder of both documents."""
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": package["name"],
        "description": f"{package['title']}. {package['rights']}",
        "version": package["version"],
        "datePublished": package["created"],
        "citeAs": f"{package['title']}, version {package['version']}",
        "usageInfo": package["rights"],
        "isBasedOn": [{"@type": "sc:CreativeWork", "name": source["title"]} for source in package["sources"]],
        "distribution": [_file(resource) for resource in package["resources"]],
        "recordSet": [_records(resource) for resource in package["resources"]],
    }


def _file(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": f"{resource['name']}.parquet",
        "name": f"{resource['name']}.parquet",
        "contentUrl": resource["path"],
        "contentSize": f"{resource['file_bytes']} B",
        "encodingFormat": "application/x-parquet",
        "sha256": resource["file_sha256"],
    }


def _records(resource: Mapping[str, Any]) -> dict[str, Any]:
    name = resource["name"]
    described: dict[str, Any] = {"@type": "cr:RecordSet", "@id": name, "name": name}
    if key := resource["schema"].get("primaryKey"):
        described["key"] = [{"@id": f"{name}/{column}"} for column in key]
    return {**described, "field": list(_fields(name, resource["schema"]["fields"]))}


def _fields(name: str, fields: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    for field in fields:
        described = {
            "@type": "cr:Field",
            "@id": f"{name}/{field['name']}",
            "name": f"{name}/{field['name']}",
            "dataType": _TYPES[field["type"]],
            "source": {"fileObject": {"@id": f"{name}.parquet"}, "extract": {"column": field["name"]}},
        }
        if field.get("description"):
            described["description"] = field["description"]
        yield described | ({"repeated": True} if field["type"] == "any" else {})
