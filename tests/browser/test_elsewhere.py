"""Other people's pages in a real browser: our search in a frame of another origin, and choosing inside a platform."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from playwright.sync_api import Browser, BrowserContext, Frame, Page

from registry.app import open_registry
from registry.learners.app import open_learners
from registry.lti.platforms import add_platform
from tests.browser.conftest import AXE, FLAGS, SCREENSHOTS, Site, _serving
from tests.browser.test_pages import check
from tests.web.catalog import fill_catalog, migrate_both
from tests.web.conftest import settings_in
from tests.web.lti.conftest import registration
from tests.web.lti.platform import DEEP, Platform, serving
from web.pages.embed_making import Frame as Made

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Platform]:
    """Another site, that can be a learning platform: a name of its own, for ports do not make a site."""
    with serving("localhost") as platform:
        yield platform


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory, elsewhere: Platform) -> Iterator[Site]:
    """The small catalog, with the other site registered as a platform."""
    folder = tmp_path_factory.mktemp("browser-lti") / "data"
    folder.mkdir()
    settings = settings_in(folder)
    migrate_both(settings)
    registry, learners = open_registry(settings), open_learners(settings)
    fill_catalog(registry, learners)
    with registry.sessions.begin() as session:
        add_platform(session, "Test School Canvas", registration(elsewhere), secure=False)
    learners.close()
    registry.close()
    with _serving(folder, OER_ALLOWED_NETWORKS="127.0.0.0/8") as url:
        elsewhere.tool = url
        yield Site(url)


def framed(page: Page, elsewhere: Platform, frame: str) -> Frame:
    """Our page inside a page of the other site."""
    elsewhere.pages["/page"] = f"<!doctype html><html lang=en><title>A district</title><h1>Ours</h1>{frame}"
    page.goto(f"{elsewhere.url}/page")
    inner = page.query_selector("iframe")
    assert inner
    content = inner.content_frame()
    assert content
    content.wait_for_load_state("load")
    return content


def checked_in_frame(page: Page, frame: Frame, name: str) -> None:
    """No violation and nothing wider than the frame; scripts of a sandbox do not run, so the page is also seen alone."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)
    assert frame.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    frame.evaluate(AXE.read_text())
    violations = [each["id"] for each in frame.evaluate("axe.run()")["violations"]]
    assert violations == []


@pytest.mark.parametrize("path", ["/embed/search", "/embed/search?q=fractions&level=developing", "/embed/search?q=zebra&grade=12&open=1", "/embed/search?grade=13", "/embed", "/embed?provider=Nobody"])  # fmt: skip
def test_a_page_for_other_sites_can_be_used_by_everybody(page: Page, ours: Site, path: str) -> None:
    page.goto(ours.url + path)
    check(page, re.sub(r"\W+", "-", path.strip("/")))


def test_a_card_can_be_used_by_everybody(page: Page, ours: Site) -> None:
    page.goto(f"{ours.url}/?q=equal+parts")
    address = page.get_by_role("link", name="Equal parts on a number line").first.get_attribute("href")
    page.goto(f"{ours.url}/embed{address}")
    page.get_by_role("link", name="Open at lakeside.example (opens in a new tab)").wait_for()
    check(page, "embed-card")


def test_the_search_works_in_a_narrow_frame_of_another_site_without_cookies_or_scripts(
    browser: Browser, ours: Site, elsewhere: Platform
) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 900})
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    line = Made(f"{ours.url}/embed/search?provider=Lakeside+School+District", "Resources").as_html("300")
    frame = framed(page, elsewhere, line)
    frame.get_by_label("Search for learning resources").fill("pizza")
    frame.get_by_role("button", name="Search").click()
    frame.get_by_role("heading", name="1 resource for “pizza”").wait_for()
    frame.get_by_text("Only: From Lakeside School District").wait_for()
    page.screenshot(path=SCREENSHOTS / "embed-in-a-frame-300.png", full_page=True)
    font = page.evaluate("() => document.fonts.size")
    assert font == 0  # the other site's own page loads none of ours
    with context.expect_page() as opened:
        frame.get_by_role("link", name="Adding fractions with pizza (opens in a new tab)").click()
    tab = opened.value
    tab.get_by_role("heading", level=1, name="Adding fractions with pizza").wait_for()
    assert tab.evaluate("window.opener === null")
    assert [cookie for cookie in context.cookies() if cookie["name"].startswith("oer")] == []
    assert [each for each in said if "Content Security" in each or "blocked" in each] == []
    context.close()


