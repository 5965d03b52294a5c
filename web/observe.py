"""Around every request: its id, one line in the log, its count and time, and the headers that protect a browser."""

from __future__ import annotations

import re
import time

import structlog
from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

from registry.db import new_id
from web.framing import policy
from web.metrics import Metrics

log = structlog.get_logger("web.access")

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_LEARNER = re.compile(r"(?<=/learners/)[^/]+|[0-9a-f]{32}", re.IGNORECASE)
_SLASHES = re.compile(r"/{2,}")
_POLICY = b"content-security-policy"
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


def observed(app: ASGIApp, metrics: Metrics) -> ASGIApp:
    """The app with all of that around it, errors and unknown addresses included; HEAD is a GET without a body."""

    async def observe(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _request_id(scope)
        method, path = scope["method"], scope["path"]
        scope.setdefault("state", {})["request_id"] = request_id
        # No address holds this character, and a PostgreSQL refuses a question that does.
        scope["path"] = path.replace("\x00", "\ufffd")
        status = 500
        if method == "HEAD":
            scope["method"] = HttpMethod.GET

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _protect(message, request_id, path)
            elif message["type"] == "http.response.body" and method == "HEAD":
                message["body"] = b""
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await app(scope, receive, send_on)
            finally:
                seconds = time.perf_counter() - started
                route = scope.get("path_template") or "none"
                metrics.observe(method, route, status, seconds)
                log.info(
                    "request",
                    method=method,
                    path=redacted(path),
                    route=route,
                    status=status,
                    ms=round(seconds * 1000, 1),
                )

    return observe


def redacted(path: str) -> str:
    """The path without a learner's id, as a log may keep it; mistyped addresses hold one anywhere."""
    return _LEARNER.sub("…", _SLASHES.sub("/", path))


def _request_id(scope: Scope) -> str:
    stated = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"").decode("latin-1")
    return stated if _SANE_ID.fullmatch(stated) and not _LEARNER.search(stated) else new_id()


def _protect(message: HTTPResponseStartEvent, request_id: str, path: str) -> None:
    own = [*message["headers"]]
    if all(name.lower() != _POLICY for name, _ in own):  # a page may state a policy of its own
        own.append((_POLICY, policy(path).encode()))
    message["headers"] = [*own, *_HEADERS, (b"x-request-id", request_id.encode())]
