"""Writes one PDF anew in a process of its own: `python -m office.pdf_child < FILE > CLEAN`.

Exit code 0: the clean file; 3: refused, and standard output holds the reason in Chinese. A file can loop or
swell, so this process has limits and its parent a clock (threats D).
"""

import io
import resource
import sys
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PdfReadError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

from office import pictures

MEMORY, SECONDS = 1 << 30, 20
MOST_PAGES, MOST_OBJECTS = 200, 50_000
REFUSED = 3
# A script, a program to start, a form that sends itself: keys, and the kinds of action.
SCRIPTS = ("/JS", "/JavaScript", "/XFA")
ACTIONS = (
    "/JavaScript",
    "/Launch",
    "/SubmitForm",
    "/ImportData",
    "/GoToE",
    "/RichMediaExecute",
    "/Rendition",
)
# Files and media within the file.
EMBEDDED = ("/EF", "/EmbeddedFiles", "/RichMediaContent")
MEDIA = ("/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/3D", "/Screen")
# What tells of place, device, program and person, and what acts by itself.
STRIPPED = ("/Metadata", "/PieceInfo", "/LastModified", "/AA")
IN_ANNOTATIONS = ("/A", "/M", "/T", "/RC", "/NM", "/CreationDate", "/Contents", "/Subj")
LOCKED = "PDF 有密码或限制，请取消后再选"
BROKEN = "PDF 已损坏或没有传完整，请重新扫描或另存后再选"


class Refused(Exception):
    """The file is not taken; the message is for the user."""


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer, code = clean(sys.stdin.buffer.read()), 0
    except Refused as refusal:
        answer, code = str(refusal).encode(), REFUSED
    except (
        PyPdfError,
        MemoryError,
        RecursionError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OSError,
    ):
        # The library raises what it likes on a file that is none.
        answer, code = BROKEN.encode(), REFUSED
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    return code


def clean(data: bytes) -> bytes:
    """The pages alone, without scripts, actions, attachments and metadata; raises Refused."""
    try:
        reader = PdfReader(io.BytesIO(data))
    except Exception:
        # An encryption that the library does not know stops it here.
        if b"/Encrypt" in data:
            raise Refused(LOCKED) from None
        raise
    if reader.is_encrypted:
        raise Refused(LOCKED)
    for found in _everything(reader):
        _look(found)
        if isinstance(found, DictionaryObject):
            _strip(found)
    pages = len(reader.pages)
    if not pages:
        raise Refused("PDF 里没有页")
    if pages > MOST_PAGES:
        raise Refused(f"PDF 有 {pages} 页，最多 {MOST_PAGES} 页，请分开再选")
    # Pages and what they draw with are copied; the catalogue with its names, forms and outline is not.
    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(page)
    writer.metadata = None
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _everything(reader: PdfReader) -> Iterator[Any]:
    """Every object of the file, of older revisions and unreferenced ones too, as the tables list them."""
    numbers = {(number, generation) for generation, table in reader.xref.items() for number in table}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > MOST_OBJECTS:
        raise Refused("PDF 的结构太复杂，请另存或重新扫描后再选")
    yield reader.trailer
    for number, generation in sorted(numbers):
        try:
            yield reader.get_object(IndirectObject(number, generation, reader))
        except PdfReadError:
            # A free or dangling entry: what the pages need is read below, and fails there.
            continue


def _look(found: Any, depth: int = 0) -> None:
    """Refuses what acts or hides; what is referred to comes by as an object of its own."""
    if depth > 60:
        raise Refused("PDF 的结构太复杂，请另存或重新扫描后再选")
    if isinstance(found, DictionaryObject):
        if any(key in found for key in SCRIPTS) or _direct(found, "/S") in ACTIONS:
            raise Refused("PDF 里有脚本或会自动执行的动作，请重新扫描或打印成 PDF 后再选")
        if any(key in found for key in EMBEDDED) or _direct(found, "/Type") == "/EmbeddedFile":
            raise Refused("PDF 里夹带了别的文件，请取出后另外上传")
        if _direct(found, "/Subtype") in MEDIA:
            raise Refused("PDF 里有附件、声音或影像，请重新扫描或打印成 PDF 后再选")
        for key in list(found):
            _look(found.raw_get(key), depth + 1)
    elif isinstance(found, ArrayObject):
        for one in list.__iter__(found):
            _look(one, depth + 1)


def _direct(found: DictionaryObject, key: str) -> Any:
    """The value as it stands here: what is referred to is looked at as an object of its own."""
    return found.raw_get(key) if key in found else None


def _strip(kept: DictionaryObject) -> None:
    """Before the pages are copied, so that what nothing refers to any more is not copied either."""
    annotation = _direct(kept, "/Type") == "/Annot" or "/Rect" in kept
    for key in (*STRIPPED, *(IN_ANNOTATIONS if annotation else ())):
        if key in kept:
            del kept[key]
    if isinstance(kept, StreamObject) and kept.get("/Subtype") == "/Image":
        _strip_photo(kept)


def _strip_photo(image: StreamObject) -> None:
    """A photo in the page is a JPEG or a JPEG 2000 of its own, with all that a telephone writes into one."""
    filters = image.get("/Filter")
    names = [filters] if isinstance(filters, NameObject) else list(filters or [])
    if not {"/DCTDecode", "/JPXDecode"} & set(names):
        return
    if len(names) > 1:
        raise Refused("PDF 里的照片压缩方式不认识，请重新扫描后再选")
    try:
        if "/DCTDecode" in names:
            image._data = pictures.jpeg(image._data).content
        else:
            image._data = pictures.jpeg2000(image._data)
    except pictures.NotAPicture as refusal:
        raise Refused(f"PDF 里的{refusal}") from refusal


if __name__ == "__main__":
    sys.exit(main())
