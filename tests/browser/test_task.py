"""Finding an open resource for a standard, at a level, in the time there is: each way arrives."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.browser.task import WAYS, Hands, Task, arrived

pytestmark = pytest.mark.browser

TASK = Task("5.NX.A.1", "Developing", 30)


@pytest.mark.parametrize("way", WAYS)
def test_each_way_leads_to_what_was_asked_for(page: Page, filled: Site, way: str) -> None:
    page.goto(filled.url)
    hands = Hands(page)
    WAYS[way](hands, TASK)
    arrived(page, TASK)
    assert hands.clicks + hands.keystrokes < 90
