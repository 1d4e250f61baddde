"""Photos rewritten without what they tell of place, device and person (pure).

A JPEG keeps the segments and a PNG the chunks that draw the picture; EXIF, XMP, comments, previews and
whatever hangs behind the end are left out. Of EXIF only the orientation is written anew, since a telephone
stores its photos lying down.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MOST_PIXELS = 40_000_000
# Parts of a file: a real photo has some dozens, a PNG at most a few thousand.
MOST_PARTS = 20_000

JPEG_START, PNG_START = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_SOI, _EOI, _SOS, _APP0, _APP1, _APP14 = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xEE
# Baseline, extended and progressive Huffman: what browsers draw. The others of C0–CF are refused, but for
# C4 (tables) and CC (arithmetic conditioning), which are no frames.
_FRAMES = (0xC0, 0xC1, 0xC2)
_NOT_FRAMES = (0xC4, 0xCC)
# Quantisation and Huffman tables, restart interval.
_TABLES = (0xDB, 0xC4, 0xDD)
_MARKER = re.compile(rb"\xff+([^\xff])", re.DOTALL)
# Within a scan FF00 is a byte of the picture and FFD0–FFD7 are restarts.
_SCAN_END = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_CHUNKS = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs"}
)
# JPEG 2000: start and size, comment, first tile; the boxes that draw.
_CODESTREAM, _COMMENT, _TILE = b"\xff\x4f\xff\x51", b"\xff\x64", b"\xff\x90"
_BOXES = frozenset({b"jP  ", b"ftyp", b"rreq", b"jp2h", b"jp2c"})


class NotAPicture(ValueError):
    """Cannot be taken as a photo; the message is for the screen."""


@dataclass(frozen=True)
class Picture:
    content: bytes
    width: int
    height: int


def jpeg(data: bytes) -> Picture:
    """The JPEG without APP segments and comments; raises NotAPicture."""
    head, tables = bytearray(), bytearray()
    size: tuple[int, int] | None = None
    orientation, scanned = 1, False
    for marker, content, scan in _segments(data):
        if marker == _APP0 and content.startswith(b"JFIF\0") and len(content) >= 14 and not head:
            head += _segment(_APP0, content[:12] + b"\0\0")  # without its preview
        elif marker == _APP1 and content.startswith(b"Exif\0\0"):
            orientation = _orientation(content[6:])
        elif marker == _APP14 and content.startswith(b"Adobe") and len(content) >= 12:
            tables += _segment(_APP14, content[:12])
        elif marker in _FRAMES:
            if size is not None or len(content) < 6:
                raise NotAPicture("照片已损坏，请重新拍照或另存后再选")
            size = int.from_bytes(content[3:5], "big"), int.from_bytes(content[1:3], "big")
            _measured(*size)
            tables += _segment(marker, content)
        elif 0xC0 <= marker <= 0xCF and marker not in _NOT_FRAMES:
            raise NotAPicture("这种 JPEG 浏览器不能显示，请另存为普通 JPEG 后再选")
        elif marker in _TABLES:
            tables += _segment(marker, content)
        elif marker == _SOS:
            scanned = True
            tables += _segment(marker, content) + scan
    if size is None or not scanned:
        raise NotAPicture("照片里没有图像，请重新选择")
    exif = _segment(_APP1, _exif(orientation)) if orientation != 1 else b""
    return Picture(b"\xff\xd8" + head + exif + tables + b"\xff\xd9", size[0], size[1])


def png(data: bytes) -> Picture:
    """The PNG without text, time, EXIF, profile and animation chunks; raises NotAPicture."""
    kept = bytearray(PNG_START)
    size: tuple[int, int] | None = None
    drawn = False
    for name, content, whole in _chunks(data):
        if (name == b"IHDR") != (size is None):
            raise NotAPicture("图片已损坏，请重新选择")
        if size is None:
            if len(content) != 13:
                raise NotAPicture("图片已损坏，请重新选择")
            size = int.from_bytes(content[:4], "big"), int.from_bytes(content[4:8], "big")
            _measured(*size)
        if name in _CHUNKS:
            kept += whole
        elif name[:1].isupper():
            raise NotAPicture("图片含有不认识的内容，请另存为普通 PNG 后再选")
        drawn = drawn or name == b"IDAT"
    if size is None or not drawn:
        raise NotAPicture("图片里没有图像，请重新选择")
    return Picture(bytes(kept), size[0], size[1])


def jpeg2000(data: bytes) -> bytes:
    """A JPEG 2000, as scanners put it into PDFs, without XMP, EXIF, comments and whatever else its boxes tell;
    raises NotAPicture."""
    if data.startswith(_CODESTREAM):
        return _without_comments(data)
    kept, drawn = bytearray(), False
    for name, content in _boxes(data):
        if name == b"jp2c":
            drawn, content = True, _without_comments(content)
        if name in _BOXES:
            # Sixteen bytes of head where the length does not fit into four.
            long = len(content) + 8 >= 1 << 32
            head = (1 if long else len(content) + 8).to_bytes(4, "big") + name
            kept += head + ((len(content) + 16).to_bytes(8, "big") if long else b"") + content
    if not drawn:
        raise NotAPicture("照片里没有图像，请重新扫描后再选")
    return bytes(kept)


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 0
    for _ in range(MOST_PARTS):
        if place == len(data):
            return
        size, head = int.from_bytes(data[place : place + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(data[place + 8 : place + 16], "big"), 16
        elif size == 0:
            size = len(data) - place
        if size < head or place + size > len(data):
            break
        yield data[place + 4 : place + 8], data[place + head : place + size]
        place += size
    raise NotAPicture("照片已损坏，请重新扫描后再选")


def _without_comments(stream: bytes) -> bytes:
    """A codestream without the comments of its main head, which ends where the first tile begins."""
    if not stream.startswith(_CODESTREAM):
        raise NotAPicture("照片已损坏，请重新扫描后再选")
    kept, place = bytearray(stream[:2]), 2
    for _ in range(MOST_PARTS):
        marker, size = stream[place : place + 2], int.from_bytes(stream[place + 2 : place + 4], "big")
        if marker == _TILE:
            return bytes(kept) + stream[place:]
        if len(marker) < 2 or marker[0] != 0xFF or size < 2:
            break
        if marker != _COMMENT:
            kept += stream[place : place + 2 + size]
        place += 2 + size
    raise NotAPicture("照片已损坏，请重新扫描后再选")


def _measured(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise NotAPicture("照片已损坏，请重新拍照或另存后再选")
    if width * height > MOST_PIXELS:
        raise NotAPicture(f"照片有 {width}×{height} 像素，最多 {MOST_PIXELS // 10_000} 万像素，请缩小后再选")


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """(marker, content, entropy-coded data behind a scan's head) up to the end marker."""
    broken = NotAPicture("照片没有传完整，请重新选择")
    place = 2
    for _ in range(MOST_PARTS):
        found = _MARKER.match(data, place)
        if found is None:
            raise broken
        marker, place = found.group(1)[0], found.end()
        if marker == _EOI:
            return
        length = int.from_bytes(data[place : place + 2], "big")
        if marker < 0xC0 or 0xD0 <= marker <= _SOI or length < 2 or place + length > len(data):
            raise broken
        content, place = data[place + 2 : place + length], place + length
        scan = b""
        if marker == _SOS:
            end = _SCAN_END.search(data, place)
            if end is None:
                raise broken
            scan, place = data[place : end.start()], end.start()
        yield marker, content, scan
    raise NotAPicture("照片的结构不正常，请另存后再选")


def _segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content


def _orientation(tiff: bytes) -> int:
    """Tag 0112 of the first directory; 1 (upright) when it cannot be read."""
    order = {b"II": "little", b"MM": "big"}.get(tiff[:2])
    if order is None:
        return 1

    def number(place: int, size: int) -> int:
        return int.from_bytes(tiff[place : place + size], order)  # type: ignore[arg-type]

    first = number(4, 4)
    for entry in range(min(number(first, 2), 200)):
        place = first + 2 + 12 * entry
        if number(place, 2) == 0x0112:
            value = number(place + 8, 2)
            return value if 1 <= value <= 8 else 1
    return 1


def _exif(orientation: int) -> bytes:
    """An EXIF body that says the orientation and nothing else."""
    entry = b"\x01\x12\x00\x03\x00\x00\x00\x01" + orientation.to_bytes(2, "big") + b"\0\0"
    return b"Exif\0\0MM\0*\0\0\0\x08\x00\x01" + entry + b"\0\0\0\0"


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """(name, content, whole chunk) up to IEND, each with its checksum verified."""
    place = len(PNG_START)
    for _ in range(MOST_PARTS):
        length = int.from_bytes(data[place : place + 4], "big")
        end = place + 12 + length
        if place + 12 > len(data) or end > len(data):
            raise NotAPicture("图片没有传完整，请重新选择")
        name, content = data[place + 4 : place + 8], data[place + 8 : end - 4]
        if zlib.crc32(data[place + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            raise NotAPicture("图片已损坏，请重新选择")
        yield name, content, data[place:end]
        if name == b"IEND":
            return
        place = end
    raise NotAPicture("图片的结构不正常，请另存后再选")
