"""Files of a record: what is taken, how it lies on disk, how it is handed out (threats D11, D12)."""

import datetime
import errno
import uuid
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404

from office import attachments, pii
from office.attachments import PAPERS, PHOTOS, Attachment, cleaned_label
from office.models import Pulse
from tests.office import handmade as made

NOON = datetime.datetime(2018, 11, 20, 4, tzinfo=datetime.UTC)


def upload(content: bytes, name: str = "照片.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


@pytest.fixture
def record(db):
    return Pulse.objects.create(name="trial", at=NOON)


def kept(record, content: bytes, name: str = "照片.jpg", kinds=PAPERS) -> Attachment:
    with attachments.on_disk(attachments.check(upload(content, name), kinds)) as checked:
        return checked.bind(record, by=None, at=NOON)


def files(settings) -> list[Path]:
    return [path for path in (Path(settings.MEDIA_ROOT)).rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("content", "name", "label"),
    [
        (made.jpeg(), "家.png", "家.jpg"),
        (made.png(), "a.jpg", "a.png"),
        (made.PDF, "低保证.pdf", "低保证.pdf"),
    ],
)
def test_the_first_bytes_decide_what_a_file_is(content, name, label):
    assert attachments.check(upload(content, name)).label == label


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a" + b"\0" * 40,
        b"PK\x03\x04" + b"\0" * 40,
        b"%PDF-1.4 cut off",
        b"",
        b" " + made.png(),
    ],
)
def test_anything_else_is_refused_whatever_it_is_called(content):
    with pytest.raises(ValidationError):
        attachments.check(upload(content))


def test_a_paper_is_no_photo():
    with pytest.raises(ValidationError, match="只收JPEG 照片、PNG 图片"):
        attachments.check(upload(made.PDF), PHOTOS)


def test_more_than_ten_megabytes_is_refused():
    with pytest.raises(ValidationError, match="10 MB"):
        attachments.check(upload(made.jpeg(tail=bytes(attachments.MOST_BYTES))))


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\x\\走访 照片.jpeg", "走访 照片.jpg"),
        ("a\r\nSet-Cookie: x=1.jpg", "aSet-Cookie x=1.jpg"),
        ("\u202egpj.exe", "gpj.jpg"),
        ("", "附件.jpg"),
        ("....", "附件.jpg"),
        ("中" * 255 + ".jpg", "中" * 76 + ".jpg"),
    ],
)
def test_the_name_is_kept_only_as_a_cleaned_label(name, label):
    assert cleaned_label(name, ".jpg") == label


def test_on_disk_it_is_sealed_under_a_name_of_its_own(record, settings):
    attachment = kept(record, made.jpeg(), "王某家.jpg")
    (path,) = files(settings)
    assert path.name == f"{attachment.uid.hex}.sealed"
    assert made.SCAN not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert attachments.content(attachment) == attachments.check(upload(made.jpeg())).content
    assert (attachment.width, attachment.size) == (40, len(attachments.content(attachment)))


def test_a_file_put_in_another_ones_place_cannot_be_opened(record, settings):
    one, other = kept(record, made.jpeg()), kept(record, made.png())
    paths = {path.stem: path for path in files(settings)}
    paths[one.uid.hex].write_bytes(paths[other.uid.hex].read_bytes())
    with pytest.raises(pii.CannotOpen):
        attachments.content(one)


def test_a_transaction_that_fails_leaves_no_file(db, settings):
    with pytest.raises(RuntimeError), attachments.on_disk(attachments.check(upload(made.jpeg()))):
        raise RuntimeError
    assert files(settings) == []


def test_a_full_disk_is_said_and_leaves_nothing(db, settings, monkeypatch):
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(attachments.os, "fsync", full)
    with (
        pytest.raises(ValidationError, match="没有存下"),
        attachments.on_disk(attachments.check(upload(made.jpeg()))),
    ):
        pytest.fail("the block must not run")
    assert files(settings) == []


def test_it_is_handed_out_as_a_download_only(record):
    answer = attachments.answer(kept(record, made.jpeg(), "走访\r\n照片.jpg"))
    assert answer["Content-Type"] == "image/jpeg"
    assert (
        answer["Content-Disposition"]
        == "attachment; filename*=utf-8''%E8%B5%B0%E8%AE%BF%E7%85%A7%E7%89%87.jpg"
    )
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "no-store")


def test_a_file_that_is_gone_is_not_found(record, settings):
    attachment = kept(record, made.jpeg())
    files(settings)[0].unlink()
    with pytest.raises(Http404):
        attachments.answer(attachment)


def test_files_are_found_by_their_record(record):
    attachment = kept(record, made.png())
    other = Pulse.objects.create(name="other", at=NOON)
    assert list(Attachment.objects.of(record)) == [attachment]
    assert not Attachment.objects.of(other)
    assert list(Attachment.objects.on(Pulse, [record.pk, other.pk])) == [attachment]
    assert isinstance(attachment.uid, uuid.UUID)
