"""Where harvesters do not go, whatever the address looks like."""

from __future__ import annotations

import socket

import httpx
import pytest

from harvesters.http import Fetcher
from registry.errors import Rejected
from registry.ports import HarvestFailed
from tests.harvesters.sites import LOOPBACK, patient_fetcher, running_site
from web.demo.loopback import Answer

FORBIDDEN = [
    "http://127.0.0.1/",
    "http://127.8.9.10:8080/",
    "http://10.0.0.5/",
    "http://172.16.3.4/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://0.0.0.0/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://192.0.2.1/",
    "http://[::1]/",
    "http://[::]/",
    "http://[fe80::1]/",
    "http://[fd00:ec2::254]/",
    "http://[ff02::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "https://127.0.0.1:443/",
    "HTTP://127.0.0.1/",
    "http://127.0.0.1#@pine.example/",
    "http://127.0.0.1?@pine.example/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:0a00:0001]/",
    "http://[0:0:0:0:0:ffff:192.168.0.1]/",
    "http://[64:ff9b::10.0.0.1]/",
    "http://[64:ff9b:1::1]/",
    "http://[2002:c0a8:101::1]/",
    "http://[2001::1]/",
    "http://[2001:db8::1]/",
    "http://[fec0::1]/",
    "http://[fc00::1]/",
    "http://198.18.0.1/",
    "http://198.51.100.7/",
    "http://203.0.113.7/",
    "http://192.0.0.1/",
    "http://240.0.0.1/",
    "http://192.88.99.1/",
    "http://172.31.255.255/",
    "http://pine.example@127.0.0.1/",
    "http://pine.example:80@127.0.0.1/",
    "http://@127.0.0.1/",
    "http://pine.example\\@127.0.0.1/",
    "//127.0.0.1/",
    "http://[fe80::1%25eth0]/",
    "http://[::ffff:127.0.0.1%1]/",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:-1/",
    "dict://127.0.0.1:11211/",
]
UNUSABLE = [
    "",
    "http://",
    "pine.example/sitemap.xml",
    "file:///etc/passwd",
    "ftp://pine.example/",
    "gopher://pine.example/",
    "http://user:secret@pine.example/",
    "http://127.1/",
    "http://127.0.0.0x1/",
    "http://0x7f.0.0.1/",
    "http://0x7f000001/",
    "http://pine.example:99999/",
    "http://pine.example\r\nX: y/",
    "http://①②⑦.0.0.1/",
    "http://[::1/",
    "http://2130706433/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://127.0.1/",
    "http://127.0.0.1./",
    "http://00127.0.0.1/",
    "http://127.0.0.1\\@pine.example/",
    "http:///127.0.0.1/",
    "http:127.0.0.1",
    "http://127。0。0。1/",
    "http://[127.0.0.1]/",
    "http://pine.example\t/",
    "http:// 127.0.0.1/",
    "http://pine.example\0.example/",
    "data:text/xml,<a/>",
    "unix:///var/run/docker.sock",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/info",
    "http://" + "a" * 9_000 + ".example/",
]


def refused(fetcher: Fetcher, url: str) -> str:
    with fetcher, pytest.raises(HarvestFailed) as caught:
        fetcher.get(url)
    return caught.value.problem.code


@pytest.mark.parametrize("url", FORBIDDEN)
def test_a_private_address_is_refused(url: str) -> None:
    assert refused(Fetcher(), url) == "address-forbidden"


@pytest.mark.parametrize("url", FORBIDDEN)
def test_a_redirect_to_a_private_address_is_refused(url: str) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        assert request.url.host == "pine.example"
        return httpx.Response(302, headers={"Location": url})

    assert refused(Fetcher(transport=httpx.MockTransport(respond)), "https://pine.example/") == "address-forbidden"


@pytest.mark.parametrize("url", UNUSABLE)
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    assert refused(Fetcher(), url) == "url-unusable"


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:192.168.0.1"])
def test_a_name_that_leads_to_a_private_address_is_refused(address: str) -> None:
    assert refused(Fetcher(resolver=resolving(address)), "http://inside.example/") == "address-forbidden"


def test_a_name_is_resolved_once_and_the_checked_address_is_connected_to() -> None:
    with running_site() as site:
        site.routes["/a"] = Answer(b"the checked one")
        port = int(site.base.rpartition(":")[2])
        asked: list[str] = []

        def rebinding(host: str, *arguments: object) -> list[object]:
            asked.append(host)
            return answer("127.0.0.1" if len(asked) == 1 else "10.255.255.1", port)

        with Fetcher(LOOPBACK, resolver=rebinding) as fetcher:
            assert fetcher.get(f"http://moving.example:{port}/a").body == b"the checked one"
        assert asked == ["moving.example"]


def test_a_name_that_moves_inside_between_two_requests_is_refused_the_second_time() -> None:
    with running_site() as site:
        site.routes["/a"] = Answer(b"outside", headers=(("Connection", "close"),))
        port = int(site.base.rpartition(":")[2])
        addresses = ["127.0.0.1", "10.0.0.8"]

        def rebinding(host: str, *arguments: object) -> list[object]:
            return answer(addresses.pop(0), port)

        with Fetcher(LOOPBACK, resolver=rebinding) as fetcher:
            assert fetcher.get(f"http://moving.example:{port}/a").body == b"outside"
            with pytest.raises(HarvestFailed) as caught:
                fetcher.get(f"http://moving.example:{port}/a")
    assert caught.value.problem.code == "address-forbidden"
    assert not addresses


def test_of_several_addresses_of_a_name_only_the_public_one_is_connected_to() -> None:
    with running_site() as site:
        site.routes["/a"] = Answer(b"allowed")
        port = int(site.base.rpartition(":")[2])

        def both(host: str, *arguments: object) -> list[object]:
            return [*answer("10.0.0.8", port), *answer("127.0.0.1", port)]

        with Fetcher(LOOPBACK, resolver=both) as fetcher:
            assert fetcher.get(f"http://two.example:{port}/a").body == b"allowed"


def test_every_redirect_is_checked_anew() -> None:
    with running_site() as site:
        site.routes["/a"] = Answer(b"", status=302, headers=(("Location", "http://inside.example/"),))

        def resolver(host: str, port: int, *arguments: object) -> list[object]:
            return answer("192.168.7.7" if host == "inside.example" else "127.0.0.1", port)

        assert refused(Fetcher(LOOPBACK, resolver=resolver), f"{site.base}/a") == "address-forbidden"


def test_an_allowed_network_opens_only_itself() -> None:
    with running_site() as site:
        site.routes["/a"] = Answer(b"demo")
        with patient_fetcher() as fetcher:
            assert fetcher.get(f"{site.base}/a").body == b"demo"
    assert refused(patient_fetcher(), "http://10.0.0.5/") == "address-forbidden"


@pytest.mark.parametrize("networks", [("64:ff9b::/96",), ("10.0.0.1/8",), ("nowhere",)])
def test_a_network_that_cannot_be_allowed_names_the_setting(networks: tuple[str, ...]) -> None:
    with pytest.raises(Rejected, match="OER_ALLOWED_NETWORKS"):
        Fetcher(networks)


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with running_site() as site:
        site.routes["/a"] = Answer(b"direct")
        with patient_fetcher() as fetcher:
            assert fetcher.get(f"{site.base}/a").body == b"direct"


def answer(address: str, port: int) -> list[object]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    place = (address, port, 0, 0) if ":" in address else (address, port)
    return [(family, socket.SOCK_STREAM, 6, "", place)]


def resolving(address: str) -> object:
    return lambda host, port, *arguments: answer(address, port)
