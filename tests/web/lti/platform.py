"""A learning platform of the tests: it logs in, signs launches, publishes its keys and takes what teachers choose."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP = "https://purl.imsglobal.org/spec/lti-dl/claim/"
CLIENT, DEPLOYMENT = "client-7", "deployment-1"
TEACHER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
NAMES = {"name": "Ada Byron", "email": "ada@school.example", "given_name": "Ada"}


class Platform:
    """What the platform knows and has been sent; its pages are `serving`'s."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
        self.published = [self.key]
        self.tool = ""
        self.asked_for_keys = 0
        self.returned: list[dict[str, Any]] = []
        self.registered: list[tuple[str, dict[str, Any]]] = []
        self.pages: dict[str, str] = {}
        self.message = "deep"

    def claims(self, nonce: str | None, **changed: Any) -> dict[str, Any]:
        """What a true launch states; a changed claim of None is left out."""
        moment = int(time.time())
        stated = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "person-1",
            "iat": moment,
            "exp": moment + 300,
            "nonce": nonce,
            f"{LTI}version": "1.3.0",
            f"{LTI}deployment_id": DEPLOYMENT,
            f"{LTI}roles": [TEACHER],
            f"{LTI}target_link_uri": f"{self.tool}/lti/launch",
        }
        stated |= NAMES
        return {name: value for name, value in (stated | changed).items() if value is not None}

    def deep(self, nonce: str | None, **changed: Any) -> dict[str, Any]:
        """A launch to choose; `settings` changes its settings."""
        settings = {
            "deep_link_return_url": f"{self.url}/return",
            "accept_types": ["ltiResourceLink", "link"],
            "accept_presentation_document_targets": ["iframe"],
            "accept_multiple": True,
            "data": "course 12",
        } | changed.pop("settings", {})
        own = {f"{LTI}message_type": "LtiDeepLinkingRequest", f"{DEEP}deep_linking_settings": settings}
        return self.claims(nonce, **(own | changed))

    def link(self, nonce: str, resource: str, **changed: Any) -> dict[str, Any]:
        """A launch of a resource."""
        own = {f"{LTI}message_type": "LtiResourceLinkRequest", f"{LTI}custom": {"resource": resource}}
        return self.claims(nonce, **(own | changed))

    def signed(self, claims: dict[str, Any], key: RSAKey | None = None) -> str:
        key = key or self.key
        return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)

    def authorize(self, asked: dict[str, str]) -> str:
        """The page that posts the launch to the tool, as a platform's authorization endpoint gives it."""
        nonce = asked["nonce"]
        claims = self.deep(nonce) if self.message == "deep" else self.link(nonce, self.message)
        fields = {"id_token": self.signed(claims), "state": asked["state"]}
        inputs = "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in fields.items())
        return (
            f'<!doctype html><title>Launch</title><form method="post" action="{asked["redirect_uri"]}">{inputs}'
            "<button>Go</button></form><script>document.forms[0].submit()</script>"
        )

    def login_query(self, **changed: str) -> str:
        stated = {
            "iss": self.url,
            "login_hint": "person-1",
            "target_link_uri": f"{self.tool}/lti/launch",
            "client_id": CLIENT,
            "lti_deployment_id": DEPLOYMENT,
            "lti_message_hint": "course-12",
        }
        return urlencode({name: value for name, value in (stated | changed).items() if value})


@contextmanager
def serving(host: str = "127.0.0.1") -> Iterator[Platform]:
    """A platform that answers on loopback, under this name."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/jwks":
                platform.asked_for_keys += 1
                self._send(json.dumps(KeySet(platform.published).as_dict(private=False)), "application/json")
            elif parts.path == "/auth":
                self._send(platform.authorize({name: several[0] for name, several in parse_qs(parts.query).items()}))
            elif parts.path == "/openid":
                self._send(json.dumps(configuration(platform)), "application/json")
            else:
                self._send(
                    platform.pages.get(parts.path, "nothing"), status=200 if parts.path in platform.pages else 404
                )

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/registration":
                platform.registered.append((self.headers.get("Authorization", ""), json.loads(body)))
                self._send(json.dumps({"client_id": "client-of-its-own"}), "application/json")
                return
            platform.returned.append({name: several[0] for name, several in parse_qs(body.decode()).items()})
            self._send("<!doctype html><title>Added</title><h1>Added to the course</h1>")

        def _send(self, text: str, kind: str = "text/html", status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    platform = Platform(f"http://{host}:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def configuration(platform: Platform) -> dict[str, Any]:
    return {
        "issuer": platform.url,
        "authorization_endpoint": f"{platform.url}/auth",
        "token_endpoint": f"{platform.url}/token",
        "jwks_uri": f"{platform.url}/jwks",
        "registration_endpoint": f"{platform.url}/registration",
        "scopes_supported": ["openid"],
    }


def other_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": secrets.token_hex(4)})
