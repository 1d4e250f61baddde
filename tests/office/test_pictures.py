"""What a photo tells of place, device and person does not pass; what draws it does."""

import time

import pytest

from office.pictures import MOST_PIXELS, NotAPicture, jpeg, png
from tests.office import handmade as made

XMP = made.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:GPSLatitude>37</x:GPSLatitude>")


def test_a_jpeg_loses_position_comment_maker_notes_and_what_hangs_behind():
    parts = (made.JFIF, made.segment(0xE1, made.exif()), XMP, made.segment(0xFE, b"comment by somebody"))
    clean = jpeg(made.jpeg(*parts, tail=b"<script>alert(1)</script>" + made.GPS)).content
    for gone in (made.GPS, made.MAKER, b"GPSLatitude", b"comment", b"<script>", b"\xaa\xbb\xcc"):
        assert gone not in clean
    assert clean.startswith(b"\xff\xd8\xff\xe0")
    assert clean.endswith(b"\xff\xd9")
    assert clean.count(made.SCAN) == 2


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_the_orientation_alone_is_written_anew(order, orientation):
    clean = jpeg(made.jpeg(made.segment(0xE1, made.exif(orientation, order)))).content
    assert clean.count(b"Exif") == 1
    body = clean[clean.index(b"Exif") :][:32]
    assert body[:6] == b"Exif\0\0"
    assert body[6 + 8 : 6 + 10] == b"\x00\x01"  # one entry
    assert body[16:18] == b"\x01\x12"
    assert int.from_bytes(body[24:26], "big") == orientation


def test_an_upright_photo_keeps_no_exif():
    assert b"Exif" not in jpeg(made.jpeg(made.segment(0xE1, made.exif(1)))).content


def test_cleaning_twice_changes_nothing():
    once = jpeg(made.jpeg(made.JFIF, made.segment(0xE1, made.exif()))).content
    assert jpeg(once).content == once
    grey = png(made.png(3, 3, made.chunk(b"tEXt", b"Author\0x"))).content
    assert png(grey).content == grey


def test_the_size_is_read_from_the_frame():
    assert (jpeg(made.jpeg(width=640, height=480)).width, png(made.png(7, 4)).height) == (640, 4)


@pytest.mark.parametrize("name", [b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME", b"iCCP", b"acTL", b"prVt"])
def test_a_png_loses_every_chunk_that_does_not_draw(name):
    content = png(made.png(2, 2, made.chunk(name, made.GPS)) + b"behind").content
    assert name not in content
    assert made.GPS not in content
    assert content == made.png(2, 2)


@pytest.mark.parametrize(
    "broken",
    [
        made.jpeg()[:-2],
        made.jpeg()[:40],
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xe1\x00\x01",
        b"\xff\xd8\xff\xe1\xff\xff",
        b"\xff\xd8" + b"\xff" * 50,
        made.jpeg(marker=0xC3),
        made.jpeg(made.frame()),
        made.jpeg(width=0),
        made.jpeg(height=0),
        made.jpeg(made.segment(0xC0, b"\x08")),
    ],
)
def test_a_broken_jpeg_is_refused(broken):
    with pytest.raises(NotAPicture):
        jpeg(broken)


@pytest.mark.parametrize(
    "broken",
    [
        made.png()[:-1],
        made.png()[:20],
        made.png().replace(b"\x80", b"\x81") if b"\x80" in made.png() else made.png()[:-5] + b"\0" * 5,
        made.png(0, 2),
        made.png(2, 2, made.chunk(b"ABCD", b"")),
        made.png(2, 2, made.chunk(b"IHDR", b"\0" * 13)),
        b"\x89PNG\r\n\x1a\n" + made.chunk(b"IDAT", b"x") + made.chunk(b"IEND", b""),
        b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR",
    ],
)
def test_a_broken_png_is_refused(broken):
    with pytest.raises(NotAPicture):
        png(broken)


def test_more_pixels_than_the_cap_are_refused_by_their_number():
    with pytest.raises(NotAPicture, match="30000×30000"):
        png(made.png(30_000, 30_000))
    with pytest.raises(NotAPicture, match="4000 万像素"):
        jpeg(made.jpeg(width=65_000, height=65_000))
    assert jpeg(made.jpeg(width=8000, height=MOST_PIXELS // 8000)).width == 8000


@pytest.mark.parametrize(
    ("clean", "hostile"),
    [
        (jpeg, b"\xff\xd8" + b"\xff\xe1\x00\x02" * 2_000_000),
        (jpeg, b"\xff\xd8\xff\xda\x00\x02" + b"\xff" * 9_000_000),
        (jpeg, b"\xff\xd8" + b"\xff" * 9_000_000),
        (png, b"\x89PNG\r\n\x1a\n" + made.chunk(b"tEXt", b"") * 700_000),
    ],
)
def test_hostile_bytes_are_refused_in_seconds(clean, hostile):
    started = time.monotonic()
    with pytest.raises(NotAPicture):
        clean(hostile)
    assert time.monotonic() - started < 5
