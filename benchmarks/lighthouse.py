"""Lighthouse on a throttled phone: performance, accessibility and best practices of the pages a teacher sees most.

Lighthouse is no dependency of ours: npm puts it below the temporary folder the first time. The catalog is the Oak
lessons with the Common Core.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import quality_catalogs, stage
from benchmarks.serving import served, site

VERSION = "12.8.2"
FOLDER = Path(tempfile.gettempdir()) / f"lighthouse-{VERSION}"
ASKED = "/?q=equivalent+fractions"
CATEGORIES = ("performance", "accessibility", "best-practices")
_FLAGS = "--headless --no-sandbox --disable-gpu --disable-background-networking"
_TOLD = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift")


def run() -> Iterator[str]:
    """A line for each page."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if missing := stage.absent() or ([] if chromium else ["skipped: no Chromium is installed"]):
        yield from missing
        return
    assert chromium
    if not FOLDER.exists():
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", FOLDER, f"lighthouse@{VERSION}"]
        subprocess.run(install, check=True)
    with quality_catalogs.indexed(quality_catalogs.LESSONS) as registry:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OER_")}
        environment["OER_DATA_DIR"] = str(registry.settings.data_dir)
        with served(environment) as get:
            found = json.loads(get("/api/v1/search?q=equivalent+fractions&limit=1"))["items"][0]["id"]
        pages = ("/", ASKED, f"/resources/{found}", "/standards", "/standards/4.NF.B.3", "/standards/ccss-math")
        with site(environment) as port:
            for path in pages:
                yield _measured(f"http://127.0.0.1:{port}{path}", path, chromium)


def _measured(url: str, path: str, chromium: str) -> str:
    command = [FOLDER / "node_modules/.bin/lighthouse", url, "--quiet", "--output=json", f"--chrome-flags={_FLAGS}"]
    command += [f"--only-categories={','.join(CATEGORIES)}"]
    answer = subprocess.run(command, capture_output=True, env=os.environ | {"CHROME_PATH": chromium}, check=True)
    report: dict[str, Any] = json.loads(answer.stdout)
    scores = ", ".join(f"{name} {round(100 * report['categories'][name]['score'])}" for name in CATEGORIES)
    paints = ", ".join(f"{name} {report['audits'][name]['displayValue']}" for name in _TOLD)
    return f"{path}: {scores} ({paints})"
