"""PDFs written line by line, for the tests."""

import zlib
from collections.abc import Sequence

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>"


def japanese_font(character_map: str, collection: str = "Japan1") -> bytes:
    """A font that isn't in the file, of characters that `character_map` says the codes for."""
    descendant = (
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Mincho /DW 1000 /CIDSystemInfo << /Registry (Adobe) "
    )
    return (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Mincho /Encoding /%s /DescendantFonts [%s/Ordering (%s) "
        b"/Supplement 2 >> >>] >>" % (character_map.encode(), descendant, collection.encode())
    )


Line = tuple[int, int, int, str]
"""Points from the left and from the bottom, size, and text."""


def drawing(lines: Sequence[Line]) -> bytes:
    """What draws `lines` on a page."""
    return b"".join(
        b"BT /F1 %d Tf 1 0 0 1 %d %d Tm (%s) Tj ET\n" % (size, x, y, text.encode("cp1252"))
        for x, y, size, text in lines
    )


def coded(x: float, y: float, size: int, code: bytes, matrix: str = "1 0 0 1") -> bytes:
    """What draws `code` at a place."""
    return b"BT /F1 %d Tf %s %g %g Tm <%s> Tj ET\n" % (size, matrix.encode(), x, y, code.hex().encode())


def pdf(*pages: bytes, font: bytes = FONT, extra: str = "") -> bytes:
    """A PDF of pages, each given by what draws it; `extra` is said of each page besides."""
    kids = [3 + 2 * number for number in range(len(pages))]
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(b"%d 0 R" % kid for kid in kids), len(kids)),
    ]
    for kid, page in zip(kids, pages, strict=True):
        packed = zlib.compress(page)
        fonts = b"/Resources << /Font << /F1 %d 0 R >> >>" % (3 + 2 * len(pages))
        objects += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 480 600] /Contents %d 0 R %s %s >>"
            % (kid + 1, fonts, extra.encode()),
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed),
        ]
    written, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate([*objects, font], start=1):
        offsets.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(offsets) + 1
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(written))
    return written + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + trailer
