"""Talking to a Meilisearch server: requests, tasks awaited, and every failure in our words rather than the engine's."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import httpx
import msgspec
import structlog

from registry.errors import NotFound, Unavailable

_LONGEST_TASK = 900.0
_TIMEOUT = httpx.Timeout(30.0, connect=3.0)


class Refused(Unavailable):
    """The server did not take a request, for the reason it gives as `code`."""

    def __init__(self, code: str) -> None:
        super().__init__("The search server does not answer as it should; please try again in a moment.", retry_after=5)
        self.code = code


_log = structlog.get_logger(__name__)


class Server:
    """One Meilisearch, over connections that are kept open."""

    def __init__(self, url: str, key: str, transport: httpx.BaseTransport | None = None) -> None:
        self._url = url
        # Compressed small answers come 40 ms late on a connection that is kept open, so none is asked for.
        self._headers = {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {key}"} if key else {})
        # The transport alone: redirects, cookies and proxies of a client would cost a tenth of a search and are no use.
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=32)
        self._transport = transport or httpx.HTTPTransport(limits=limits, trust_env=False)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """The decoded answer. Raises NotFound where the index is missing, Refused or another Unavailable otherwise."""
        content = None if body is None else msgspec.json.encode(body)
        return self._send(method, path, content, "application/json")

    def enqueue(self, method: str, path: str, body: object = None, lines: Iterable[object] | None = None) -> int:
        """The task the server made of it; `lines` are sent as NDJSON."""
        if lines is None:
            answer = self.ask(method, path, body)
        else:
            answer = self._send(method, path, msgspec.json.Encoder().encode_lines(lines), "application/x-ndjson")
        return int(answer["taskUid"])

    def wait(self, task: int, allow: tuple[str, ...] = ()) -> None:
        """Return when the task has succeeded, or failed with one of the error codes allowed.

        Raises Unavailable when it failed otherwise or takes longer than 15 minutes.
        """
        pause, until = 0.005, time.monotonic() + _LONGEST_TASK
        while time.monotonic() < until:
            found = self.ask("GET", f"/tasks/{task}")
            if found["status"] == "succeeded":
                return
            if found["status"] in ("failed", "canceled"):
                code = (found["error"] or {}).get("code", "canceled")
                if code in allow:
                    return
                _log.error("search_task_failed", task=task, code=code)
                raise Unavailable("The search server could not carry out a change; its log says why.")
            time.sleep(pause)
            pause = min(pause * 1.5, 0.5)
        raise Unavailable("The search server is still busy after 15 minutes.", retry_after=60)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _send(self, method: str, path: str, content: bytes | None, kind: str) -> Any:
        headers = {"Content-Type": kind} if content is not None else {}
        try:
            try:
                answer = self._exchange(method, path, content, headers)
            except httpx.RemoteProtocolError:
                # The server had closed a kept connection; every request of ours may be repeated.
                answer = self._exchange(method, path, content, headers)
        except httpx.HTTPError as error:
            _log.warning("search_server_unreachable", error=type(error).__name__)
            raise Unavailable(
                "The search server does not answer; please try again in a moment.", retry_after=5
            ) from None
        if answer.is_success:
            try:
                return msgspec.json.decode(answer.content) if answer.content else None
            except msgspec.DecodeError:
                raise Unavailable("The search server gave an answer that cannot be read.", retry_after=5) from None
        code = _code(answer.content)
        if code == "index_not_found":
            raise NotFound("The search index is not there yet.")
        _log.warning("search_server_refused", status=answer.status_code, code=code)
        if answer.status_code in (401, 403):
            raise Unavailable("The search server does not accept the key in OER_SEARCH_KEY.", retry_after=60)
        raise Refused(code)

    def _exchange(self, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> httpx.Response:
        request = httpx.Request(
            method,
            self._url + path,
            content=content,
            headers=self._headers | headers,
            extensions={"timeout": _TIMEOUT.as_dict()},
        )
        answer = self._transport.handle_request(request)
        try:
            answer.read()
        finally:
            answer.close()
        return answer


def _code(content: bytes) -> str:
    try:
        return str(msgspec.json.decode(content, type=dict[str, Any]).get("code", ""))
    except (msgspec.DecodeError, msgspec.ValidationError):
        return ""
