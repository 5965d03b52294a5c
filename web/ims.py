"""What the REST bindings of 1EdTech share: the words of a failure, and the links from one page to the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from registry.errors import RegistryError

_MINOR = {400: "invalid_selection_field", 404: "unknownobject", 503: "server_busy"}


def failure(error: RegistryError) -> dict[str, Any]:
    """The body of a refusal (imsx_StatusInfo)."""
    field = error.errors[0].field if error.errors else "sourcedId"
    minor = _MINOR.get(error.status, "internal_server_error")
    return {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": error.detail,
        "imsx_codeMinor": {
            "imsx_codeMinorField": [{"imsx_codeMinorFieldName": field, "imsx_codeMinorFieldValue": minor}]
        },
    }


def paging(address: str, limit: int, offset: int, total: int, asked: Sequence[tuple[str, str]] = ()) -> dict[str, str]:
    """The headers X-Total-Count and Link of a page of a list; `asked` are the parameters that the other pages share."""
    places = {"first": 0, "prev": max(offset - limit, 0), "next": offset + limit}
    places["last"] = max(total - 1, 0) // limit * limit
    if offset == 0:
        del places["prev"]
    if offset + limit >= total:
        del places["next"]
    shared = f"{urlencode(asked)}&" if asked else ""
    links = ", ".join(f'<{address}?{shared}limit={limit}&offset={at}>; rel="{name}"' for name, at in places.items())
    return {"X-Total-Count": str(total), "Link": links}
