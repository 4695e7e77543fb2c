"""From the bytes of a page to its text: how they are packed, in which letters, and of which kind they are."""

import codecs
import re
import zlib
from collections.abc import Callable

# Names of codecs, as Python has them, that pages are written in. Others (and there are some that take minutes for a
# megabyte) are not tried.
_LETTERS = re.compile(
    r"ascii|utf-8|utf-8-sig|utf-16(-[bl]e)?|iso8859-\d{1,2}|cp(125\d|874|932|949|950|866)|koi8-[ru]|gbk|gb2312|gb18030|"
    r"big5|shift_jis|euc_(jp|kr)|iso2022_jp|mac-roman|tis-620",
    re.ASCII,
)
_META = re.compile(rb"<meta[^>]{0,200}?charset\s{0,10}=\s{0,10}[\"']?\s{0,10}([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

# What one piece of packed bytes comes to, of at most so many bytes.
Unpack = Callable[[bytes, int], bytes]


def unpacking(encoding: str) -> Unpack | None:
    """How bytes with this Content-Encoding are unpacked, never to more than asked for; None for what is not known."""
    match encoding.strip().lower():
        case "" | "identity":
            return lambda data, most: data[:most]
        case "gzip" | "x-gzip":
            return _Packed(31).unpack
        case "deflate":
            return _Packed(15).unpack
    return None


class _Packed:
    """Deflated bytes, with the header of zlib or of gzip; some servers leave the former out."""

    def __init__(self, window: int) -> None:
        self._zlib = zlib.decompressobj(window)
        self._may_be_bare = window == 15

    def unpack(self, data: bytes, most: int) -> bytes:
        """The next piece. Raises zlib.error."""
        if most < 1:
            return b""
        try:
            found = self._zlib.decompress(data, most)
        except zlib.error:
            if not self._may_be_bare:
                raise
            self._zlib = zlib.decompressobj(-15)
            found = self._zlib.decompress(data, most)
        self._may_be_bare = self._may_be_bare and not found
        return found


def decoded(data: bytes, charset: str, *, markup: bool) -> str:
    """The text of `data`: by its byte-order mark, by the `charset` that was told with it, by what the page says of
    itself, else as UTF-8, else as the old letters of the west. It never fails: what cannot be read becomes U+FFFD."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    said = _META.search(data[:4096]) if markup else None
    for told in (charset, said[1].decode("ascii") if said else ""):
        if told and (known := _known(told)):
            return data.decode(known, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        # The last letter may have been cut in half.
        return data.decode("utf-8", "replace") if error.start > len(data) - 4 else data.decode("cp1252", "replace")


def _known(charset: str) -> str:
    try:
        name = codecs.lookup(charset.strip().strip("\"'")[:40]).name
    except (LookupError, ValueError, UnicodeError):
        return ""
    if name in ("ascii", "iso8859-1"):
        # What browsers do: pages that say so are written in the wider one.
        return "cp1252"
    return name if _LETTERS.fullmatch(name) else ""
