"""The body of an answer, read as it comes and never beyond a bound, whatever it inflates to."""

import zlib

import httpx

LARGEST_BODY = 16 * 1024 * 1024
_STEP = 64 * 1024
_MOST_PIECES = 20_000


class TooLargeError(Exception):
    """More than the bound came, or would come."""


class UnknownEncodingError(Exception):
    """The body is compressed in a way nobody asked for, or its compression is damaged."""


async def body_of(response: httpx.Response, *, largest: int = LARGEST_BODY) -> bytes:
    """The body, inflated, of at most `largest` bytes; at no time is more than that held.

    Raises TooLargeError, UnknownEncodingError, and what httpx raises while reading.
    """
    if response.is_stream_consumed:  # a transport that hands over finished answers
        if len(response.content) > largest:
            raise TooLargeError
        return response.content
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise UnknownEncodingError
    packed = encoding.endswith("gzip")
    declared = response.headers.get("content-length", "")
    if declared.isdecimal() and len(declared) < 20 and int(declared) > largest:
        raise TooLargeError
    inflater = zlib.decompressobj(wbits=31) if packed else None
    body = bytearray()
    read = 0
    pieces = 0
    async for chunk in response.aiter_raw():
        read += len(chunk)
        pieces += 1
        # Each piece costs the event loop the same, be it of a single byte.
        if read > largest or pieces > _MOST_PIECES:
            raise TooLargeError
        if inflater is None:
            body += chunk
        else:
            _inflate(inflater, chunk, body, largest)
    if inflater is not None and read and not inflater.eof:
        raise UnknownEncodingError
    return bytes(body)


def _inflate(inflater: "zlib._Decompress", chunk: bytes, body: bytearray, largest: int) -> None:
    full = False
    while chunk or full:
        try:
            piece = inflater.decompress(chunk, _STEP)
        except zlib.error:
            raise UnknownEncodingError from None
        body += piece
        if len(body) > largest:
            raise TooLargeError
        chunk, full = inflater.unconsumed_tail, len(piece) == _STEP
        if inflater.unused_data:
            # Each further piece would be added to it, and all of it copied each time.
            raise UnknownEncodingError
