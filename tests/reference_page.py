"""What the documents take from the code: docs/reference.md, from the command line's own parsers and the registries of
`raw/reference/`, and the codes of docs/explanations.md.

``python -m tests.reference_page`` writes both (`make readme`); tests/test_docs.py compares.
"""

import csv
import inspect

from orchestration import cli
from tests.conftest import PROJECT

PAGE = PROJECT / "docs" / "reference.md"
EXPLANATIONS = PROJECT / "docs" / "explanations.md"


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


def with_codes(page: str) -> str:
    """docs/explanations.md with the table of codes as it should stand, between its two markers."""
    lines = ["| code | what was tried | severity |", "|---|---|---|"]
    with (PROJECT / "raw" / "reference" / "explanations.csv").open(encoding="utf-8", newline="") as handle:
        lines += [
            f"| `{row['explanation_code']}` | {row['meaning']} | {row['severity']} |" for row in csv.DictReader(handle)
        ]
    head, _, rest = page.partition("<!-- codes -->")
    _, _, tail = rest.partition("<!-- end of codes -->")
    return f"{head}<!-- codes -->\n" + "\n".join(lines) + f"\n<!-- end of codes -->{tail}"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
    EXPLANATIONS.write_text(with_codes(EXPLANATIONS.read_text(encoding="utf-8")), encoding="utf-8")
