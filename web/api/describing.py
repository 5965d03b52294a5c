"""How the API's answers are written, and what the OpenAPI document says of parameters, bodies and errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Response
from litestar.enums import MediaType
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import (
    Components,
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    Parameter,
    RequestBody,
    Schema,
    SecurityRequirement,
    SecurityScheme,
)

from registry.errors import BadRequest, FieldError, Rejected
from web.errors import Problem

KEY_NEEDED: list[SecurityRequirement] = [{"key": []}]
COMPONENTS = Components(security_schemes={"key": SecurityScheme(type="http", scheme="bearer")})
_OWN_NAMES = {
    "additionalProperties": "additional_properties",
    "anyOf": "any_of",
    "maxItems": "max_items",
    "maxLength": "max_length",
    "minItems": "min_items",
    "minLength": "min_length",
}
_ERRORS = {
    400: "A parameter cannot be read",
    401: "A key is needed",
    403: "The key may not do this",
    404: "Not here",
    409: "It is here already and says something else",
    413: "Over 2 MB",
    422: "A field cannot be taken",
    503: "A store is down; see Retry-After",
}


def answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response[bytes]:
    """The value as JSON, encoded once."""
    kept = {"Cache-Control": "no-cache", "Vary": "Accept, Authorization, Cookie"} | (headers or {})
    return Response(msgspec.json.encode(value), media_type=MediaType.JSON, status_code=status, headers=kept)


def sent(body: bytes) -> Any:
    """The JSON that came with a request. Raises BadRequest where it is none."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BadRequest(f"The body is not JSON: {error}.") from None


def sent_object(body: bytes, *fields: str) -> dict[str, str]:
    """The JSON object of short texts that came with a request, or nothing. Raises Rejected naming any other field."""
    stated = sent(body) if body.strip() else {}
    only = f"Send a JSON object with nothing but {' and '.join(fields)}."
    if not isinstance(stated, dict):
        raise Rejected(only)
    if unknown := stated.keys() - set(fields):
        raise Rejected(only, [FieldError(name[:100], "is not taken") for name in sorted(unknown)])
    wrong = [name for name, value in stated.items() if not _is_short_text(value)]
    if wrong:
        advice = "must be a text of 1 to 100 printable characters"
        raise Rejected("A field cannot be taken as it is.", [FieldError(name, advice) for name in wrong])
    return stated


def _is_short_text(value: object) -> bool:
    return isinstance(value, str) and len(value.strip()) > 0 and len(value) <= 100 and value.isprintable()


def described(shape: Any, *statuses: int, success: int = 200) -> dict[int, ResponseSpec]:
    """The answers of a handler for the OpenAPI document: the shape of its success, and the errors it can give."""
    problems = {
        status: ResponseSpec(
            Problem, description=_ERRORS[status], media_type="application/problem+json", generate_examples=False
        )
        for status in statuses
    }
    return {success: ResponseSpec(shape, description="", generate_examples=False), **problems}


def asking(*parameters: Parameter, body: dict[str, Any] | None = None, needed: bool = True) -> type[Operation]:
    """An operation of the OpenAPI document with these parameters and a JSON body of this schema."""

    @dataclass
    class Asking(Operation):
        def __post_init__(self) -> None:
            self.parameters = [*(self.parameters or ()), *parameters]
            if body is not None:
                media = OpenAPIMediaType(schema=_schema(body))
                self.request_body = RequestBody(content={"application/json": media}, required=needed)

    return Asking


def _schema(stated: dict[str, Any]) -> Schema:
    """A JSON Schema as the framework's own classes."""
    renamed = {_OWN_NAMES.get(name, name): value for name, value in stated.items()}
    if "properties" in renamed:
        renamed["properties"] = {name: _schema(value) for name, value in renamed["properties"].items()}
    if "items" in renamed:
        renamed["items"] = _schema(renamed["items"])
    if "any_of" in renamed:
        renamed["any_of"] = [_schema(each) for each in renamed["any_of"]]
    return Schema(**renamed)


def text(name: str, description: str, choices: Sequence[str] = (), default: str | None = None) -> Parameter:
    """A parameter that is a text, of these choices where there are any."""
    schema = Schema(type=OpenAPIType.STRING, enum=list(choices) or None, default=default)
    return Parameter(name, "query", schema=schema, description=description)


def texts(name: str, description: str) -> Parameter:
    """A parameter that may be repeated."""
    schema = Schema(type=OpenAPIType.ARRAY, items=Schema(type=OpenAPIType.STRING))
    return Parameter(name, "query", schema=schema, description=description, style="form", explode=True)


def number(name: str, description: str, least: int, most: int, default: int | None = None) -> Parameter:
    """A parameter that is a whole number."""
    schema = Schema(type=OpenAPIType.INTEGER, minimum=least, maximum=most, default=default)
    return Parameter(name, "query", schema=schema, description=description)
