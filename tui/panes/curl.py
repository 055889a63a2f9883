"""A call as a line for the shell, with the token as a variable and never itself."""

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from tui.api.call import CallRecord, HeaderForm
from tui.config.model import Environment
from tui.text import safe_line

TOKEN = "$LIVEAGENT_TOKEN"  # noqa: S105 - the name of a variable


def curl(
    call: CallRecord,
    environment: Environment,
    *,
    base_url: str | None = None,
    form: HeaderForm | None = None,
    body: Sequence[Mapping[str, Any]] | None = None,
) -> str:
    """The line that asks the same; `base_url` and `form` are what answered, where that is known.

    `body` holds the conditions of the one POST. The environment's certificates, proxy and
    unverified TLS go along, a proxy's password does not.
    """
    words = ["curl", "-sS", *_connection(environment)]
    words.append(f'-H "{form or HeaderForm.DOCUMENTED}: {TOKEN}"')
    if call.method != "GET":
        words += ["-X", call.method]
    if body is not None:
        words += ["-H 'Content-Type: application/json'", "-d", _quoted(json.dumps({"payload": list(body)}))]
    words.append(_quoted((base_url or environment.url).rstrip("/") + call.path))
    return " ".join(words)


def _connection(environment: Environment) -> list[str]:
    words: list[str] = []
    if not environment.verify:
        words.append("-k")
    if environment.ca_file:
        words += ["--cacert", _quoted(safe_line(environment.ca_file, limit=4096))]
    if environment.client_cert:
        words += ["--cert", _quoted(safe_line(environment.client_cert, limit=4096))]
    if environment.proxy == "none":
        words += ["--noproxy", "'*'"]
    elif environment.proxy and "@" not in environment.proxy:
        words += ["-x", _quoted(environment.proxy)]
    return words


def _quoted(text: str) -> str:
    """Always in quotes: `&` and `?` of an address mean something to every shell."""
    quoted = shlex.quote(text)
    return quoted if quoted.startswith("'") else f"'{quoted}'"
