"""A file as an answer: kept by whoever asked, never shown as a page of this site, never cached, never guessed at."""

from collections.abc import Iterable

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header


def download(
    content: Iterable[bytes], name: str, content_type: str, *, size: int | None = None
) -> StreamingHttpResponse:
    """`size` in bytes where it is known, so that the browser can show how far it is."""
    answer = StreamingHttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    if size is not None:
        answer["Content-Length"] = str(size)
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
