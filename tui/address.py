"""What people paste -> the base URL of a Live Agent installation, and the account it points at."""

import ipaddress
import re
from types import MappingProxyType
from urllib.parse import SplitResult, parse_qsl, quote, urlsplit

import msgspec

PRESETS = MappingProxyType(
    {
        "trial": "https://liveagent-trial.cognigy.ai",
        "app": "https://liveagent-app.cognigy.ai",
        "app-us": "https://liveagent-app-us.cognigy.ai",
        "saas": "https://api-<company>.liveagent.cloud/openapi",
        "dedicated": "https://api-<company>.cognigy.cloud/openapi",
    }
)
"""The documented addresses by name; `saas` and `dedicated` need the company's name."""

_LONGEST = 4096
"""Characters of what somebody pastes."""
_EXAMPLE = "https://liveagent-trial.cognigy.ai"
_MARKERS = frozenset({"app", "api", "openapi", "accounts", "auth", "login", "swagger", "super_admin"})
_WRAPPERS = (("<", ">"), ('"', '"'), ("'", "'"), ("`", "`"), ("“", "”"), ("„", "“"), ("«", "»"), ("(", ")"))
_UNSEEN = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD, 0x200E, 0x200F])
_LOOPBACK = re.compile(r"localhost|127\.\d+\.\d+\.\d+|::1")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_COMPANY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,57}[a-z0-9])?")
_PLACEHOLDER = re.compile(r"[{}<>]|%7b|%7d|%3c|%3e", re.IGNORECASE)
_SECRET_NAME = re.compile(
    r"token|secret|passw|pwd|api[-_]?key|^key$|auth|session|jwt|signature", re.IGNORECASE
)
_OTHER_PRODUCT = {
    "trial.cognigy.ai": PRESETS["trial"],
    "api-trial.cognigy.ai": PRESETS["trial"],
}


class AddressError(ValueError):
    """A text that is no address of a Live Agent installation; says what to paste instead."""


class Address(msgspec.Struct, frozen=True):
    """Where an installation is, and which account was meant.

    `base_url` has no trailing slash. `alternative` is the address as it was documented, to be
    tried once where `base_url` turns out not to be the API.
    """

    base_url: str
    account_id: int | None = None
    alternative: str | None = None


def preset(name: str, company: str | None = None) -> str:
    """The documented address of an environment, to be given to `parse`.

    Raises AddressError for an unknown name, or where `company` is missing or no host name.
    """
    template = PRESETS.get(name)
    if template is None:
        raise AddressError(f"There is no preset of that name. Take one of: {', '.join(PRESETS)}.")
    if "<company>" not in template:
        return template
    given = (company or "").strip().lower()
    if not _COMPANY.fullmatch(given):
        raise AddressError(
            f"The preset {name} needs the company's name as it stands in the address, "
            f"letters, digits and hyphens only: {template}"
        )
    return template.replace("<company>", given)


def is_loopback(url: str) -> bool:
    """Whether the host in `url` is this machine, whatever a name server says."""
    return _LOOPBACK.fullmatch(urlsplit(url).hostname or "") is not None


def parse(text: str) -> Address:
    """The address in `text`, which may be anything copied from a browser or the documentation.

    Raises AddressError, whose message never repeats a token or a password.
    """
    url = _split(_bare(text))
    _refuse_secrets(url)
    scheme, authority = _origin(url)
    segments = [part for part in url.path.split("/") if part]
    if ".." in segments or "." in segments:
        raise AddressError("The address must not contain '..'. Paste it as the browser shows it.")
    marker = next((at for at, part in enumerate(segments) if part.lower() in _MARKERS), len(segments))
    base = "/".join(
        [f"{scheme}://{authority}", *(quote(part, safe="%:@!$&'()*+,;=~") for part in segments[:marker])]
    )
    documented = marker < len(segments) and segments[marker].lower() == "openapi"
    return Address(base, _account_id(segments[marker:]), f"{base}/openapi" if documented else None)


