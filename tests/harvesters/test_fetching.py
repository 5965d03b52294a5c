"""What comes back from an address, and what is said when nothing can."""

from __future__ import annotations

import gzip
import math
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.fetching import download
from harvesters.http import Fetcher, Limits, retry_after
from registry.ports import HarvestFailed
from tests.harvesters.sites import LOOPBACK, Site, patient_fetcher, running_site
from web.demo.loopback import Answer


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


def failure(fetcher: Fetcher, url: str) -> str:
    with fetcher, pytest.raises(HarvestFailed) as caught:
        fetcher.get(url)
    problem = caught.value.problem
    assert problem.message.endswith(".") and problem.hint
    return problem.code


def answering(*responses: httpx.Response | Exception) -> httpx.MockTransport:
    queue = list(responses)

    def respond(request: httpx.Request) -> httpx.Response:
        given = queue.pop(0)
        if isinstance(given, Exception):
            raise given
        return given

    return httpx.MockTransport(respond)


def test_an_answer_comes_with_its_validators(site: Site) -> None:
    site.routes["/a"] = Answer(b"hello", headers=(("ETag", '"1"'), ("Last-Modified", "Fri, 01 May 2026 00:00:00 GMT")))
    with patient_fetcher() as fetcher:
        fetched = fetcher.get(f"{site.base}/a")
    assert (fetched.status, fetched.body, fetched.etag) == (200, b"hello", '"1"')
    assert fetched.last_modified == "Fri, 01 May 2026 00:00:00 GMT"
    assert not fetched.not_modified


def test_an_unchanged_file_is_a_value_and_no_failure(site: Site) -> None:
    site.routes["/a"] = lambda request: Answer(
        b"", status=304 if request.headers.get("if-none-match") == '"1"' else 500
    )
    with patient_fetcher() as fetcher:
        assert fetcher.get(f"{site.base}/a", etag='"1"').not_modified


def test_a_moment_becomes_a_conditional_request(site: Site) -> None:
    site.routes["/a"] = Answer(b"")
    with patient_fetcher() as fetcher:
        fetcher.get(f"{site.base}/a", since=datetime(2026, 5, 1, tzinfo=UTC))
    assert site.requests[0].headers["if-modified-since"] == "Fri, 01 May 2026 00:00:00 GMT"


def test_it_says_who_it_is(site: Site) -> None:
    site.routes["/a"] = Answer(b"")
    with Fetcher(LOOPBACK, "https://registry.example") as fetcher:
        fetcher.get(f"{site.base}/a")
    assert site.requests[0].headers["user-agent"] == "OpenResourceRegistry/0.1 (+https://registry.example)"


def test_redirects_are_followed_to_where_they_end(site: Site) -> None:
    site.routes["/a"] = Answer(b"", status=302, headers=(("Location", "b?x=1"),))
    site.routes["/b"] = Answer(b"there")
    with patient_fetcher() as fetcher:
        fetched = fetcher.get(f"{site.base}/a")
    assert fetched.body == b"there"
    assert fetched.url == f"{site.base}/b?x=1"


def test_a_redirect_ring_is_named(site: Site) -> None:
    site.routes["/a"] = Answer(b"", status=302, headers=(("Location", "/b"),))
    site.routes["/b"] = Answer(b"", status=301, headers=(("Location", "/a"),))
    assert failure(patient_fetcher(), f"{site.base}/a") == "redirect-ring"


def test_more_than_five_redirects_are_too_many(site: Site) -> None:
    for number in range(9):
        site.routes[f"/{number}"] = Answer(b"", status=302, headers=(("Location", f"/{number + 1}"),))
    assert failure(patient_fetcher(), f"{site.base}/0") == "too-many-redirects"
    assert len(site.requests) == 6


