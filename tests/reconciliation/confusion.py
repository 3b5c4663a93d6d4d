"""How often the injected reason is the one named. ``python -m tests.reconciliation.confusion`` writes the page."""

import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.settings import PROJECT, Settings
from tests.reconciliation.synthetic import Folder, Injected, with_slips, without_slips
from tests.reconciliation.warehouse import build, rows

PAGE = PROJECT / "docs" / "explanations.md"
MISSED = "(no finding)"
_CASE = re.compile(r"/(?:t1\.)?c(\d+)[-.]")


@dataclass(slots=True)
class Line:
    """One kind of slip under one rule: how often it was drawn, caught and named, and what was named."""

    rule: str
    slip: str
    named: Counter[str] = field(default_factory=Counter)
    right: int = 0

    @property
    def drawn(self) -> int:
        return sum(self.named.values())

    @property
    def caught(self) -> int:
        return self.drawn - self.named[MISSED]


def named_codes(settings: Settings, source: str = "slips") -> dict[int, list[tuple[str, str]]]:
    """Rule and explanation code of the findings of every case."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    query = f"""
        select findings.rule, explanation_code, comparisons.figure_ids
        from reconciliation.findings
        inner join reconciliation.comparisons using (comparison_id)
        where starts_with(comparisons.figure_ids[1], '{source}')
    """
    for row in rows(settings, query):
        case = _CASE.search(row["figure_ids"][0])
        assert case is not None, row
        found[int(case[1])].append((row["rule"], row["explanation_code"]))
    return found


def confusion(injected: Sequence[Injected], found: dict[int, list[tuple[str, str]]]) -> list[Line]:
    """Injected slips against named explanations, in the order of injection."""
    lines: dict[tuple[str, str], Line] = {}
    for case in injected:
        line = lines.setdefault((case.rule, case.slip), Line(case.rule, case.slip))
        codes = [code for rule, code in found.get(case.number, []) if rule == case.rule]
        code = codes[0] if codes else MISSED
        line.named[code] += 1
        line.right += code in case.codes
    return list(lines.values())


def table(lines: Sequence[Line]) -> str:
    """The confusion as a Markdown table."""
    text = ["| rule | slip injected | drawn | caught | named right | what was named |", "|---|---|---|---|---|---|"]
    for line in lines:
        named = ", ".join(f"{code} {n}" for code, n in line.named.most_common())
        text.append(f"| {line.rule} | {line.slip} | {line.drawn} | {line.caught} | {line.right} | {named} |")
    drawn, caught, right = (sum(getattr(line, name) for line in lines) for name in ("drawn", "caught", "right"))
    text.append(f"| all | | {drawn} | {caught} ({caught / drawn:.1%}) | {right} ({right / drawn:.1%}) | |")
    return "\n".join(text)


def synthetic_warehouse(
    base: Path, draws: int, seed: int, begun: Settings | None = None
) -> tuple[Settings, list[Injected]]:
    """One build of cases with and without slips, over the build of ``begun`` where one is given."""
    folder = Folder()
    injected = with_slips(folder, draws, seed)
    without_slips(folder, draws * 2, seed)
    folder.write(base / "raw", PROJECT / "raw" / "reference")
    return build(base / "raw", base, begun), injected


def main(draws: int = 50, seed: int = 20261121) -> None:
    """Measure and put the table into ``docs/explanations.md`` between its two markers."""
    with tempfile.TemporaryDirectory() as base:
        settings, injected = synthetic_warehouse(Path(base), draws, seed)
        lines = confusion(injected, named_codes(settings))
        clean = rows(
            settings,
            "select count(*) as n, count(*) filter (verdict <> 'agree') as failing from reconciliation.comparisons "
            "where starts_with(figure_ids[1], 'clean') and rule <> 'bounds'",
        )[0]
    measured = (
        f"{draws} random draws of each kind of slip (seed {seed}), {len(injected)} cases in one build.\n"
        f"Beside them {clean['n']} statements that hold (bounds not counted): {clean['failing']} findings.\n\n"
        + table(lines)
    )
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition("<!-- measured -->")
    _, _, tail = rest.partition("<!-- end -->")
    PAGE.write_text(f"{head}<!-- measured -->\n{measured}\n<!-- end -->{tail}", encoding="utf-8")
    print(measured)


if __name__ == "__main__":
    main()