def _bare(text: str) -> str:
    if len(text) > _LONGEST:
        raise AddressError(f"That is too long for an address. Paste something like {_EXAMPLE}.")
    bare = text.translate(_UNSEEN).strip()
    if re.fullmatch(r"<[^<>/.:]*>", bare):
        raise _placeholder()
    for _ in range(4):
        for opening, closing in _WRAPPERS:
            if len(bare) > 1 and bare.startswith(opening) and bare.endswith(closing):
                bare = bare[1:-1].strip()
    words = bare.split()
    if len(words) > 1:
        words = [word for word in words if "://" in word]
    if not bare:
        raise AddressError(f"There is no address. Paste the one in your browser, such as {_EXAMPLE}.")
    if len(words) != 1:
        raise AddressError(f"An address has no spaces. Paste it alone, such as {_EXAMPLE}.")
    bare = words[0].rstrip(",;")
    if _PLACEHOLDER.search(bare):
        raise _placeholder()
    if "\\" in bare or not bare.isprintable():
        raise AddressError(
            f"The address contains characters no address has. Paste something like {_EXAMPLE}."
        )
    return bare


def _placeholder() -> AddressError:
    return AddressError(
        "The address still has a placeholder in it, such as <company> or {api_base_url}. "
        "Put your own name there, or paste the address in your browser."
    )


def _split(bare: str) -> SplitResult:
    if bare.startswith("//"):
        bare = f"https:{bare}"
    elif "://" not in bare.split("?", 1)[0].split("#", 1)[0]:
        # Nobody's token goes out in the clear unasked: only this machine is http by default.
        name = re.split(r"[/?#]", bare, maxsplit=1)[0].lower()
        local = re.fullmatch(r"(localhost|127\.[0-9.]+|\[::1\])(:[0-9]+)?", name) is not None
        bare = f"{'http' if local else 'https'}://{bare}"
    try:
        url = urlsplit(bare)
        port = url.port
    except ValueError:
        raise AddressError(f"That is not an address. Paste something like {_EXAMPLE}.") from None
    if url.scheme not in ("http", "https"):
        raise AddressError(f"The address must begin with https:// or http://, such as {_EXAMPLE}.")
    if port == 0:
        raise AddressError("The port in the address must be between 1 and 65535.")
    return url


def _refuse_secrets(url: SplitResult) -> None:
    if "@" in url.netloc:
        raise AddressError(
            "A name or password stands before the @ in the address. Leave it out: "
            "Live Agent takes an access token, which is asked for apart."
        )
    for part in (url.query, url.fragment.partition("?")[2], url.fragment):
        if any(_SECRET_NAME.search(name) for name, _ in parse_qsl(part)):
            raise AddressError(
                "There seems to be a token in the address. Paste the address without everything "
                "after the ?, and give the token when it is asked for; it is never sent in an address."
            )


def _origin(url: SplitResult) -> tuple[str, str]:
    host = _host(url.hostname or "")
    first = host.split(".", 1)[0]
    if first.startswith("odata-"):
        raise AddressError(
            "That is the address of an OData analytics feed. "
            "Paste the address Live Agent has in your browser."
        )
    if first.startswith("endpoint-"):
        raise AddressError(
            "That is the address of a Cognigy.AI endpoint, where customers talk to the bot. "
            "Paste the address Live Agent has in your browser."
        )
    if host in _OTHER_PRODUCT:
        raise AddressError(
            f"{host} is Cognigy.AI, another product with another key. "
            f"Live Agent is at {_OTHER_PRODUCT[host]}."
        )
    port = url.port
    default = 443 if url.scheme == "https" else 80
    return url.scheme, host if port is None or port == default else f"{host}:{port}"


def _host(name: str) -> str:
    if ":" in name:
        try:
            return f"[{ipaddress.IPv6Address(name)}]"
        except ValueError:
            raise AddressError(
                "That is not an IPv6 address. Paste something like http://[::1]:3000."
            ) from None
    host = name.removesuffix(".").lower()
    if not host.isascii():  # Else its codec would be read for nothing.
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            host = ""
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise AddressError(f"The address has no usable host name. Paste something like {_EXAMPLE}.")
    if labels[-1].isdigit():
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise AddressError(
                f"A number alone is no address. Paste the address too, such as {_EXAMPLE}/app/accounts/12345."
            ) from None
    if len(labels) == 1 and len(host) >= 20:
        raise AddressError(
            f"That looks like an access token, not like an address. First the address, such as {_EXAMPLE}; "
            "the token is asked for next."
        )
    return host


def _account_id(segments: list[str]) -> int | None:
    for at, part in enumerate(segments[:-1]):
        if part.lower() != "accounts":
            continue
        word = segments[at + 1]
        if re.fullmatch(r"[0-9]{1,15}", word) and int(word) > 0:
            return int(word)
        if word[0].isdigit():
            raise AddressError(
                "The account's number in the address must be digits alone, such as /accounts/12345."
            )
    return None
