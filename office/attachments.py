"""Photos and scans bound to a record: checked by their first bytes, cleaned, sealed on disk, given out whole.

The app that owns the record fetches it in the user's scope and then gives the file out with `answer`; there
is no address for files of their own. Stored under a generated name in MEDIA_ROOT/attachments, encrypted
with the cipher of personal data and bound to the row's `uid`; the name they came with is only a label.
"""

import datetime
import os
import tempfile
import unicodedata
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from office import pdfs, pictures, pii
from office.sealed_file import remove_old

MOST_BYTES = 10 * 1024 * 1024
LABEL_LENGTH = 80
FOLDER, SEALED = "attachments", ".sealed"
NAME = "content"  # the field name that the sealed bytes are bound to


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def of(self, record: models.Model) -> "AttachmentQuerySet":
        return self.filter(record_type=record._meta.label_lower, record_id=str(record.pk))

    def on(self, kind: type[models.Model], keys: Collection[int]) -> "AttachmentQuerySet":
        """Those of several records of one kind."""
        return self.filter(record_type=kind._meta.label_lower, record_id__in=[str(key) for key in keys])


class Attachment(models.Model):
    """A file bound to one record, whatever app it is of; it is seen by who sees the record."""

    class Kind(models.TextChoices):
        JPEG = "jpeg", "JPEG 照片"
        PNG = "png", "PNG 图片"
        PDF = "pdf", "PDF"

    uid = models.UUIDField("存储编号", default=uuid.uuid4, unique=True, editable=False)
    record_type = models.CharField("所属记录类别", max_length=60)
    record_id = models.CharField("所属记录", max_length=40)
    kind = models.CharField("文件格式", max_length=4, choices=Kind.choices)
    label = models.CharField("文件名", max_length=LABEL_LENGTH)
    size = models.PositiveIntegerField("字节数")
    width = models.PositiveIntegerField("宽（像素）", null=True, blank=True)
    height = models.PositiveIntegerField("高（像素）", null=True, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="上传人"
    )
    uploaded_at = models.DateTimeField("上传时间")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        app_label = "office"
        verbose_name = "附件"
        ordering = ["pk"]
        indexes = [models.Index(fields=["record_type", "record_id"], name="attachment_record")]

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True)
class Form:
    """A form of file that is taken: its first bytes, content type, extension, and how it is cleaned."""

    start: bytes
    content_type: str
    extension: str
    clean: Callable[[bytes], "pictures.Picture | bytes"]


FORMS: dict[str, Form] = {
    Attachment.Kind.JPEG: Form(pictures.JPEG_START, "image/jpeg", ".jpg", pictures.jpeg),
    Attachment.Kind.PNG: Form(pictures.PNG_START, "image/png", ".png", pictures.png),
    Attachment.Kind.PDF: Form(b"%PDF-", "application/pdf", ".pdf", pdfs.clean),
}
PHOTOS = (Attachment.Kind.JPEG, Attachment.Kind.PNG)
PAPERS = (*PHOTOS, Attachment.Kind.PDF)


@dataclass(frozen=True)
class Checked:
    """A file that may be kept: cleaned content, and the label made of the name it came with."""

    content: bytes
    kind: str
    label: str
    width: int | None = None
    height: int | None = None
    uid: uuid.UUID = field(default_factory=uuid.uuid4)

    def bind(self, record: models.Model, *, by: Any, at: datetime.datetime) -> Attachment:
        """The row of the file, inside the transaction that saves the record."""
        row = self.row(record, by=by, at=at)
        row.save(force_insert=True)
        return row

    def row(self, record: models.Model, *, by: Any, at: datetime.datetime) -> Attachment:
        """The same, not saved: for many at once."""
        return Attachment(
            uid=self.uid,
            record_type=record._meta.label_lower,
            record_id=str(record.pk),
            kind=self.kind,
            label=self.label,
            size=len(self.content),
            width=self.width,
            height=self.height,
            uploaded_by=by,
            uploaded_at=at,
        )