@pytest.mark.parametrize(
    ("status", "code"), [(401, "http-401"), (403, "http-403"), (404, "http-404"), (410, "http-410"), (500, "http-500")]
)
def test_a_refusal_is_not_asked_again(site: Site, status: int, code: str) -> None:
    site.routes["/a"] = Answer(b"no", status=status)
    assert failure(patient_fetcher(), f"{site.base}/a") == code
    assert site.asked("/a") == 1


def test_a_busy_site_is_asked_again_at_the_pace_it_names(site: Site) -> None:
    answers = [Answer(b"", status=503, headers=(("Retry-After", "7"),)), Answer(b"", status=429), Answer(b"now")]
    site.routes["/a"] = lambda request: answers.pop(0)
    naps: list[float] = []
    with patient_fetcher(naps) as fetcher:
        assert fetcher.get(f"{site.base}/a").body == b"now"
    assert naps[0] == 7
    assert 1 <= naps[1] <= 3


def test_an_http_date_in_retry_after_is_read_too() -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=9), usegmt=True)
    naps: list[float] = []
    transport = answering(httpx.Response(503, headers={"Retry-After": moment}), httpx.Response(200, content=b"now"))
    with Fetcher(transport=transport, sleep=naps.append) as fetcher:
        assert fetcher.get("https://slow.example/").body == b"now"
    assert 7 <= sum(naps) <= 9


@pytest.mark.parametrize(
    ("stated", "said"), [("301", "5 minutes"), ("100000", "28 hours"), ("Fri, 01 May 2099 00:00:00 GMT", "days")]
)
def test_a_site_that_wants_more_than_five_minutes_is_left_alone_at_once(stated: str, said: str) -> None:
    naps: list[float] = []
    transport = answering(httpx.Response(503, headers={"Retry-After": stated}))
    with Fetcher(transport=transport, sleep=naps.append) as fetcher, pytest.raises(HarvestFailed, match=said) as caught:
        fetcher.get("https://slow.example/")
    assert caught.value.problem.code == "http-503"
    assert not naps


def test_a_retry_after_that_says_nothing_costs_only_the_usual_pause() -> None:
    naps: list[float] = []
    transport = answering(httpx.Response(503, headers={"Retry-After": "soon"}), httpx.Response(200))
    with Fetcher(transport=transport, sleep=naps.append) as fetcher:
        fetcher.get("https://slow.example/")
    assert 0.5 <= sum(naps) <= 1.5


def test_a_site_that_stays_busy_fails_after_four_tries(site: Site) -> None:
    site.routes["/a"] = Answer(b"", status=503)
    naps: list[float] = []
    assert failure(patient_fetcher(naps), f"{site.base}/a") == "http-503"
    assert site.asked("/a") == 4
    assert len(naps) == 3


def test_the_lease_is_kept_alive_while_a_site_is_waited_for() -> None:
    beats: list[int] = []
    transport = answering(httpx.Response(503, headers={"Retry-After": "100"}), httpx.Response(200))
    with Fetcher(transport=transport, sleep=lambda seconds: None) as fetcher:
        fetcher.heartbeat = lambda: beats.append(1)
        fetcher.get("https://slow.example/")
    assert len(beats) >= 5


def test_a_closed_port_is_named_after_four_tries() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/"
        naps: list[float] = []
        assert failure(patient_fetcher(naps), url) == "connection-refused"
    assert len(naps) == 3


