"""Books in EPUB, written of a text for the tests."""

import io
import zipfile

__all__ = ["book"]


def book(text: str, said: str = "") -> bytes:
    """A book of one page with the paragraphs of `text`; `said` is what it says of itself, in XML."""
    page = "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n\n"))
    container = "<container><rootfiles><rootfile full-path='a.opf'/></rootfiles></container>"
    package = (
        "<package xmlns='http://www.idpf.org/2007/opf' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
        f"<metadata>{said}</metadata><manifest><item id='a' href='a.xhtml' "
        "media-type='application/xhtml+xml'/></manifest><spine><itemref idref='a'/></spine></package>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        archive.writestr("META-INF/container.xml", container)
        archive.writestr("a.opf", package)
        archive.writestr("a.xhtml", f"<html xmlns='http://www.w3.org/1999/xhtml'><body>{page}</body></html>")
    return stream.getvalue()