def test_no_other_page_of_ours_shows_in_a_frame_of_another_site(
    browser: Browser, ours: Site, elsewhere: Platform
) -> None:
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    framed(page, elsewhere, f'<iframe src="{ours.url}/sign-in" title="x"></iframe>')
    page.wait_for_timeout(300)
    assert any("frame-ancestors" in each for each in said)
    context.close()


@pytest.fixture(params=[1280, 375], ids=["wide", "phone"])
def without_cookies(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    """A browser that gives a frame of another site no cookie."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    own = browser.browser_type.launch(executable_path=path, args=[*FLAGS, "--test-third-party-cookie-phaseout"])
    yield own.new_context(viewport={"width": request.param, "height": 900}, reduced_motion="reduce")
    own.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_teacher_chooses_resources_inside_a_platform(
    without_cookies: BrowserContext, ours: Site, elsewhere: Platform, scripts: bool
) -> None:
    elsewhere.message = "deep"
    page = without_cookies.new_page()
    if not scripts:  # only ours: the platform's own page needs one to send its form
        page.route("**/lti.js", lambda route: route.abort())
    launch = f'<iframe src="{ours.url}/lti/login?{elsewhere.login_query()}" title="Choose" width="100%" height="700"></iframe>'
    frame = framed(page, elsewhere, launch.replace("&", "&amp;"))
    frame.get_by_role("heading", level=1, name=re.compile("Choose resources for Test School Canvas")).wait_for()
    checked_in_frame(page, frame, "lti-pick")
    frame.get_by_role("button", name="Add to the course").click()
    frame.get_by_role("alert").get_by_text("Tick at least one resource first").wait_for()
    frame.get_by_label("Words, a title, or a standard’s code").fill("equal parts")
    frame.get_by_role("button", name="Search").click()
    frame.get_by_role("checkbox", name="Equal parts on a number line").check()
    frame.get_by_label("Words, a title, or a standard’s code").fill("pizza")
    frame.get_by_label("Words, a title, or a standard’s code").press("Enter")
    frame.get_by_role("heading", name="Chosen so far: 1").wait_for()
    frame.get_by_role("checkbox", name="Adding fractions with pizza").check()
    checked_in_frame(page, frame, "lti-picked")
    frame.get_by_role("button", name="Add to the course").click()
    if not scripts:
        frame.get_by_role("heading", name="Adding 2 resources").wait_for()
        checked_in_frame(page, frame, "lti-return")
        frame.get_by_role("button", name=re.compile("Back to Test School Canvas")).click()
    frame.get_by_role("heading", name="Added to the course").wait_for()
    keys = KeySet.import_key_set(page.request.get(f"{ours.url}/lti/jwks.json").json())
    claims = jwt.decode(elsewhere.returned[-1]["JWT"], keys, ["RS256"]).claims
    items = claims[f"{DEEP}content_items"]
    assert [each["title"] for each in items] == ["Equal parts on a number line", "Adding fractions with pizza"]
    assert [each for each in without_cookies.cookies() if each["name"].startswith("oer")] == []
    elsewhere.message = items[0]["custom"]["resource"]
    frame = framed(page, elsewhere, launch.replace("&", "&amp;"))
    frame.get_by_role("heading", level=1, name="Equal parts on a number line").wait_for()
    checked_in_frame(page, frame, "lti-resource")
