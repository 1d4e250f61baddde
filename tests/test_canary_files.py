"""Files that leave the office and files that come in: no full personal value where quality S2 allows none.

The canary of tests/test_canary.py, in every list exported with all its columns, in the workbook to be filled
in, and in what a workbook with new full values leaves in the database and on disk.
"""

import io
import logging
import re
import uuid
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.module_loading import autodiscover_modules

from households.models import ImportBatch, ImportState, Person, RegisterWorkbook
from measures.models import DepartmentList, ListDifference
from office import exports
from office.jobs import run_job
from office.models import Job, JobState
from office.pii import mask_account, mask_id
from tests.households.national_sheets import HEAD, SPOUSE, workbook
from tests.households.test_import import edited, put
from tests.measures.department_books import LISTS as DEPARTMENT
from tests.measures.department_books import book, said, stranger
from tests.test_canary import CANARIES, IDENTITY, PEOPLE, canary, content, dump, files, found_in  # noqa: F401

pytestmark = pytest.mark.django_db
# Of every app: what is asked for by name may be there already, and the rest not.
autodiscover_modules("lists")
# A list of one record's lines is exported with its own tests.
OF_ONE = {
    "households:agreement",
    "measures:department-list",
    "audits:lookback-visits",
    "reporting:run-details",
}
LISTS = sorted(key for key in exports._lists if key not in OF_ONE)
# What a list must be asked to hold the canary (a household without labour).
ASKED = {"measures:coverage-list": "policy=PV-INCOME&kind=unmet&"}
# Values that a workbook brings in: nobody's until then.
BROUGHT = {"户联系电话": "13955510482", "银行账号": "6228489904051110299"}
BROUGHT_FOR_A_PERSON = {
    "疾病名称": "演示白雀症",
    "残疾证号": f"{IDENTITY}42",
    "成员联系电话": "13955510639",
}


def work_off() -> None:
    for job in Job.objects.waiting().order_by("queued_at"):
        run_job(str(job.pk))


def columns(key: str, client) -> str:
    """All columns of the list, as its page offers them."""
    page = client.get(f"{reverse(key)}?{ASKED.get(key, '')}").content.decode()
    boxes = re.findall(r'<input[^>]*name="column"[^>]*>', page)
    return ASKED.get(key, "") + "&".join(
        "column=" + re.search(r'value="([^"]+)"', box).group(1) for box in boxes
    )


@pytest.mark.parametrize("key", LISTS)
def test_an_exported_list_holds_no_full_value(canary, signed_in, key):  # noqa: F811
    client = next(
        client
        for client in map(signed_in, ("district", "auditor", "security"))
        if client.get(f"{reverse(key)}?{ASKED.get(key, '')}").status_code == 200
    )
    for format in ("xlsx", "csv"):
        asked = {"list": key, "query": columns(key, client), "format": format, "once": uuid.uuid4().hex}
        assert client.post(reverse("accounts:export-new"), asked).status_code == 303
        work_off()
        job = Job.objects.order_by("-queued_at").first()
        assert job.state == JobState.DONE, job.error
        file = client.get(job.result["url"])
        assert file.status_code == 200
        assert not found_in(content(file))


@pytest.fixture
def downloaded(canary, signed_in, ground) -> bytes:  # noqa: F811
    client = signed_in("village")
    asked = {"area": ground.village.code, "year": 2018}
    assert client.post(reverse("households:import-workbook-new"), asked).status_code == 303
    work_off()
    made = RegisterWorkbook.objects.get()
    return content(client.get(reverse("households:import-workbook", args=[made.pk]))).rpartition(b"[(")[0]


def test_the_workbook_to_be_filled_in_holds_masks_only(downloaded):
    assert not found_in(downloaded)
    assert mask_account(CANARIES["银行账号"]).encode() in b"".join(parts(downloaded))


