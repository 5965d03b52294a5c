"""Clicks and keystrokes to an open lesson of at most 30 minutes that teaches 4.NF.B.3 at developing, among Oak’s.

Oak states no levels and no minutes, so the lessons that fit are three of ours, put among them.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator

from playwright.sync_api import sync_playwright

from benchmarks import quality_catalogs, stage
from benchmarks.serving import site
from registry.app import Registry
from registry.catalog.ingest import batch_for, ingest
from registry.catalog.sources import add_source
from registry.db import new_id, now
from registry.models import RunRow
from registry.ports import Harvested
from registry.search import indexing
from tests.browser.conftest import FLAGS
from tests.browser.task import WAYS, Hands, Task, arrived

TASK = Task("4.NF.B.3", "Developing", 30)
_LESSONS = (("Fractions as sums of unit fractions", 20), ("Taking a mixed number apart", 30), ("Jumps of fifths", 45))
_WIDTHS = (1280, 375)


def run() -> Iterator[str]:
    """A line for each way and width of the screen."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if missing := stage.absent() or ([] if chromium else ["skipped: no Chromium is installed"]):
        yield from missing
        return
    with quality_catalogs.indexed(quality_catalogs.LESSONS) as registry:
        _put_in(registry)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OER_")}
        environment["OER_DATA_DIR"] = str(registry.settings.data_dir)
        with site(environment) as port, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            for width in _WIDTHS:
                for name, way in WAYS.items():
                    page = browser.new_page(viewport={"width": width, "height": 900})
                    page.goto(f"http://127.0.0.1:{port}/")
                    hands, start = Hands(page), time.perf_counter()
                    way(hands, TASK)
                    arrived(page, TASK)
                    seconds = time.perf_counter() - start
                    yield (
                        f"{name}, {width} px: {hands.clicks} clicks and {hands.keystrokes} keystrokes, of which the "
                        f"machine took {seconds:.1f} s"
                    )
                    page.close()
            browser.close()


def _put_in(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        source = add_source(session, "lakeside", "oai", "https://lakeside.example/oai", "Lakeside School District")
        made = RunRow(id=new_id(), source_id=source, status="ok", started_at=now(), ended_at=now(), seen=len(_LESSONS))
        session.add(made)
        ingest(session, batch_for(session, source, made.id), [_lesson(title, minutes) for title, minutes in _LESSONS])
    indexing.sync(registry)


def _lesson(title: str, minutes: int) -> Harvested:
    stated = {
        "@context": "https://schema.org/",
        "@type": "LearningResource",
        "name": title,
        "url": f"https://lakeside.example/{minutes}",
        "description": "Fourth graders add and subtract fractions that refer to the same whole.",
        "inLanguage": "en",
        "educationalLevel": "Grade 4",
        "learningResourceType": "Lesson",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "timeRequired": f"PT{minutes}M",
        "educationalAlignment": [
            {
                "@type": "AlignmentObject",
                "alignmentType": "teaches",
                "targetName": "4.NF.B.3",
                "educationalFramework": "Common Core State Standards",
                "educationalLevel": TASK.level,
            }
        ],
    }
    return Harvested(str(minutes), "schema.org", json.dumps(stated).encode(), "2026-01-01")
