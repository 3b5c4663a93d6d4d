"""Every operator binds what its examples say, and nothing in its counter-examples."""

from pathlib import Path

import pytest

from orchestration.audit.document import load
from orchestration.audit.text_operators import bindings
from orchestration.audit.words import operators
from orchestration.extraction import extract_document


def bound(tmp_path: Path, text: str) -> list[tuple[str, list[str]]]:
    path = tmp_path / "a.txt"
    path.write_text(text + "\n", encoding="utf-8")
    document = load(path, extract_document(path))
    return [
        (name, [s.printed for s in (stated, *inputs)])
        for t in document.texts
        for name, _, stated, inputs, _ in bindings(t)
    ]


@pytest.mark.parametrize("operator", operators(), ids=lambda o: o["name"])
def test_examples(operator, tmp_path):
    assert operator["examples"] and operator["counter_examples"] and operator["means"]
    for example in operator["examples"]:
        assert (operator["name"], [str(b) for b in example["binds"]]) in bound(tmp_path, example["text"])
    for text in operator["counter_examples"]:
        assert operator["name"] not in [name for name, _ in bound(tmp_path, text)]