def parts(data: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return [book.read(name) for name in book.namelist()]


def test_what_a_workbook_brings_in_is_nowhere_in_the_clear(
    downloaded,
    signed_in,
    settings,
    caplog,
    canary,  # noqa: F811
):
    """Staged, compared, shown, confirmed: the upload, its changes, the register, the trail, the jobs, the log."""
    caplog.set_level(logging.DEBUG)
    canary.helpers.update(affiliation="县")
    filled = edited(
        downloaded,
        put(
            ("户", "联系电话", BROUGHT["户联系电话"]),
            ("户", "银行账号", BROUGHT["银行账号"]),
            *(("人口", title, value) for title, value in BROUGHT_FOR_A_PERSON.items()),
        ),
    )
    client = signed_in("village")
    answer = client.post(reverse("households:imports"), {"file": SimpleUploadedFile("采集.xlsx", filled)})
    assert answer.status_code == 303
    work_off()
    batch = ImportBatch.objects.get()
    page = content(client.get(answer["Location"])).decode()
    assert not batch.reason and batch.faults == 0
    assert client.post(reverse("households:import-confirm", args=[batch.pk])).status_code == 303
    work_off()
    canary.refresh_from_db()
    assert (canary.phone, canary.bank_account) == tuple(BROUGHT.values())
    head = canary.head
    assert [head.disease_name, head.disability_certificate, head.phone] == list(BROUGHT_FOR_A_PERSON.values())

    def brought(text: str) -> bool:
        return any(value in text for value in (*BROUGHT.values(), *BROUGHT_FOR_A_PERSON.values()))

    assert not brought(page)
    assert not {where for where, text in dump() if brought(text) or found_in(text)}
    for path in files(Path(settings.DATA_DIR)):
        assert not brought(path.read_bytes().decode("utf-8", "replace")), path
    assert not [record.name for record in caplog.records if brought(record.getMessage())]


@pytest.mark.parametrize("door", ["households:imports", "households:agreements"])
@pytest.mark.parametrize("spoilt", [False, True])
def test_a_national_sheet_leaves_no_number_in_the_clear(door, spoilt, signed_in, ground, settings, caplog):
    """Written, refused for a bad row, or held against the register: page, tables, files and log have masks only."""
    caplog.set_level(logging.DEBUG)
    spouse = {**SPOUSE, "证件号码": f"{SPOUSE['证件号码'][:17]}9"} if spoilt else SPOUSE
    numbers = {HEAD["证件号码"], spouse["证件号码"], HEAD["户联系电话"]}
    client = signed_in("village")
    file = SimpleUploadedFile("全国.xlsx", workbook(HEAD, spouse))
    answer = client.post(reverse(door), {"file": file, "area": ground.village.code})
    assert answer.status_code == 303
    work_off()
    page = content(client.get(answer["Location"])).decode()
    if batch := ImportBatch.objects.first():
        assert batch.state == (ImportState.FAULTY if spoilt else ImportState.READY)
        client.post(reverse("households:import-confirm", args=[batch.pk]))
        work_off()
        assert Person.objects.exists() is not spoilt
    else:
        assert 'data-total="' in page

    def told(text: str) -> bool:
        return any(number in text for number in numbers)

    assert not told(page)
    assert not {where for where, text in dump() if told(text)}
    for path in files(Path(settings.DATA_DIR)):
        assert not told(path.read_bytes().decode("utf-8", "replace")), path
    assert not [record.name for record in caplog.records if told(record.getMessage())]


def test_a_list_of_a_department_shows_and_leaves_no_full_number(canary, signed_in, ground, settings, caplog):  # noqa: F811
    """Of somebody registered and of a stranger: what each role reads of it, what is kept, what is told and settled."""
    caplog.set_level(logging.DEBUG)
    outside = stranger()
    asked = {"kind": "低保", "area": ground.county.code, "as_on": "2018-11-01"}
    answer = signed_in("department").post(
        DEPARTMENT, {**asked, "file": book(said(canary.head, name="演示误"), outside)}
    )
    assert answer.status_code == 303
    work_off()
    listed = DepartmentList.objects.get()
    found = ListDifference.objects.filter(department_list=listed)
    assert found.filter(person=canary.head).exists() and found.filter(person=None).exists()

    def told(text: str) -> bool:
        return bool(found_in(text)) or outside[1] in text

    addresses = [reverse("measures:department-list", args=[listed.pk]), reverse("measures:list-differences")]
    addresses += [reverse("measures:list-difference", args=[one.pk]) for one in found]
    masked = set()
    for role in PEOPLE:
        client = signed_in(role)
        for address in addresses:
            page = content(client.get(address)).decode()
            assert not told(page), (role, address)
            if mask_id(IDENTITY) in page:
                masked.add(role)
    assert "district" in masked
    client = signed_in("district")
    assert client.post(reverse("measures:list-tell", args=[listed.pk])).status_code == 303
    for one in found:
        client.post(reverse("measures:list-difference-take", args=[one.pk]))
    assert not {where for where, text in dump() if told(text)}
    assert not [
        path for path in files(Path(settings.DATA_DIR)) if told(path.read_bytes().decode("utf-8", "replace"))
    ]
    assert not [record.name for record in caplog.records if told(record.getMessage())]
