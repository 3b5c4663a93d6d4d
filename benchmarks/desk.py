"""Review labelled documents at the desk, through a real browser, by a script that knows the labels; count keys.

    python -m benchmarks.desk DOCUMENT...
    python -m benchmarks.desk --chances FOLDER...

Beside each document stand ``expected.csv`` and ``frames.csv`` (the corpus format). The script presses what a person
presses who knows the answer: the frame, then for each figure accept, reject, the digits of runners-up, or the field and
its text; rows that agree by one key, where all that are visible are right. Beside it, the same rows in a spreadsheet of
what `extract` gives: a key down a row, one a column to a wrong cell, the new text and Enter, two to delete a row. A
person's seconds are reckoned: 0.28 s a key and 1.35 s to look at what one decision is about (Card, Moran and Newell).
``--chances`` counts how often each field is wrong by its stated confidence (`orchestration/desk/chances.yml`).
Needs Playwright and a Chromium (`make test-browser` installs the one).
"""

import argparse
import csv
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.confidence import NO_DOCUMENTS, same
from orchestration.desk.desk import Desk
from orchestration.desk.queue import LABEL_COLUMNS, Shown, told
from orchestration.extraction.isolation import DocumentReader
from orchestration.extraction.model import ExtractedFigure, ExtractionError
from orchestration.figures import PeriodError, parse_period
from orchestration.settings import PROJECT

JUDGED = LABEL_COLUMNS[5:11]
_KEY, _LOOK = 0.28, 1.35  # seconds
_STEPS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.01)
_SERVE = (
    "import sys; from pathlib import Path; from orchestration.desk import blind; blind.SHARE = 0.0; "
    "from orchestration.desk.app import serve; from orchestration.desk.desk import Desk; "
    "serve(Desk(Path(sys.argv[1]), Path('none')), 0)"
)

Label = dict[str, str]


def wanted(label: Label, name: str) -> list[str] | None:
    """What a label allows in a field; None where it is not judged."""
    allowed = [value.strip() for value in label[name].split("|")]
    return None if "*" in allowed else allowed


def _days(text: str) -> Any:
    try:
        period = parse_period(text)
    except PeriodError:
        return text
    return (period.start, period.end) if period.start else text


def right(label: Label, name: str, value: str) -> bool:
    """Is the value of a field one that the label allows?"""
    allowed = wanted(label, name)
    if allowed is None or value in allowed:
        return True
    return name == "period" and bool(value) and _days(value) in [_days(other) for other in allowed if other]


def labels_of(document: Path) -> list[Label]:
    with (document.parent / "expected.csv").open(encoding="utf-8") as handle:
        return [row for row in csv.DictReader(handle) if row["file"] == document.name and row["value"].strip()]


def paired(figures: list[ExtractedFigure], labels: list[Label]) -> dict[int, Label]:
    """The label of each figure, one to one: at its line (where the format has lines), by value and unit."""
    free, found = list(labels), {}
    for number, figure in enumerate(figures):
        for label in free:
            line = label["line"].strip()
            if line and not figure.page and abs(int(float(line)) - figure.line) > 1:
                continue
            if any(
                same(figure.value, figure.unit, float(v), label["unit"].split("|")) for v in label["value"].split("|")
            ):
                found[number] = label
                free.remove(label)
                break
    return found


@dataclass(slots=True)
class Count:
    """Of one document: figures, what was pressed at the desk and in the spreadsheet, and what is left wrong."""

    figures: int = 0
    labels: int = 0
    keys: int = 0
    decisions: int = 0
    seconds: float = 0.0
    sheet: int = 0
    typed: int = 0
    left: int = 0
    rows: int = 0
    bulk: int = 0
    wrong_cells: int = 0
    refused: int = 0
    waits: list[int] = field(default_factory=list)

    def add(self, other: "Count") -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Hands:
    """Presses keys on the page and counts them."""

    def __init__(self, page: Any) -> None:
        self.page, self.keys = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    def decide(self, key: str) -> str:
        """A key after which the next item comes; what the desk says where it refuses the row."""
        before = int(self.page.locator("body").get_attribute("data-presses") or 0)
        self.page.evaluate("say('')")  # what was said before is no answer to this key
        self.press(key)
        self.page.locator(f"body[data-presses='{before + 1}'], #message:not(:empty)").first.wait_for(timeout=20_000)
        return str(self.page.locator("#message").inner_text())


def _frame(hands: Hands, desk: Desk, document: Path) -> None:
    with (document.parent / "frames.csv").open(encoding="utf-8") as handle:
        answers = next((row for row in csv.DictReader(handle) if row["file"] == document.name), {})
    for question in desk.questions(document.name):
        answer = (answers.get(question.field) or "").split("|")[0].strip()
        if not answer:
            hands.decide("r")
        elif right({question.field: answer}, question.field, question.value):
            hands.decide("a")
        else:
            hands.press("e")
            hands.type(answer)
            hands.decide("Enter")


