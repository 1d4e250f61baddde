"""`/audits/<list>/archive/`: the whole of a list as one zip with its index (R046)."""

import datetime
import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from audits.jobs import expire_list_archives
from audits.models import ListArchive
from office import attachments
from office.jobs import run_job
from office.models import Job, JobState, TrailRow
from tests.audits.driver import FIRST
from tests.office.handmade import PDF
from tests.test_canary import canary, found_in  # noqa: F401

pytestmark = pytest.mark.django_db
SAFE = re.compile(r"(?:[1-5][\w]+/)?[\w（）]+\.(?:html|xlsx|css|pdf|png|jpg)")


def made(client, audit_list):
    """The job of the archive, done."""
    answer = client.post(f"/audits/{audit_list.pk}/archive/")
    assert answer.status_code == 303
    for job in Job.objects.waiting():
        run_job(str(job.pk))
    job = Job.objects.order_by("-queued_at").first()
    assert job.state == JobState.DONE, job.error
    return job


def opened_zip(client, job):
    answer = client.get(job.result["url"])
    assert answer.status_code == 200 and answer["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_the_archive_of_an_exit_holds_everything_and_its_index_names_every_file(
    opened, driver, cast, signed_in
):
    audit_list = opened("household-exit", 2)
    with attachments.on_disk(attachments.check(SimpleUploadedFile("名单.pdf", PDF))) as file:
        audit_list.attach(audit_list.step.papers[0], file, by=cast["village"], on=FIRST)
    day = driver.reach(audit_list, "village-notice")
    driver.post(audit_list, day)
    objection = audit_list.object_to("收入不实", by=cast["village"], on=day, entry=audit_list.entries.first())
    audit_list.settle(objection, upheld=False, investigation="查过", answer="不属实", by=cast["town"], on=day)
    client = signed_in("district")
    pack = opened_zip(client, made(client, audit_list))
    assert pack.testzip() is None
    names = pack.namelist()
    assert all(SAFE.fullmatch(name) for name in names), names
    index = pack.read("目录.html").decode()
    assert {name for name in names if "/" in name} == set(re.findall(r'href="([^"]+/[^"]+)"', index))
    book = load_workbook(io.BytesIO(pack.read("目录.xlsx"))).active
    files = {row[5] for row in book.iter_rows(min_row=4, values_only=True) if row[5]}
    assert files == {name for name in names if "/" in name}
    by_folder = {folder: [name for name in names if name.startswith(folder)] for folder in "12345"}
    assert len(by_folder["1"]) == 9
    assert [name.rsplit(".")[-1] for name in by_folder["2"]] == ["html", "xlsx", "png"]
    assert len(by_folder["3"]) == 4 and len(by_folder["4"]) == 1
    assert sorted(name.rsplit(".")[-1] for name in by_folder["5"]) == ["pdf", *["png"] * 5]
    appraisal = next(pack.read(name).decode() for name in by_folder["3"] if "民主评议" in name)
    assert "5,000.00" in appraisal and "当时的数据" in appraisal
    assert "不属实" in pack.read(by_folder["4"][0]).decode()
    scanned = next(name for name in by_folder["5"] if name.endswith(".pdf"))
    assert pack.read(scanned).startswith(b"%PDF")
    archive = ListArchive.objects.get()
    assert archive.files == len(names) and archive.list_version == audit_list.version
    assert set(TrailRow.objects.filter(subject_id=str(archive.pk)).values_list("action", flat=True)) == {
        "制作名单档案",
        "下载名单档案",
    }


def test_it_is_the_askers_alone_while_it_is_kept_and_sealed_on_disk(
    opened, signed_in, cast, settings, ground
):
    audit_list = opened("household-exit")
    client = signed_in("town")
    job = made(client, audit_list)
    archive = ListArchive.objects.get()
    assert archive.path.read_bytes()[4:6] != b"PK" and "演示甲".encode() not in archive.path.read_bytes()
    assert signed_in("district").get(job.result["url"]).status_code == 404
    assert client.get(f"/audits/{audit_list.pk}/papers/").content.decode().count(job.result["url"]) == 1
    cast["town"].duties.update(area=ground.other_town)
    assert signed_in("town").get(job.result["url"]).status_code == 404
    cast["town"].duties.update(area=ground.town)
    ListArchive.objects.update(asked_at=archive.asked_at - datetime.timedelta(days=settings.EXPORT_DAYS))
    assert signed_in("town").get(job.result["url"]).status_code == 404
    expire_list_archives(None, period="2018-11-20T10")
    assert not ListArchive.objects.exists()


def test_asked_twice_it_is_made_once(opened, signed_in):
    audit_list, client = opened("household-exit"), signed_in("town")
    places = {client.post(f"/audits/{audit_list.pk}/archive/")["Location"] for _ in range(3)}
    assert len(places) == 1 and ListArchive.objects.count() == 1


def test_who_lost_the_area_before_it_is_made_gets_nothing(opened, signed_in, cast, ground):
    audit_list = opened("household-exit")
    signed_in("town").post(f"/audits/{audit_list.pk}/archive/")
    cast["town"].duties.update(area=ground.other_town)
    job = Job.objects.get()
    run_job(str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.FAILED and "不在当前任职" in job.error
    assert not list(ListArchive().path.parent.glob("*"))


def test_nothing_in_it_is_a_number_in_full(canary, driver, signed_in, cast):  # noqa: F811
    audit_list = driver.open("renovation", canary)
    client = signed_in("district")
    answer = client.get(made(client, audit_list).result["url"])
    assert not found_in(b"".join(answer.streaming_content))
