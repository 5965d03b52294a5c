"""`make bench`: every figure, or those named (`python -m benchmarks harvest search`), and the machine's name."""

from __future__ import annotations

import importlib
import os
import platform
import sys
import time
from pathlib import Path

FIGURES = (
    "learners_filter", "vocabulary", "spellings", "changes", "large_framework", "harvest", "throughput", "interop",
    "provider", "duplicates", "mutations", "search", "search_quality", "facets", "kills",
    "large_search", "search_under_load", "lighthouse", "task",
)  # fmt: skip


def main() -> None:
    """Print every figure asked for."""
    print(f"{_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}")
    for name in sys.argv[1:] or FIGURES:
        print(f"\n{name}", flush=True)
        for line in importlib.import_module(f"benchmarks.{name}").run():
            print(f"  {line}", flush=True)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"


if __name__ == "__main__":
    main()