def _mends(form: dict[str, str], label: Label, desk: Desk) -> dict[str, str]:
    """The fields that are wrong, with what they should be; what no registry knows is left as it is, but entities."""
    known = {"indicator": desk.reference().indicators, "geography": desk.reference().geographies}
    found = {}
    for name in JUDGED:
        if not right(label, name, form[name]):
            allowed = [value for value in wanted(label, name) or [] if _may_stand(name, value, known)]
            if allowed:
                found[name] = allowed[0]
    return found


def _may_stand(name: str, value: str, known: dict[str, Any]) -> bool:
    """Can a row hold the value? Not one that no registry knows, nor a period that is relative to something."""
    if name == "period" and value:
        try:
            parse_period(value)
        except PeriodError:
            return False
    return not value or name not in known or value in known[name]


def _mend(hands: Hands, mends: dict[str, str], desk: Desk) -> bool:
    """Bring the fields of the form into what they should be; did the last of them leave the focus in a field?"""
    typed = []
    for name, value in mends.items():
        box = hands.page.locator(f"#edit [name={name}]")
        others = [str(other) for other in _json(box.get_attribute("data-others"))]
        digit = box.get_attribute("data-digit")
        if value in others:
            hands.press(*[digit] * (others.index(value) + 1))
        else:
            typed.append((name, digit, value))
    at, order = 0, [box.get_attribute("name") for box in hands.page.locator("#edit input").all()]
    for number, (name, digit, value) in enumerate(sorted(typed, key=lambda item: order.index(item[0]))):
        if number == 0:
            hands.press(digit, "e")
        else:
            hands.press(*["Tab"] * (order.index(name) - at))
        at = order.index(name)
        hands.press("Delete") if not value else hands.type(value)
    for name, _, value in typed:
        if name == "entity" and value and value not in desk.reference().entities:
            hands.press("Enter")
            hands.page.locator("#message", has_text=value).wait_for()
            hands.press("n")
            if hands.page.locator("#new [name=kind]:visible").input_value() != "company":
                hands.type("company")
            hands.press("Enter")
            hands.page.locator("#message", has_text="entities.csv").wait_for()
    return bool(typed)


def _json(text: str | None) -> list[Any]:
    import json

    return list(json.loads(text or "[]"))


def _visible(hands: Hands) -> list[str]:
    shown = hands.page.evaluate("visible().map((row) => row.dataset.item)")
    return list(shown)


def review(page: Any, base: str, desk: Desk, document: Path) -> Count:
    """One document from its frame to promotion."""
    count, hands = Count(), Hands(page)
    labels = labels_of(document)
    page.goto(f"{base}/figures/{document.name}")
    started = time.monotonic()
    _frame(hands, desk, document)
    inbox = desk.documents[document.name]
    figures = desk.document(inbox.name).figures
    by_key = {shown.key: shown for shown in desk.shown(inbox.name)}
    pairs = paired(figures, labels)
    answers = {_key(figure): pairs.get(number) for number, figure in enumerate(figures)}
    while (key := page.locator("#item").get_attribute("data-figure")) is not None:
        label = answers[key]
        count.decisions += 1
        if label is None:
            hands.decide("r")
        else:
            mends = _mends(_form(page), label, desk)
            focused = _mend(hands, mends, desk)
            alike = [] if focused else [name.rpartition("#")[2] for name in _visible(hands)]
            if alike and all(_fits(by_key[other], by_key[key], mends, answers[other], desk) for other in alike):
                count.bulk += len(alike)
                said = hands.decide("b")
                assert not said, said
            elif (said := hands.decide("Enter" if focused else "a")) and (
                # what the document does not print is asked for twice
                not hands.page.evaluate("doubted") or (said := hands.decide("a"))
            ):
                count.refused += 1
                print(f"{document.name}: {key}: {said}", file=sys.stderr)
                page.reload()  # the row stays as it was read
                hands.decide("a")
                continue
        count.waits.append(int(page.locator("body").get_attribute("data-took")))
    hands.press("p")
    page.locator("#message", has_text="raw/").wait_for()
    count.seconds, count.keys = time.monotonic() - started, hands.keys
    _judge(count, inbox, by_key, answers, desk)
    count.figures, count.labels = len(figures), sum("optional" not in label["note"] for label in labels)
    return count


def _key(figure: ExtractedFigure) -> str:
    return figure.key + (f".{figure.range_end}" if figure.range_end else "")


def _form(page: Any) -> dict[str, str]:
    return {box.get_attribute("name"): box.input_value() for box in page.locator("#edit input").all()}


def _fits(other: Shown, first: Shown, mends: dict[str, str], label: Label | None, desk: Desk) -> bool:
    """Is a row right once it is mended as the first one is?"""
    if label is None:
        return False
    form, read = told(other.figure), told(first.figure)
    form |= {name: value for name, value in mends.items() if form[name] == read[name]}
    return not _mends(form, label, desk)


