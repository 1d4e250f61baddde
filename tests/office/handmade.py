"""Photos and papers written byte by byte, with everything in them that must not stay."""

import struct
import zlib

GPS = b"GPS-37.0N-117.0E"
MAKER = b"maker-note-serial-778899"


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int = 2, height: int = 2, *more: bytes) -> bytes:
    """Grey pixels; `more` chunks stand between the head and the picture."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = zlib.compress(b"".join(b"\0" + b"\x80" * width for _ in range(min(height, 4))))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content


def exif(orientation: int = 6, order: str = "<") -> bytes:
    """EXIF with an orientation, and a position behind it."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entries = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0) + struct.pack(
        order + "HHII", 0x8825, 4, 1, 38
    )
    return b"Exif\0\0" + mark + struct.pack(order + "IH", 8, 2) + entries + b"\0\0\0\0" + GPS


SCAN = b"\x11\xff\x00\x22\xff\xd0\x33"
JFIF = segment(0xE0, b"JFIF\0\x01\x02\x01\x00\x48\x00\x48\x01\x01" + b"\xaa\xbb\xcc")


def frame(width: int = 40, height: int = 30, marker: int = 0xC0) -> bytes:
    return segment(marker, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00")


def jpeg(*before: bytes, width: int = 40, height: int = 30, marker: int = 0xC0, tail: bytes = b"") -> bytes:
    """One frame with two scans; `before` segments stand at the head, `tail` behind the end."""
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + SCAN
    return (
        b"\xff\xd8"
        + b"".join(before)
        + segment(0xDB, b"\x00" + b"\x01" * 64)
        + frame(width, height, marker)
        + segment(0xC4, b"\x00" + b"\0" * 16)
        + scan
        + segment(0xE5, MAKER)
        + scan
        + b"\xff\xd9"
        + tail
    )


def pdf(*more: bytes, catalogue: bytes = b"", page: bytes = b"", trailer: bytes = b"") -> bytes:
    """One empty page; `more` objects have the numbers 4 and up."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalogue + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] " + page + b" >>",
        *more,
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R " % (len(objects) + 1) + trailer + b" >>\n"
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % start


def stream(head: bytes, content: bytes) -> bytes:
    return b"<< " + head + b" /Length %d >>\nstream\n" % len(content) + content + b"\nendstream"


PDF = pdf()


def box(name: bytes, content: bytes) -> bytes:
    """A box of a JPEG 2000."""
    return (len(content) + 8).to_bytes(4, "big") + name + content


def codestream(comment: bytes) -> bytes:
    """The start of one, a comment and a tile; what a tile holds is not looked at."""
    start = b"\xff\x4f" + segment(0x51, bytes(38))
    return start + segment(0x64, b"\0\1" + comment) + segment(0x90, bytes(8)) + SCAN + b"\xff\xd9"


def jpeg2000(secret: bytes) -> bytes:
    """One that tells the secret in an XML box, an EXIF box and a comment."""
    boxes = [
        box(b"jP  ", b"\r\n\x87\n"),
        box(b"ftyp", b"jp2 \0\0\0\0jp2 "),
        box(b"jp2h", bytes(22)),
        box(b"xml ", b"<x:xmpmeta>" + secret),
        box(b"uuid", b"JpgTiffExif->JP2" + secret),
        box(b"jp2c", codestream(secret)),
    ]
    return b"".join(boxes)
