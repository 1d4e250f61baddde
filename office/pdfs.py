"""PDFs written anew without scripts, attachments and metadata, by a bounded child process (office.pdf_child)."""

import subprocess
import sys

from django.conf import settings

from office.pdf_child import BROKEN, REFUSED, SECONDS


class NotAPdf(ValueError):
    """Cannot be taken; the message is for the screen."""


def clean(data: bytes) -> bytes:
    """The PDF with its pages alone; raises NotAPdf."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "office.pdf_child"],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=settings.BASE_DIR,
            # No secret of the environment is the child's business.
            env={"PYTHONPATH": str(settings.BASE_DIR), "LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "utf-8"},
            timeout=SECONDS * 2,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise NotAPdf("PDF 太复杂，没有读完，请重新扫描后再选") from late
    if done.returncode == 0 and done.stdout.startswith(b"%PDF-"):
        return done.stdout
    raise NotAPdf(done.stdout.decode() if done.returncode == REFUSED else BROKEN)