def _judge(count: Count, inbox: Path, by_key: dict[str, Shown], answers: dict[str, Label | None], desk: Desk) -> None:
    """Errors that are left in the labels that the desk wrote, and the keys of the same rows in a spreadsheet."""
    final = {shown.key: shown for shown in desk.shown(inbox.name)}
    for key, shown in by_key.items():
        label = answers[key]
        count.sheet += 1  # down
        if label is None:
            count.sheet += 2  # the row goes
            count.left += final[key].decision is None or final[key].decision["what"] != "reject"
            continue
        count.rows += 1
        read = told(shown.figure)
        written = read | ((final[key].decision or {}).get("new") or {})
        count.left += any(not right(label, name, written[name]) for name in JUDGED)
        count.typed += sum(len(label[name].split("|")[0]) + 1 for name in LABEL_COLUMNS[1:11])
        at = 0
        for column, name in enumerate(JUDGED):
            if not right(label, name, read[name]):
                count.wrong_cells += 1
                count.sheet += abs(column - at) + len((wanted(label, name) or [""])[0]) + 1
                at = column
        count.sheet += at  # back to the first column


def documents(paths: list[Path]) -> Iterator[tuple[Path, Count]]:
    """Each document at a desk of its own, which has no other."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    with sync_playwright() as play, tempfile.TemporaryDirectory() as folder:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for path in paths:
            raw = Path(folder) / path.stem / "raw"
            shutil.copytree(PROJECT / "raw" / "reference", raw / "reference")
            (raw / "inbox").mkdir()
            (raw / "sources.yml").write_text("[]\n", encoding="utf-8")
            (raw / "inbox" / path.name).write_bytes(path.read_bytes())
            command = [sys.executable, "-c", _SERVE, str(raw)]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT) as server:
                assert server.stdout is not None
                address = server.stdout.readline().split()[4]
                # what the browser test of the policy is about is no part of this: `visible` is asked of the page
                page = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 900}).new_page()
                page.goto(address)
                try:
                    yield path, review(page, address.split("/?")[0], Desk(raw, raw / "none"), path)
                finally:
                    page.context.close()
                    server.kill()
        browser.close()


def line(name: str, count: Count) -> str:
    """One row of the table."""
    person = _KEY * count.keys + _LOOK * count.decisions
    sheet = _KEY * count.sheet + _LOOK * count.figures
    rows = max(count.rows, 1)
    return (
        f"| {name} | {count.figures} | {count.keys} | {count.keys / max(count.figures, 1):.1f} | "
        f"{count.sheet / max(count.figures, 1):.1f} | {count.typed / rows:.0f} | "
        f"{person / max(count.figures, 1):.1f} | {sheet / max(count.figures, 1):.1f} | "
        f"{60 * count.rows / max(person, 1e-9):.0f} | {count.bulk} | {count.left} |"
    )


def chances(folders: list[Path]) -> None:
    """Print, by field and stated confidence, how many figures there are and the share that is wrong."""
    seen: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    with DocumentReader() as reader:
        for document in (path for folder in folders for path in sorted(folder.iterdir())):
            if document.name in NO_DOCUMENTS or document.suffix == ".py":
                continue
            try:
                figures = [figure for figure in reader.figures(document) if not figure.withheld]
            except ExtractionError as error:
                print(error, file=sys.stderr)
                continue
            pairs = paired(figures, labels_of(document))
            for number, figure in enumerate(figures):
                seen["value"].append((figure.confidence, number in pairs))
                for name in JUDGED if number in pairs else ():
                    if wanted(pairs[number], name) is not None:
                        sure = figure.confidences.get(name, 0.0)
                        seen[name].append((sure, right(pairs[number], name, getattr(figure, name))))
    for name, found in seen.items():
        for low, high in pairwise(_STEPS):
            here = [good for sure, good in found if low <= sure < high]
            if here:
                print(f"{name} from {low}: {len(here)} figures, {1 - sum(here) / len(here):.3f} wrong")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--chances", action="store_true")
    arguments = parser.parse_args()
    if arguments.chances:
        chances(arguments.paths)
        return
    total = Count()
    for path, count in documents(arguments.paths):
        print(line(path.suffix[1:] + " " + path.stem, count), flush=True)
        total.add(count)
    print(line("all", total))
    waits = sorted(total.waits)
    print(f"{total.seconds:.0f} s by the script; next item after {waits[len(waits) // 2]} ms (median), {waits[-1]} ms")
    print(
        f"{total.rows} of {total.labels} labelled figures were found; {total.wrong_cells} cells were read wrong; "
        f"{total.refused} rows that the labels want are refused by the loader"
    )


if __name__ == "__main__":
    main()