def check(upload: UploadedFile, kinds: Collection[str] = PAPERS) -> Checked:
    """Raises ValidationError with the reason for the screen. The browser's content type is not asked."""
    if not upload.size:
        raise ValidationError("文件是空的，请重新选择")
    if upload.size > MOST_BYTES:
        raise ValidationError(f"文件超过 {MOST_BYTES // 1024 // 1024} MB，请缩小后再选")
    data = upload.read()
    kind = next((one for one in kinds if data.startswith(FORMS[one].start)), None)
    if kind is None:
        words = "、".join(Attachment.Kind(one).label for one in kinds)
        raise ValidationError(f"只收{words}，请另存后再选")
    form = FORMS[kind]
    label = cleaned_label(upload.name or "", form.extension)
    try:
        cleaned = form.clean(data)
    except (pictures.NotAPicture, pdfs.NotAPdf) as refusal:
        raise ValidationError(str(refusal)) from refusal
    if isinstance(cleaned, bytes):
        return Checked(cleaned, kind, label)
    return Checked(cleaned.content, kind, label, cleaned.width, cleaned.height)


def cleaned_label(name: str, extension: str) -> str:
    """The last part of the name without control and direction characters, with the extension it is."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(one for one in last if unicodedata.category(one)[0] != "C" and one not in '<>:"|?*')
    stem = shown.rsplit(".", 1)[0].strip(" .")[: LABEL_LENGTH - len(extension)].strip(" .")
    return f"{stem or '附件'}{extension}"


@contextmanager
def on_disk(checked: Checked | None) -> Iterator[Checked | None]:
    """Within the block the sealed file stands on disk; should the block fail, it is taken away again.

    Raises ValidationError when the disk does not take it; nothing is kept of nothing.
    """
    if checked is None:
        yield None
        return
    path = path_of(checked.uid)
    try:
        _write(path, pii.seal_bytes(checked.content, checked.uid, NAME))
    except OSError as error:
        raise ValidationError("服务器没有存下文件，请稍后再试或告诉系统管理员") from error
    try:
        yield checked
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@contextmanager
def all_on_disk(checked: Iterable[Checked]) -> Iterator[list[Checked]]:
    """Several files at once: all of them, or none."""
    with ExitStack() as stack:
        kept = [stack.enter_context(on_disk(one)) for one in checked]
        yield [one for one in kept if one is not None]


def sweep(before: datetime.datetime) -> tuple[int, int]:
    """Takes away files that no row knows and that are older than `before`: what a crash between file and
    row left. Returns how many, and how many rows have lost their file, which nobody can mend."""
    taken = missing = 0
    for place in range(256):
        first = f"{place:02x}"
        ends = uuid.UUID(first + "0" * 30), uuid.UUID(first + "f" * 30)
        known = {uid.hex for uid in Attachment.objects.filter(uid__range=ends).values_list("uid", flat=True)}
        for path in (Path(settings.MEDIA_ROOT) / FOLDER / first).glob("*"):
            if path.name.endswith(SEALED) and path.name.removesuffix(SEALED) in known:
                known.remove(path.name.removesuffix(SEALED))
            else:
                taken += remove_old(path, before.timestamp())
        missing += len(known)
    return taken, missing


def content(attachment: Attachment) -> bytes:
    """The file as it was kept; FileNotFoundError without it, pii.CannotOpen when it is another's."""
    return pii.unseal_bytes(path_of(attachment.uid).read_bytes(), attachment.uid, NAME)


def reseal(uid: uuid.UUID) -> bool:
    """Seals the file under the newest key, in one step; False where it is already, or gone."""
    path = path_of(uid)
    try:
        sealed = path.read_bytes()
    except FileNotFoundError:
        return False
    if sealed.startswith(f"{pii.newest()}:".encode()):
        return False
    _write(path, pii.seal_bytes(pii.unseal_bytes(sealed, uid, NAME), uid, NAME))
    return True


def answer(attachment: Attachment) -> HttpResponse:
    """The file as a download: never shown as a page of this site, never cached, never guessed at."""
    try:
        plain = content(attachment)
    except FileNotFoundError as gone:
        raise Http404("the file is not on this server") from gone
    response = HttpResponse(plain, content_type=FORMS[attachment.kind].content_type)
    response["Content-Disposition"] = content_disposition_header(True, attachment.label) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def path_of(uid: uuid.UUID) -> Path:
    """Where the sealed file of an attachment lies."""
    return Path(settings.MEDIA_ROOT) / FOLDER / uid.hex[:2] / f"{uid.hex}{SEALED}"


def _write(path: Path, sealed: bytes) -> None:
    """In one step and only for the owner of the process; half a file is never left under the name."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
