"""What is trusted on the other end of TLS: the machine's own trust store, and what the config adds."""

import ssl
from pathlib import Path

import truststore

from tui.aside import in_thread
from tui.text import safe_line


class TlsFileError(ValueError):
    """A certificate file of the config can't be used; says which and why."""


def context(*, ca_file: str | Path | None, client_cert: str | Path | None, verify: bool) -> ssl.SSLContext:
    """The one context of an environment; reads files, so the event loop takes `context_aside`.

    `client_cert` is one PEM file with certificate and key. Raises TlsFileError.
    """
    made: ssl.SSLContext = (
        truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if verify else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    )
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if not verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    if ca_file is not None:
        try:
            made.load_verify_locations(cafile=str(ca_file))
        except (OSError, ValueError) as error:
            raise TlsFileError(
                f"The file of ca_file, {safe_line(ca_file)}, can't be used ({_why(error)})."
            ) from None
    if client_cert is not None:
        try:
            # Without this answer OpenSSL asks for the key's passphrase on the terminal we draw on.
            made.load_cert_chain(str(client_cert), password=_no_passphrase)
        except (OSError, ValueError) as error:
            raise TlsFileError(
                f"The file of client_cert, {safe_line(client_cert)}, can't be used ({_why(error)})."
            ) from None
    return made


async def context_aside(
    *, ca_file: str | Path | None, client_cert: str | Path | None, verify: bool
) -> ssl.SSLContext:
    """`context`, off the event loop; raises TlsFileError also where a disk does not answer."""
    files = ca_file, client_cert
    try:
        return await in_thread(
            ("tls", *files, verify), lambda: context(ca_file=ca_file, client_cert=client_cert, verify=verify)
        )
    except TimeoutError:
        named = safe_line(" and ".join(str(file) for file in files if file) or "The trust store")
        raise TlsFileError(f"{named} can't be read: its disk does not answer.") from None


def _no_passphrase() -> str:
    raise ValueError("its key is encrypted; give one without a passphrase")


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return "no PEM certificate in it, or a key that does not fit"
    return error.strerror or "it can't be read" if isinstance(error, OSError) else str(error)
