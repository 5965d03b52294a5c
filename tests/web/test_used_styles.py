"""Of the design system's style sheet a page is sent what it uses, and all of that."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from web.assets import PROJECT, Assets
from web.used_styles import used_part

SHEET = PROJECT / "node_modules" / "@uswds" / "uswds" / "dist" / "css" / "uswds.min.css"
NEEDS_ASSETS = pytest.mark.skipif(not SHEET.is_file(), reason="node_modules is not installed: run make setup")


def used(tmp_path: Path, css: str) -> str:
    sheet = tmp_path / "sheet.css"
    sheet.write_text(css)
    return used_part(sheet).decode()


def test_a_rule_stays_where_a_page_uses_its_classes(tmp_path: Path) -> None:
    css = """@charset "UTF-8";a{b:c}.usa-button,.usa-nowhere a{color:red}.usa-nowhere{d:e}.usa-button:not(.usa-nowhere){f:g}
    @media (min-width:30em){.usa-nowhere{h:i}}@media print{.usa-button:is(:hover,:focus){content:"}{;"}}
    @font-face{font-family:x}/* .usa-button{} */.usa-alert--warning{j:url(a;b)}"""
    assert used(tmp_path, css) == (
        '@charset "UTF-8";a{b:c}.usa-button{color:red}.usa-button:not(.usa-nowhere){f:g}'
        '@media print{.usa-button:is(:hover,:focus){content:"}{;"}}.usa-alert--warning{j:url(a;b)}'
    )


@NEEDS_ASSETS
def test_every_class_of_ours_that_the_design_system_styles_is_styled_still() -> None:
    told = set(
        re.findall(r"usa-[\w-]+\w", "".join(path.read_text() for path in PROJECT.glob("web/templates/**/*.html")))
    )
    styled = {name for name in told if re.search(rf"\.{name}(?![\w-])", SHEET.read_text())}
    sent = Assets().read("uswds/css/uswds.min.css").content.decode()
    assert len(styled) > 20
    assert [name for name in sorted(styled) if not re.search(rf"\.{name}(?![\w-])", sent)] == []


@NEEDS_ASSETS
def test_what_is_sent_is_small_and_names_no_font() -> None:
    sent = Assets().read("uswds/css/uswds.min.css")
    assert sent.gzipped
    assert len(sent.gzipped) < 15_000
    assert b"@font-face" not in sent.content
