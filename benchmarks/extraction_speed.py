"""Speed of the extraction in kB/s of one core, beside ms-recognizers-text and quantulum3, in one run; and memory.

Run: `.venv/bin/python benchmarks/extraction_speed.py [--large MB]`. The text is made here (no report is needed): sentences of
reports in both languages with invented figures. `found` is the share of the sentences' figures whose number was found, which
says nothing about context: the two libraries give numbers and units only. `--large 200` streams a text of 200 MB through
`ai-figures extract` and prints the peak memory of that process.
"""

# ruff: noqa: E501

import argparse
import importlib
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

ZH = (
    "{y}年，该省智能算力规模达到{a} EFLOPS，同比增长{p}%，预计{z}年将超过{b}亿元。",
    "截至{y}年底，共有企业{c}家，其中{p}%设有研发团队，融资总额为{a}亿美元。",
)
EN = (
    "In {y}, revenue reached US${a} billion, up {p}% year on year, and is expected to hit US${b} billion by {z}.",
    "The survey of {c} firms found that {p}% had deployed models, while spending grew to RMB {a} million.",
)
FIGURES = {"zh": (3, 3), "en": (3, 3)}


def made_text(language: str, kilobytes: int) -> tuple[str, int]:
    """A text of about the wanted size, and how many figures stand in it."""
    rng = random.Random(7)
    forms = ZH if language == "zh" else EN
    parts: list[str] = []
    size = count = 0
    while size < kilobytes * 1000:
        values = {
            "y": rng.randint(2018, 2024), "z": rng.randint(2026, 2035), "a": f"{rng.uniform(1, 900):.1f}",
            "b": f"{rng.uniform(1, 900):.1f}", "c": f"{rng.randint(200, 9000):,}", "p": f"{rng.uniform(1, 90):.1f}",
        }  # fmt: skip
        line = rng.choice(forms).format(**values)
        parts.append(line)
        size += len(line.encode()) + 1
        count += 3
    return "\n\n".join(parts) + "\n", count


def measure(run: Callable[[str], int], text: str) -> tuple[float, int]:
    start = time.process_time()
    found = run(text)
    return len(text.encode()) / 1000 / max(time.process_time() - start, 1e-9), found


def ours(text: str) -> int:
    from orchestration.extraction.pipeline import extract_text

    return len(extract_text(text))


def recognizers(culture: str) -> Callable[[str], int]:
    module: Any = importlib.import_module("recognizers_number_with_unit")
    number: Any = importlib.import_module("recognizers_number")

    def run(text: str) -> int:
        found = 0
        for line in text.split("\n\n"):
            found += len(module.recognize_currency(line, culture))
            found += len(number.recognize_percentage(line, culture))
            found += len(module.recognize_dimension(line, culture))
        return found

    return run


def quantulum(text: str) -> int:
    parser: Any = importlib.import_module("quantulum3.parser")
    return sum(len(parser.parse(line)) for line in text.split("\n\n"))


def main() -> int:
    """Print one row a tool and language; with ``--large`` the streaming run as well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", type=int, default=0, help="size in MB of the text for the memory run")
    arguments = parser.parse_args()
    rows: list[tuple[str, str, Callable[[], Callable[[str], int]], int]] = []
    for language, culture in (("zh", "zh-cn"), ("en", "en-us")):
        rows.append(("ai-figures", language, lambda: ours, 200))
        rows.append(("recognizers-text", language, lambda culture=culture: recognizers(culture), 4))  # type: ignore[misc]
    rows.append(("quantulum3", "en", lambda: quantulum, 40))
    print(f"{'tool':18}{'text':6}{'kB':>6}{'kB/s':>9}{'found':>9}")
    results: list[dict[str, Any]] = []
    ours("2024年，1亿元")  # registries are read once
    for tool, language, load, kilobytes in rows:
        text, count = made_text(language, kilobytes)
        try:
            run = load()
            run(text[:400])
            speed, found = measure(run, text)
        except Exception as error:  # a library that is not installed, or that fails on a text
            print(f"{tool:18}{language:6}  not measured: {type(error).__name__}: {str(error)[:60]}")
            results.append({"tool": tool, "language": language, "why": type(error).__name__})
            continue
        results.append({"tool": tool, "language": language, "speed": speed, "found": found / count})
        print(f"{tool:18}{language:6}{kilobytes:6}{speed:9.2f}{found / count:9.1%}")
    from benchmarks.report import bench_file, facts

    bench_file("extraction").write_text(json.dumps({"facts": facts(), "rows": results}, indent=1), encoding="utf-8")
    if arguments.large:
        large(arguments.large)
    return 0


def large(megabytes: int) -> None:
    """Stream a large text through the command and report time and peak memory."""
    # one tenth of the paragraphs holds figures, as in reports
    piece = made_text("zh", 100)[0] + "这一段只讨论技术路线与产业生态，没有任何数字，也不提及任何年份。\n\n" * 9000
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as handle:
        for _ in range(megabytes):
            handle.write(piece)
        handle.flush()
        start = time.perf_counter()
        command = [sys.executable, "-m", "orchestration.cli", "extract", handle.name]
        rows = (
            subprocess.run(command, stdout=subprocess.PIPE, cwd=PROJECT, check=True).stdout.count(b"\n")
            if megabytes < 20
            else _count(command)
        )
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"{megabytes} MB: {rows - 1} figures in {seconds:.0f} s ({megabytes * 1000 / seconds:.0f} kB/s), peak memory {peak:.0f} MB"
    )


def _count(command: list[str]) -> int:
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=PROJECT) as process:
        assert process.stdout is not None
        return sum(chunk.count(b"\n") for chunk in iter(lambda: process.stdout.read(1 << 20), b""))


if __name__ == "__main__":
    sys.exit(main())
