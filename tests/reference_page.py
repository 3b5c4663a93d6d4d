"""docs/reference.md, written from the command line's own parsers and from the registries of `raw/reference/`.

``python -m tests.reference_page`` writes it (`make readme`); tests/test_docs.py compares.
"""

import csv
import inspect

from orchestration import cli
from tests.conftest import PROJECT

PAGE = PROJECT / "docs" / "reference.md"


def render() -> str:
    """The page as it should stand."""
    lines = ["# Commands and registries", "", "Written by `make readme`; do not edit.", "", "## Commands", ""]
    lines += [
        "`ai-figures COMMAND --help` lists the options of each.",
        "",
        "| command | what | needs |",
        "|---|---|---|",
    ]
    for name, what in sorted(cli.commands().items()):
        needs = ["a project"] * (name in cli.OF_A_PROJECT) + ["the extra `warehouse`"] * (name in cli.OF_THE_EXTRA)
        lines.append(f"| `{name}` | {what} | {', '.join(needs)} |")
    lines += ["", "## Registries", "", "Each a CSV in `raw/reference/`, one row a thing; the first column is its key."]
    lines += ["", "| file | columns |", "|---|---|"]
    for path in sorted((PROJECT / "raw" / "reference").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            header = next(csv.reader(handle))
        lines.append(f"| `{path.name}` | {', '.join(header)} |")
    lines += ["", "## Rules", "", "What `reconciliation.comparisons.rule` may say.", "", "| rule | a comparison that |"]
    lines += ["|---|---|"]
    with (PROJECT / "raw" / "reference" / "rules.csv").open(encoding="utf-8", newline="") as handle:
        lines += [f"| `{row['rule']}` | {row['meaning']} |" for row in csv.DictReader(handle)]
    return inspect.cleandoc("\n".join(lines)) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
