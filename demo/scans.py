"""Scans and photos of the demonstration: one small picture that says 演示, kept under the name of its paper."""

import struct
import uuid
import zlib
from dataclasses import replace
from functools import cache

from django.core.files.uploadedfile import SimpleUploadedFile

from office import attachments
from office.attachments import Checked

# 演示, 48 by 24 points, twelve digits a row; drawn four times as large.
POINTS = (
    "000000000000000000000000000200000000040300000000077ffc1fffe0037ffc1fffe0004004000000004004000000"
    "003ff8000000001ff00000001c01007ffff8063ffc7ffff800230c00300000210c00300000230c043180033ffc0c30c0"
    "03210c0c30c002210c183060063ffc1830600600003030300c0c706030300c383800301008e00c03f00000000001e000"
)
WIDTH, LARGER, DIGITS = 48, 4, 12
ROWS = [POINTS[start : start + DIGITS] for start in range(0, len(POINTS), DIGITS)]


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png() -> bytes:
    """Black on white, one bit a point."""
    head = struct.pack(">IIBBBBB", WIDTH * LARGER, len(ROWS) * LARGER, 1, 0, 0, 0, 0)
    lines = b""
    for row in ROWS:
        bits = "".join("0" * LARGER if bit == "1" else "1" * LARGER for bit in f"{int(row, 16):0{WIDTH}b}")
        lines += (b"\0" + int(bits, 2).to_bytes(WIDTH * LARGER // 8, "big")) * LARGER
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(lines))
        + _chunk(b"IEND", b"")
    )


@cache
def _picture() -> Checked:
    return attachments.check(SimpleUploadedFile("演示.png", png()))


def scan(of: str) -> Checked:
    """A file of its own; `of` is the paper it is the scan of."""
    return replace(_picture(), label=f"{of}（演示）.png", uid=uuid.uuid4())