def test_an_unknown_name_is_not_tried_again() -> None:
    def unknown(*arguments: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    naps: list[float] = []
    assert failure(Fetcher(resolver=unknown, sleep=naps.append), "http://gone.example/") == "host-unknown"
    assert not naps


def test_a_bad_certificate_is_said_and_not_tried_again() -> None:
    error = httpx.ConnectError("certificate verify failed")
    error.__cause__ = ssl.SSLCertVerificationError(1, "certificate verify failed")
    assert failure(Fetcher(transport=answering(error)), "https://expired.example/") == "tls-failed"


def test_a_silent_site_times_out(site: Site) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        assert failure(patient_fetcher(limits=Limits(read_seconds=0.05, tries=1)), url) == "timeout"


def test_an_answer_that_drips_is_cut_off_at_the_deadline() -> None:
    stop = threading.Event()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                while not stop.wait(0.02):
                    try:
                        connection.sendall(b"X")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            assert failure(patient_fetcher(limits=Limits(seconds=0.3, read_seconds=5)), url) == "timeout"
        finally:
            stop.set()
            thread.join()


def test_a_connection_that_breaks_off_is_tried_again() -> None:
    transport = answering(httpx.RemoteProtocolError("peer closed"), httpx.Response(200, content=b"whole"))
    with Fetcher(transport=transport, sleep=lambda seconds: None) as fetcher:
        assert fetcher.get("https://shaky.example/").body == b"whole"


def test_an_answer_above_the_cap_is_refused(site: Site) -> None:
    site.routes["/a"] = Answer(b"x" * 2_000_000)
    assert failure(patient_fetcher(limits=Limits(body=1_000_000)), f"{site.base}/a") == "too-large"


def test_a_gzip_bomb_is_not_unpacked(site: Site) -> None:
    bomb = gzip.compress(gzip.compress(b"\0" * 300_000_000, 9), 9)
    site.routes["/a"] = Answer(gzip.decompress(bomb), headers=(("Content-Encoding", "gzip"),))
    assert failure(patient_fetcher(limits=Limits(body=1_000_000)), f"{site.base}/a") == "too-large"


def test_gzip_is_unpacked_and_its_parts_joined(site: Site) -> None:
    site.routes["/a"] = Answer(gzip.compress(b"one ") + gzip.compress(b"two"), headers=(("Content-Encoding", "gzip"),))
    with patient_fetcher() as fetcher:
        assert fetcher.get(f"{site.base}/a").body == b"one two"


def test_half_a_gzip_is_no_answer(site: Site) -> None:
    whole = gzip.compress(bytes(range(256)) * 50)
    site.routes["/a"] = Answer(whole[: len(whole) // 2], headers=(("Content-Encoding", "gzip"),))
    assert failure(patient_fetcher(), f"{site.base}/a") == "connection-broken"


@pytest.mark.parametrize(("coding", "code"), [("br", "encoding-unknown"), ("gzip", "gzip-broken")])
def test_a_packing_that_cannot_be_read_is_named(site: Site, coding: str, code: str) -> None:
    site.routes["/a"] = Answer(b"whatever", headers=(("Content-Encoding", coding),))
    assert failure(patient_fetcher(), f"{site.base}/a") == code


def test_robots_are_asked_once_a_site_and_obeyed(site: Site) -> None:
    site.routes["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /staff/\n")
    site.routes["/lesson"] = Answer(b"open")
    with patient_fetcher() as fetcher:
        assert fetcher.get(f"{site.base}/lesson", crawl=True).body == b"open"
        with pytest.raises(HarvestFailed) as caught:
            fetcher.get(f"{site.base}/staff/list", crawl=True)
    assert caught.value.problem.code == "robots-disallowed"
    assert (site.asked("/robots.txt"), site.asked("/staff/list")) == (1, 0)


def test_a_redirect_into_what_robots_forbid_is_not_followed(site: Site) -> None:
    site.routes["/robots.txt"] = Answer(b"User-agent: OpenResourceRegistry\nDisallow: /staff/\n")
    site.routes["/lesson"] = Answer(b"", status=302, headers=(("Location", "/staff/list"),))
    with patient_fetcher() as fetcher, pytest.raises(HarvestFailed) as caught:
        fetcher.get(f"{site.base}/lesson", crawl=True)
    assert caught.value.problem.code == "robots-disallowed"


def test_a_site_without_robots_may_be_read(site: Site) -> None:
    site.routes["/lesson"] = Answer(b"open")
    with patient_fetcher() as fetcher:
        assert fetcher.get(f"{site.base}/lesson", crawl=True).body == b"open"


def test_robots_that_cannot_be_read_forbid_all(site: Site) -> None:
    site.routes["/robots.txt"] = Answer(b"", status=500)
    site.routes["/lesson"] = Answer(b"open")
    with patient_fetcher() as fetcher, pytest.raises(HarvestFailed):
        fetcher.get(f"{site.base}/lesson", crawl=True)
    assert site.asked("/lesson") == 0


@pytest.mark.parametrize(
    ("robots", "pause"),
    [("", 0.25), ("User-agent: *\nCrawl-delay: 3\n", 3), ("User-agent: *\nCrawl-delay: 900\n", 10)],
)
def test_pages_of_one_host_are_asked_for_at_its_pace(robots: str, pause: float) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=robots if request.url.path == "/robots.txt" else "page")

    naps: list[float] = []
    with Fetcher(transport=httpx.MockTransport(respond), clock=lambda: 100.0, sleep=naps.append) as fetcher:
        fetcher.get("https://pine.example/1", crawl=True)
        fetcher.get("https://pine.example/2", crawl=True)
        fetcher.get("https://elm.example/1", crawl=True)
    assert naps == [pause]


def test_robots_are_read_again_after_a_day() -> None:
    moment = [0.0]
    asked: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, text="User-agent: *\nDisallow: /private\n")

    limits = Limits(run_seconds=1e6)
    transport = httpx.MockTransport(respond)
    with Fetcher(transport=transport, clock=lambda: moment[0], sleep=lambda seconds: None, limits=limits) as fetcher:
        for hours in (0, 1, 23, 25):
            moment[0] = hours * 3600
            fetcher.get("https://PINE.example:443/lesson", crawl=True)
    assert asked.count("/robots.txt") == 2


def test_robots_with_ten_thousand_agents_and_rules_are_read_as_ours_alone() -> None:
    agents = "".join(f"User-agent: agent{number}\n" for number in range(15_000))
    rules = "".join(f"Disallow: /{number}\n" for number in range(20_000))
    text = f"User-agent: OpenResource*\nDisallow: /staff\n\n{agents}{rules}"

    def respond(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=text)

    with Fetcher(transport=httpx.MockTransport(respond), sleep=lambda seconds: None) as fetcher:
        assert fetcher.get("https://pine.example/1", crawl=True).status == 200
        with pytest.raises(HarvestFailed):
            fetcher.get("https://pine.example/staff/1", crawl=True)


@pytest.mark.parametrize("delay", ["nan", "inf", "-3", "1e999", "soon", "９"])
def test_a_crawl_delay_that_means_nothing_does_not_stop_a_harvest(delay: str) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=f"User-agent: *\nCrawl-delay: {delay}\n")

    naps: list[float] = []
    with Fetcher(transport=httpx.MockTransport(respond), clock=lambda: 1.0, sleep=naps.append) as fetcher:
        fetcher.get("https://pine.example/1", crawl=True)
        fetcher.get("https://pine.example/2", crawl=True)
    assert 0 <= sum(naps) <= 10


