"""A registry's site, served in a process of its own, to ask for pages as a browser would."""

from __future__ import annotations

import http.client
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from benchmarks.stage import OER, Environment
from tests import servers


@contextmanager
def site(environment: Environment) -> Iterator[int]:
    """The port on this computer where the site is served."""
    port = servers.free_port()
    process = subprocess.Popen(
        [OER, "serve", "--port", str(port)], env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        servers.wait_for(f"http://127.0.0.1:{port}/readyz")
        yield port
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def served(environment: Environment) -> Iterator[Callable[[str], bytes]]:
    """A function that gets a path over one connection and gives the page."""
    with site(environment) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port)

        def get(path: str) -> bytes:
            connection.request("GET", path, headers={"Accept": "text/html", "Accept-Encoding": "identity"})
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status == 200, (path, answer.status)
            return body

        yield get
