"""A wide dataset of AI models, made up here: 46 columns, free text, gaps, as real ones have; none of their rows."""

import csv
import io
import random

HEADERS = (
    "Model", "Domain", "Task", "Organization", "Authors", "Publication date", "Reference", "Link", "Citations",
    "Notability criteria", "Notability criteria notes", "Parameters", "Parameters notes", "Training compute (FLOP)",
    "Training compute notes", "Training dataset", "Training dataset notes", "Training dataset size (datapoints)",
    "Dataset size notes", "Training time (hours)", "Training time notes", "Training hardware", "Hardware quantity",
    "Hardware utilization", "Training power draw (W)", "Training compute cost (2023 USD)", "Compute cost notes",
    "Approach", "Confidence", "Abstract", "Epochs", "Batch size", "Batch size notes", "Benchmark data",
    "Model accessibility", "Accessibility notes", "Country (of organization)", "Base model", "Finetune compute (FLOP)",
    "Finetune compute notes", "Organization categorization", "Foundation model", "Frontier model", "Top-1 accuracy",
    "Training chip-hours", "Last modified",
)  # fmt: skip

_PLACES = ("United States of America", "China", "United Kingdom", "France", "Korea (Republic of)", "Multinational")
_CONFIDENCE = ("Confident", "Likely", "Speculative", "Unknown", "")


def models(rows: int = 900, seed: int = 7) -> str:
    """The dataset as CSV with a byte order mark, CRLF line ends, quoted line breaks, and two rows of one name."""
    draw = random.Random(seed)

    def maybe(share: float, text: str) -> str:
        return text if draw.random() < share else ""

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADERS)
    for n in range(rows):
        year, month = draw.randint(1960, 2025), draw.randint(1, 12)
        day = (f"{year}-{month:02d}-{draw.randint(1, 28):02d}", f"{year}-{month:02d}", str(year), "")
        organisation = f"Lab {draw.randint(1, 80)}"
        several = draw.random() < 0.2
        places = ",".join(draw.sample(_PLACES, 2 if several else 1))
        cells = {
            "Model": "Auk-3 (large)" if n in (3, 4) else f"Auk-{n}" + (" (large)" if n % 9 == 0 else ""),
            "Domain": draw.choice(("Language", "Vision", "Language,Vision", "Biology")),
            "Task": "Language modeling/generation,Chat",
            "Organization": f"{organisation},Lab {draw.randint(81, 99)}" if several else organisation,
            "Authors": "A. Writer, B. Writer",
            "Publication date": draw.choices(day, (90, 4, 4, 2))[0],
            "Reference": f'Auk-{n}: a "made-up" model, described',
            "Link": f"https://models.example/{n}",
            "Citations": maybe(0.7, str(float(draw.randint(0, 90000)))),
            "Notability criteria": maybe(0.9, draw.choice(("SOTA improvement", "Highly cited,SOTA improvement"))),
            "Parameters": maybe(0.6, str(float(draw.randint(1, 999)) * 10 ** draw.randint(2, 10))),
            "Parameters notes": maybe(0.5, 'From the paper:\n"about 7B, 8B with embeddings"\n\nTable 2'),
            "Training compute (FLOP)": maybe(0.5, f"{draw.uniform(1, 9.99):.3g}e+{draw.randint(4, 26):02d}"),
            "Training compute notes": maybe(0.4, "6 FLOP/token * 1e9 tokens,\n= 6e9"),
            "Training dataset": maybe(0.4, "Common Crawl,Wikipedia"),
            "Training dataset size (datapoints)": maybe(0.5, str(draw.randint(10**3, 10**13))),
            "Dataset size notes": maybe(0.3, "words\nnot tokens"),
            "Training time (hours)": maybe(0.3, f"{draw.uniform(1, 3000):.1f}"),
            "Training hardware": maybe(0.4, draw.choice(("NVIDIA A100", "Google TPU v4", "NVIDIA V100,NVIDIA A100"))),
            "Hardware quantity": maybe(0.3, str(float(draw.randint(1, 25000)))),
            "Hardware utilization": maybe(0.1, f"{draw.uniform(0.1, 0.6):.4f}"),
            "Training power draw (W)": maybe(0.3, f"{draw.uniform(300, 2.5e7):.6f}"),
            "Training compute cost (2023 USD)": maybe(0.2, f"{draw.uniform(10, 9e7):.6f}"),
            "Confidence": draw.choice(_CONFIDENCE),
            "Abstract": "We show,\nin two lines, that it works.",
            "Epochs": maybe(0.3, f"{draw.uniform(1, 300):.1f}"),
            "Batch size": maybe(0.2, str(float(2 ** draw.randint(5, 22)))),
            "Model accessibility": draw.choice(("Open weights (unrestricted)", "API access", "Unreleased", "")),
            "Country (of organization)": places,
            "Base model": maybe(0.1, "Auk-1"),
            "Finetune compute (FLOP)": maybe(0.05, f"{draw.uniform(1, 9):.2g}e+{draw.randint(15, 23)}"),
            "Organization categorization": "Industry,Academia" if several else "Industry",
            "Foundation model": maybe(0.4, "checked"),
            "Frontier model": draw.choice(("True", "", "", "")),
            "Top-1 accuracy": maybe(0.1, f"{draw.uniform(40, 95):.1f}%"),
            "Training chip-hours": maybe(0.2, f"{draw.uniform(10, 4e7):.1f}"),
            "Last modified": f"2025-{draw.randint(1, 9):02d}-{draw.randint(1, 28):02d} 10:00:00+00:00",
        }
        writer.writerow([cells.get(header, "") for header in HEADERS])
    return "\ufeff" + out.getvalue()