def test_a_run_that_takes_too_long_ends_and_says_so() -> None:
    moment = [0.0]

    def respond(request: httpx.Request) -> httpx.Response:
        moment[0] += 40
        return httpx.Response(200, content=b"more")

    limits = Limits(run_seconds=100)
    with Fetcher(transport=httpx.MockTransport(respond), clock=lambda: moment[0], limits=limits) as fetcher:
        for _ in range(2):
            fetcher.get("https://endless.example/")
        with pytest.raises(HarvestFailed) as caught:
            fetcher.get("https://endless.example/")
    assert (caught.value.problem.code, caught.value.problem.field) == ("run-too-long", "url")
    assert not caught.value.start_over


def test_a_run_waits_for_a_busy_site_no_longer_than_it_may_last() -> None:
    moment = [0.0]

    def sleep(seconds: float) -> None:
        moment[0] += seconds

    transport = httpx.MockTransport(lambda request: httpx.Response(503, headers={"Retry-After": "200"}))
    limits = Limits(run_seconds=300)
    fetcher = Fetcher(transport=transport, clock=lambda: moment[0], sleep=sleep, limits=limits)
    assert failure(fetcher, "https://busy.example/") == "run-too-long"
    assert moment[0] == pytest.approx(400)


def test_all_that_a_run_reads_is_capped() -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=b"x" * 600))
    with Fetcher(transport=transport, limits=Limits(run_bytes=1_000)) as fetcher:
        fetcher.get("https://endless.example/1")
        fetcher.get("https://endless.example/2")
        with pytest.raises(HarvestFailed) as caught:
            fetcher.get("https://endless.example/3")
    assert "1,000 bytes" in caught.value.problem.message


