"""PDF documents as tests want them, written by hand: decent ones, and such as no decent program writes."""

import zlib
from collections.abc import Sequence
from io import BytesIO

from pypdf import PdfReader, PdfWriter

# Objects of every document here: the root of all, the tree of its pages, and a font.
_CATALOG, _TREE, _FONT, _FIRST = 1, 2, 3, 4


def pdf(*pages: str) -> bytes:
    """A document with these pages of lines."""
    return of_contents(*map(_written, pages))


def of_contents(*contents: bytes, times: int = 1) -> bytes:
    """A document whose pages are drawn by these commands, all of them so many `times`."""
    parts: list[bytes] = []
    kids: list[int] = []
    for content in contents:
        packed = zlib.compress(content, 1)
        drawn = _FIRST + len(parts)
        parts.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed))
        parts.append(_page(drawn))
        kids.append(drawn + 1)
    return _whole(_tree(kids * times), *parts)


def scan(pages: int = 2) -> bytes:
    """A document of pictures."""
    picture = b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 "
    picture += b"/Length 1 >>\nstream\n\x7f\nendstream"
    drawing = b"q 600 0 0 800 0 0 cm /Im Do Q"
    drawn = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing)
    page = _page(_FIRST + 1, b"/XObject << /Im %d 0 R >>" % _FIRST)
    return _whole(_tree([_FIRST + 2] * pages), picture, drawn, page)


def encrypted(data: bytes, password: str, owner: str | None = None, method: str = "AES-256") -> bytes:
    """The same behind a password; one may be left empty, and then it opens without."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(data)))
    writer.encrypt(password, owner, algorithm=method)
    into = BytesIO()
    writer.write(into)
    return into.getvalue()


def circling() -> bytes:
    """A tree of pages that leads back to where it began."""
    return _whole(_tree([_FIRST]), b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % _TREE)


def endless(pages: int = 500) -> bytes:
    """Few bytes that draw for hours: letters by the hundred thousand, on each page the same ones."""
    return of_contents(b"BT /F 12 Tf " + b"(a) Tj " * 300_000 + b"ET", times=pages)


def bomb(size: int) -> bytes:
    """A page whose commands are so many bytes, and next to none in the file."""
    return of_contents(b" " * size)


def ringing() -> bytes:
    """A page that draws a form, which draws itself and another one twice, and so on."""
    forms: list[bytes] = []
    for number in range(40):
        drawing = b"/A Do /B Do /B Do"
        names = b"/A %d 0 R /B %d 0 R" % (_FIRST + 2 + number, _FIRST + 2 + min(39, number + 1))
        forms.append(
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources << /XObject << %s >> >> /Length %d >>\n"
            b"stream\n%s\nendstream" % (names, len(drawing), drawing)
        )
    drawn = b"<< /Length 5 >>\nstream\n/A Do\nendstream"
    page = _page(_FIRST, b"/XObject << /A %d 0 R >>" % (_FIRST + 2))
    return _whole(_tree([_FIRST + 1]), drawn, page, *forms)


def _written(text: str) -> bytes:
    lines = [line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)") for line in text.split("\n")]
    shown = " ".join(f"({line}) Tj T*" for line in lines)
    return f"BT /F 12 Tf 14 TL 72 720 Td {shown} ET".encode("cp1252")


def _page(drawn: int, more: bytes = b"") -> bytes:
    return (
        b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
        b"/Resources << /Font << /F %d 0 R >> %s >> >>" % (_TREE, drawn, _FONT, more)
    )


def _tree(kids: Sequence[int]) -> bytes:
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    return b"<< /Type /Pages /Kids [%s] /Count %d >>" % (listed, len(kids))


def _whole(tree: bytes, *parts: bytes) -> bytes:
    """A file with these objects: the tree is the second, `parts` begin with the fourth."""
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    objects = [b"<< /Type /Catalog /Pages %d 0 R >>" % _TREE, tree, font, *parts]
    data = b"%PDF-1.7\n"
    places: list[int] = []
    for number, one in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    root = b"<< /Size %d /Root %d 0 R >>" % (len(objects) + 1, _CATALOG)
    return data + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        table,
        root,
        len(data),
    )
