"""The upload of measures takes no more harm than the register's: every hostile book, and one of 40 MB."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from households.models import ImportState
from measures.models import Measure, MeasureImport, MeasureImportRow
from office.models import Job
from tests.households.hostile_books import HOSTILE
from tests.measures.measure_books import ROOM, sent

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 15


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_in_plain_words_and_leaves_nothing(name, signed_in, settings):
    make, _ = HOSTILE[name]
    began = time.monotonic()
    batch = sent(signed_in("village"), make())
    assert time.monotonic() - began < SECONDS
    assert batch.state == ImportState.REFUSED and batch.reason
    assert not Measure.objects.exists() and not MeasureImportRow.objects.exists()
    assert not list((settings.MEDIA_ROOT / "imports").glob("*")), "the upload goes with the refusal"


def test_a_workbook_of_40_megabytes_is_refused_in_plain_words(signed_in, settings):
    assert settings.UPLOAD_MEGABYTES == 32
    big = SimpleUploadedFile("措施.xlsx", b"PK\x03\x04" + b"0" * (40 << 20))
    answer = signed_in("village").post(ROOM, {"file": big})
    assert answer.status_code == 413 and "文件超过 32 MB" in answer.content.decode()
    assert not MeasureImport.objects.exists() and not Job.objects.exists()


@pytest.mark.parametrize(
    ("file", "says"),
    [("", "请选择文件"), (SimpleUploadedFile("措施.xlsx", b""), "文件是空的")],
)
def test_no_file_or_an_empty_one_is_told(signed_in, file, says):
    answer = signed_in("village").post(ROOM, {"file": file})
    assert answer.status_code == 422 and says in answer.content.decode()
    assert not MeasureImport.objects.exists()
