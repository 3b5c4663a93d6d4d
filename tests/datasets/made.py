"""A small dataset of the shape of real ones, made up here: seven chips in three vintages."""

import shutil
from datetime import date
from pathlib import Path

from orchestration.settings import PROJECT

SPEC = """\
format: csv
origin: https://chips.example/chips.csv
citation: Made up for the tests
key: {column: Name, aliases: [Chip]}
rows: {Oxbow 2 (Pro): Oxbow 2}
entities: {kind: chip}
units: {OP/s: OPS}
columns:
  - column: FP16 (FLOP/s)
    key: fp16
    indicator: chip_performance
    basis: FP16; dense
    unit: header
    range: [1e12, 1e17]
    required: true
  - {column: Memory (bytes), aliases: [Memory size (GB)], key: memory, indicator: memory_capacity, unit: header}
  - {column: Bandwidth (byte/s), key: bandwidth, indicator: memory_bandwidth, unit: header, range: [1e9, 1e15]}
  - {column: TDP (W), key: tdp, indicator: power_draw, unit: header}
left_out: {Efficiency: derived}
"""

FIRST = """\
Name,FP16 (FLOP/s),Memory size (GB),Bandwidth (byte/s),TDP (W),Efficiency,Notes
Oxbow 1,3.0e14,40,1.5e12,300,1e12,"two
lines"
Oxbow 2 (Pro),9.0e14,80,3.0e12,700,inf,
Heron A,1.0e14,16,9.8e12,140,NaN,
Heron B,2.0e14,32,1.2e12,200,,
Kestrel,4.0e14,64,2.0e12,350,,
Wren,0.5e14,24,0.6e12,75,,
"""
SECOND = """\
Name,FP16 (FLOP/s),Memory (bytes),Bandwidth (byte/s),TDP (W),Efficiency
Oxbow 1,300000000000000.06,40000000000,1.5e12,300,1
Oxbow 2,9.0e14,80000000000,3.0e12,700,
Heron A,1.0e14,16000000000,9.8e12,,
Heron B,2.0e14,32000000000,1.2e12,200,
Kestrel,4.0e14,64000000000,2.0e12,350,
Wren,0.5e14,24000000000,0.6e12,75,
"""
THIRD = """\
Name,FP16 (FLOP/s),Memory (bytes),Bandwidth (byte/s),TDP (W),Efficiency
Oxbow 1,3.0e14,40000000000,1.5e12,300,
Oxbow 2 (Pro),9.0e14,80000000000,3.0e12,700,
Heron A,1.0e14,16000000000,8.2e11,225,
Heron B,2.0e14,32000000000,1.2e12,200,
Kestrel,4.0e14,64000000000,2.0e12,350,
Plover,6.0e14,96000000000,4.0e12,500,
"""
DAYS = {date(2025, 10, 1): FIRST, date(2025, 11, 1): SECOND, date(2026, 1, 1): THIRD}

REGISTRY = """\
- source_id: chips
  title: Chips
  publisher: Made up
  published_on: null
  published_label: "2026"
  language: en
  kind: dataset
  licence: CC0
"""


def make(raw: Path, spec: str = SPEC, days: dict[date, str] | None = None) -> Path:
    """A raw folder that holds the reference and this dataset; returns the dataset's folder."""
    raw.mkdir(parents=True, exist_ok=True)
    if not (raw / "reference").exists():
        shutil.copytree(PROJECT / "raw" / "reference", raw / "reference")
    (raw / "sources.yml").write_text(REGISTRY, encoding="utf-8")
    folder = raw / "chips"
    (folder / "snapshots").mkdir(parents=True, exist_ok=True)
    (folder / "dataset.yml").write_text(spec, encoding="utf-8")
    for day, text in (DAYS if days is None else days).items():
        (folder / "snapshots" / f"{day}.csv").write_text(text, encoding="utf-8")
    return folder
