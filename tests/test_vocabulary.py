"""Words of the domain stand in `raw/reference/`, and in the data of an area where they are part of an expression that
has examples beside it: a list of them anywhere else is found."""

import ast
import csv
from collections.abc import Iterator
from pathlib import Path

import yaml

from tests.conftest import PROJECT

# the registries whose labels and aliases are words that documents print
REGISTRIES = ("indicators", "units", "counted_nouns", "geographies", "entities", "segments", "qualifiers")
LEAST = 5  # words in one literal that make it a list of the domain


def vocabulary() -> set[str]:
    words: set[str] = set()
    codes: set[str] = set()
    for name in REGISTRIES:
        with (PROJECT / "raw" / "reference" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                codes |= {row.get("dimension", ""), row.get("unit", "")}  # of ours, not printed
                for field in ("label_en", "label_zh", "aliases", "symbol"):
                    words |= {word.strip().lower() for word in (row.get(field) or "").split("|")}
    return {word for word in words - codes if len(word) > (3 if word.isascii() else 1)}


def literals(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line and strings of every collection, and of every chain of alternatives in one string."""
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.List | ast.Tuple | ast.Set):
                yield (
                    node.lineno,
                    [n.value for n in node.elts if isinstance(n, ast.Constant) and isinstance(n.value, str)],
                )
            elif isinstance(node, ast.Dict):
                yield (
                    node.lineno,
                    [n.value for n in node.keys if isinstance(n, ast.Constant) and isinstance(n.value, str)],
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "|" in node.value:
                yield node.lineno, [part.strip("()?:\\b ") for part in node.value.split("|")]
    else:
        yield from nested(yaml.safe_load(path.read_text(encoding="utf-8")))


def nested(value: object) -> Iterator[tuple[int, list[str]]]:
    """Every list of strings in a YAML file, every string of alternatives, and the keys of every mapping."""
    if isinstance(value, dict):
        yield 0, [str(key) for key in value]
        for inner in value.values():
            yield from nested(inner)
    elif isinstance(value, list):
        yield 0, [item for item in value if isinstance(item, str)]
        for inner in value:
            yield from nested(inner)
    elif isinstance(value, str) and "|" in value:
        yield 0, [part.strip("()?:\\b ") for part in value.split("|")]


def lists_of_words(words: set[str]) -> dict[str, list[str]]:
    """By file, the lists that hold words of the registries: line and some of the words."""
    found: dict[str, list[str]] = {}
    for path in sorted((*PROJECT.glob("orchestration/**/*.py"), *PROJECT.glob("orchestration/**/*.yml"))):
        if path.suffix == ".yml" and path.parent.name == "data":
            continue
        for line, strings in literals(path):
            known = sorted({text.lower() for text in strings} & words)
            if len(known) >= LEAST:
                found.setdefault(str(path.relative_to(PROJECT)), []).append(f"line {line}: {', '.join(known[:8])}")
    return found


def test_no_list_of_domain_words_stands_outside_the_vocabulary() -> None:
    found = lists_of_words(vocabulary())
    print("\n".join(f"{file}: {entry}" for file, entries in found.items() for entry in entries))
    assert not found, f"move these words to raw/reference/, or to the data of the area with examples: {found}"


def test_such_a_list_is_seen(tmp_path: Path) -> None:
    words = {"alpha chip", "算力", "市场规模", "渗透率", "融资额"}
    file = tmp_path / "x.py"
    file.write_text('A = ["算力", "市场规模", "渗透率"]\nB = "算力|市场规模"\nC = {"融资额": 1}\n', encoding="utf-8")
    assert [len(set(strings) & words) for _, strings in literals(file) if set(strings) & words] == [3, 2, 1]
