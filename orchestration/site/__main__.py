"""``python -m orchestration.site [TARGET]``: build the site from the published file."""

import sys
from pathlib import Path

from orchestration.settings import load_settings
from orchestration.site.build import build_site
from orchestration.site.warehouse import SiteError


def main() -> int:
    settings = load_settings()
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else settings.site
    try:
        report = build_site(settings.published_file, target, say=lambda step: print(f"  {step} ...", flush=True))
    except SiteError as error:
        print(error, file=sys.stderr)
        return 1
    print(report.summary())
    return 0


if __name__ == "__main__":
    sys.exit(main())
