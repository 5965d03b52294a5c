"""A teacher's task, done as people do it: what to open in the end, and how many clicks and keystrokes it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

_MOST_TABS = 120


@dataclass
class Hands:
    """What a person does with a page, counted: a Tab is a keystroke, each letter is one."""

    page: Page
    clicks: int = 0
    keystrokes: int = 0

    def click(self, what: Locator) -> None:
        what.click()
        self.clicks += 1

    def choose(self, field: Locator, label: str) -> None:
        """An entry of a list that drops down: one click opens it, one takes the entry."""
        field.select_option(label)
        self.clicks += 2

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keystrokes += len(text)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keystrokes += 1

    def tab_to(self, what: Locator) -> None:
        for _ in range(_MOST_TABS):
            self.press("Tab")
            if what.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"{_MOST_TABS} presses of Tab never reached it")


@dataclass(frozen=True)
class Task:
    """Find an open resource for a standard at a level, of at most some minutes; `question` says it in one line."""

    standard: str
    level: str
    minutes: int

    @property
    def question(self) -> str:
        return f"open license {self.standard} {self.level.lower()} under {self.minutes} min"


def in_words(hands: Hands, task: Task) -> None:
    """With mouse and keyboard: everything is said in the field."""
    hands.click(_field(hands.page))
    hands.type(task.question)
    hands.press("Enter")
    _found(hands.page, task)
    hands.click(_first(hands.page))


def by_pointer(hands: Hands, task: Task) -> None:
    """With the mouse: the code is typed and taken from the list, the rest is ticked."""
    page = hands.page
    hands.click(_field(page))
    hands.type(task.standard)
    hands.click(page.locator(".oer-options [role=option]").filter(has_text=task.standard).first)
    page.get_by_role("link", name=f"Remove the filter Standard {task.standard}").wait_for()
    if page.locator("#filters > summary").is_visible():
        hands.click(page.locator("#filters > summary"))
    ticks = (("level", task.level.lower(), f"Level {task.level}"), ("open", "", "Open licenses only"))
    for field, value, label in ticks:
        hands.click(page.locator(f"label[for={field}-{value}]" if value else f"label[for={field}]"))
        _chip(page, label)
    hands.choose(page.get_by_label("At most this long"), f"Up to {task.minutes} minutes")
    _chip(page, f"Up to {task.minutes} minutes")
    hands.click(_first(page))


def by_keyboard(hands: Hands, task: Task) -> None:
    """Without a mouse: everything is said in the field, and a link skips to the results."""
    hands.tab_to(_field(hands.page))
    hands.type(task.question)
    hands.press("Enter")
    _found(hands.page, task)
    hands.tab_to(hands.page.get_by_role("link", name="Skip to results"))
    hands.press("Enter")
    hands.tab_to(_first(hands.page))
    hands.press("Enter")


WAYS: dict[str, Callable[[Hands, Task], None]] = {
    "all in words": in_words,
    "by pointer": by_pointer,
    "by keyboard alone": by_keyboard,
}


def arrived(page: Page, task: Task) -> None:
    """Fail unless the page is that of a resource which is what was asked for."""
    row = page.locator("table.oer-table--cards tbody tr").filter(has_text=task.standard).first
    expect(row).to_contain_text("Teaches", ignore_case=True)
    expect(row).to_contain_text(task.level)
    details = page.locator("aside").filter(has_text="Details")
    expect(details).to_contain_text("Open: free to use")
    minutes = details.locator("dt", has_text="Time").locator("xpath=following-sibling::dd[1]").inner_text()
    assert int(minutes.split()[0]) <= task.minutes


def _field(page: Page) -> Locator:
    return page.locator("#q")


def _first(page: Page) -> Locator:
    return page.locator(".oer-card h3 a").first


def _found(page: Page, task: Task) -> None:
    _chip(page, f"Up to {task.minutes} minutes")


def _chip(page: Page, label: str) -> None:
    page.get_by_role("link", name=f"Remove the filter {label}").wait_for()
