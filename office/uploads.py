"""Uploaded files between the browser and the page that takes them: bounded, and never in the clear on disk.

Django puts files over 2.5 MB into a temporary file as they are; a workbook is full of identity numbers. Ours stay in
memory until the page has sealed what it keeps; UPLOAD_MEGABYTES bounds them, and the body around them.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponseBase

MIB = 1 << 20
# Beside the file: the other fields and the lines between them.
AROUND = MIB
# What is refused is read to its end so far, or the browser shows a broken connection instead of the reason.
DRAINED = 512 * MIB
Refusal = Callable[[HttpRequest, str, int], HttpResponseBase]


def most_bytes() -> int:
    """The largest file that a page takes."""
    return int(settings.UPLOAD_MEGABYTES) * MIB


def too_big(what: str = "文件") -> str:
    return f"{what}超过 {settings.UPLOAD_MEGABYTES} MB，请分村或分镇街上传"


class KeptInMemory(MemoryFileUploadHandler):
    """Takes every file, whatever its size: the body is bounded before it is read (refuse_long_body)."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        self.activated = True


def refuse_long_body(
    request: HttpRequest, refused: Refusal, most: int | None = None
) -> HttpResponseBase | None:
    """413 for a body over the bound, or over the `most` bytes of a page without files, keeping none of it."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return None
    if length <= (most_bytes() + AROUND if most is None else most):
        return None
    drained = 0
    while drained < DRAINED and (piece := request.read(MIB)):
        drained += len(piece)
    return refused(request, too_big() if most is None else "内容太长，请写短一些再提交", 413)