def test_no_cookie_is_kept(site: Site) -> None:
    site.routes["/a"] = Answer(b"", headers=(("Set-Cookie", "visitor=7; Path=/"),))
    with patient_fetcher() as fetcher:
        fetcher.get(f"{site.base}/a")
        fetcher.get(f"{site.base}/a")
    assert "cookie" not in site.requests[1].headers


@pytest.mark.parametrize(("status", "code"), [(304, "http-304"), (206, "http-206")])
def test_what_was_not_asked_for_does_not_pass_for_the_whole(status: int, code: str) -> None:
    assert failure(Fetcher(transport=answering(httpx.Response(status))), "https://odd.example/") == code


@pytest.mark.parametrize("etag", ['"caf\xe9"', '"a\tb"', '"' + "x" * 600 + '"'])
def test_a_validator_that_cannot_be_sent_back_is_not_kept(etag: str) -> None:
    response = httpx.Response(200, headers=[(b"ETag", etag.encode("latin-1"))])
    with Fetcher(transport=answering(response)) as fetcher:
        assert fetcher.get("https://odd.example/").etag == ""


def test_many_small_packed_files_in_one_answer_are_given_up() -> None:
    packed = gzip.compress(b"") * 50_000
    transport = answering(httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(packed)))
    assert failure(Fetcher(transport=transport), "https://bomb.example/") == "gzip-broken"


@given(
    st.one_of(st.text(max_size=40), st.integers().map(str), st.datetimes().map(format_datetime), st.floats().map(str))
)
def test_whatever_a_retry_after_says_it_is_a_time_or_nothing(stated: str) -> None:
    seconds = retry_after(stated)
    assert seconds is None or (seconds >= 0 and math.isfinite(seconds))


@settings(deadline=None)
@given(st.integers(0, 10**30))
def test_a_retry_after_in_seconds_is_at_least_as_long_as_it_says_up_to_thirty_years(seconds: int) -> None:
    assert retry_after(f" {seconds} ") == (seconds if seconds < 10**9 else 10**9)


@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from(["User-agent: *", "Disallow: /", "Allow: /*$", "Crawl-delay: 1", "\0", "#"])).map(
        "\n".join
    )
)
def test_whatever_stands_in_robots_it_is_read(text: str) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=text)

    with Fetcher(transport=httpx.MockTransport(respond), sleep=lambda seconds: None) as fetcher:
        try:
            assert fetcher.get("https://pine.example/lesson", crawl=True).status == 200
        except HarvestFailed as refusal:
            assert refusal.problem.code == "robots-disallowed"


def test_a_download_keeps_the_name_of_the_file(site: Site, tmp_path: Path) -> None:
    site.routes["/frames/../math standards.ttl"] = site.routes["/math standards.ttl"] = Answer(b"<a> <b> <c> .")
    site.routes["/case"] = Answer(b"{}", "application/json")
    with patient_fetcher() as fetcher:
        assert download(fetcher, f"{site.base}/math%20standards.ttl", tmp_path).name == "math-standards.ttl"
        assert download(fetcher, f"{site.base}/case", tmp_path) == tmp_path / "case.json"
    assert (tmp_path / "case.json").read_bytes() == b"{}"
