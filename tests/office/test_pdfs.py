"""PDFs: written anew with their pages alone; scripts, attachments and what is no PDF refused (threats D)."""

import io
import os
import subprocess
import sys
import zlib

import pytest
from pypdf import PdfReader

from office import pdfs
from office.pdf_child import MOST_PAGES
from tests.office import handmade as made

SECRET = b"Zhou-Yanshi-778899"
PHOTO = made.jpeg(made.segment(0xE1, made.exif()))


def photo_page(head: bytes = b"/Filter /DCTDecode", content: bytes = PHOTO) -> bytes:
    image = (
        b"/Type /XObject /Subtype /Image /Width 40 /Height 30 /ColorSpace /DeviceGray /BitsPerComponent 8 "
    )
    drawn = made.stream(b"", b"q 100 0 0 100 0 0 cm /I Do Q")
    page = b"/Contents 5 0 R /Resources << /XObject << /I 4 0 R >> >>"
    return made.pdf(made.stream(image + head, content), drawn, page=page)


def test_the_pages_stay_and_can_be_read():
    cleaned = pdfs.clean(photo_page())
    (page,) = PdfReader(io.BytesIO(cleaned)).pages
    assert page.mediabox.width == 200 and b"/I Do" in page.get_contents().get_data()
    assert made.SCAN in cleaned


def test_metadata_of_file_page_and_photo_is_left_out():
    xmp = made.stream(b"/Type /Metadata /Subtype /XML", b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>")
    info = b"<< /Author (" + SECRET + b") /Producer (" + SECRET + b") >>"
    marked = made.pdf(
        xmp,
        info,
        catalogue=b"/Metadata 4 0 R",
        page=b"/Metadata 4 0 R /PieceInfo << /X << /Private ("
        + SECRET
        + b") >> >> /LastModified ("
        + SECRET
        + b")",
        trailer=b"/Info 5 0 R",
    )
    cleaned = pdfs.clean(marked)
    assert SECRET not in cleaned and b"xmpmeta" not in cleaned
    assert not PdfReader(io.BytesIO(cleaned)).metadata
    cleaned = pdfs.clean(photo_page())
    assert made.GPS not in cleaned and made.MAKER not in cleaned


@pytest.mark.parametrize("photo", [made.jpeg2000(SECRET), made.codestream(SECRET)])
def test_a_jpeg_2000_in_the_page_keeps_what_draws_it_alone(photo):
    cleaned = pdfs.clean(photo_page(b"/Filter /JPXDecode", photo))
    assert SECRET not in cleaned and b"xmpmeta" not in cleaned and b"Exif" not in cleaned
    assert made.SCAN in cleaned


def test_notes_on_the_page_lose_their_author_and_links():
    note = b"<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /T (" + SECRET + b") /M (D:2018) >>"
    link = (
        b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (http://x/" + SECRET + b") >> >>"
    )
    cleaned = pdfs.clean(made.pdf(note, link, page=b"/Annots [4 0 R 5 0 R]"))
    assert SECRET not in cleaned


SCRIPT = b"<< /S /JavaScript /JS (app.alert(1)) >>"


@pytest.mark.parametrize(
    ("hostile", "said"),
    [
        (made.pdf(SCRIPT, catalogue=b"/OpenAction 4 0 R"), "脚本"),
        (made.pdf(catalogue=b"/OpenAction << /S /Launch /F (cmd.exe) >>"), "脚本"),
        (made.pdf(catalogue=b"/Names << /JavaScript << /Names [(a) " + SCRIPT + b"] >> >>"), "脚本"),
        (made.pdf(page=b"/AA << /O " + SCRIPT + b" >>"), "脚本"),
        (made.pdf(SCRIPT), "脚本"),
        (made.pdf(catalogue=b"/AcroForm << /XFA (x) >>"), "脚本"),
        (made.pdf(made.stream(b"/Type /EmbeddedFile", b"MZ")), "夹带"),
        (made.pdf(catalogue=b"/Names << /EmbeddedFiles << /Names [] >> >>"), "夹带"),
        (made.pdf(b"<< /Type /Filespec /F (a.exe) /EF << /F 9 0 R >> >>"), "夹带"),
        (
            made.pdf(b"<< /Type /Annot /Subtype /RichMedia /Rect [0 0 9 9] >>", page=b"/Annots [4 0 R]"),
            "附件",
        ),
        (made.pdf(b"<< /Filter /Standard /V 1 >>", trailer=b"/Encrypt 4 0 R /ID [(a) (a)]"), "密码"),
        (made.pdf().replace(b"/Count 1", b"/Count 0").replace(b"[3 0 R]", b"[]"), "没有页"),
        (b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n", "损坏"),
        (b"%PDF-1.4 cut off", "损坏"),
        (made.PDF[:-40], "损坏"),
        (photo_page(content=b"\xff\xd8\xff no photo"), "照片"),
        (photo_page(b"/Filter [/FlateDecode /DCTDecode]", zlib.compress(PHOTO)), "压缩方式"),
        (photo_page(b"/Filter /JPXDecode", made.jpeg2000(b"x")[:-40]), "已损坏"),
        (photo_page(b"/Filter /JPXDecode", b"no picture"), "已损坏"),
    ],
)
def test_what_acts_or_hides_is_refused_in_plain_words(hostile, said):
    with pytest.raises(pdfs.NotAPdf, match=said):
        pdfs.clean(hostile)


def test_a_page_tree_that_loops_or_swells_is_refused():
    loop = made.pdf().replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]")
    with pytest.raises(pdfs.NotAPdf):
        pdfs.clean(loop)
    many = made.pdf().replace(
        b"/Kids [3 0 R] /Count 1", b"/Kids [" + b"3 0 R " * (MOST_PAGES + 1) + b"] /Count 201"
    )
    with pytest.raises(pdfs.NotAPdf):
        pdfs.clean(many)


def test_the_child_is_given_no_secret(monkeypatch):
    asked = {}

    def run(command, **options):
        asked.update(options)
        return subprocess.CompletedProcess(command, 0, b"%PDF-1.4")

    monkeypatch.setenv("PII_KEY", "secret")
    monkeypatch.setattr(pdfs.subprocess, "run", run)
    pdfs.clean(made.PDF)
    assert "PII_KEY" in os.environ and set(asked["env"]) <= {"PYTHONPATH", "LC_ALL", "PYTHONIOENCODING"}


def test_the_child_needs_no_settings():
    done = subprocess.run(
        [sys.executable, "-m", "office.pdf_child"], input=made.PDF, capture_output=True, env={}
    )
    assert done.returncode == 0 and done.stdout.startswith(b"%PDF-")
