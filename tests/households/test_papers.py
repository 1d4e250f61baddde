"""Papers of a household: taken in once checked, sealed, given out to who sees the household, struck out with a reason."""

import os
import time
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from households.jobs import sweep_files
from households.models import Paper
from office.attachments import Attachment
from office.models import TrailRow
from tests.office.handmade import pdf, png

pytestmark = pytest.mark.django_db
PDF = pdf()


@pytest.fixture
def household(make_household):
    return make_household(persons=1)


def file_of(household, paper: Paper) -> str:
    """The address of its first file."""
    return at(household, paper.pk, "files", Attachment.objects.of(paper)[0].pk)


def at(household, *rest) -> str:
    return "/".join(["/households", household.number, "papers", *map(str, rest), ""])


def typed(**other) -> dict:
    file = SimpleUploadedFile("村民代表会议.pdf", PDF, "application/pdf")
    return {"kind": "会议记录", "made_on": "2018-11-01", "note": "民主评议", "file": file, **other}


def taken_in(household, client, **other) -> Paper:
    answer = client.post(at(household, "new"), typed(**other))
    assert answer.status_code == 303, answer.content.decode()
    return Paper.objects.get()


def test_meeting_minutes_are_kept_with_the_household(household, signed_in):
    """R015: the evidence of the villagers' meeting."""
    client = signed_in("village")
    paper = taken_in(household, client)
    page = client.get(f"/households/{household.number}/").content.decode()
    assert "会议记录" in page and "村民代表会议" in page and "民主评议" in page
    answer = client.get(file_of(household, paper))
    assert answer.content.startswith(b"%PDF-")
    assert "attachment" in answer["Content-Disposition"]
    assert set(TrailRow.objects.values_list("action", flat=True)) >= {"存入档案材料", "查看档案材料"}


def test_the_kind_is_chosen_from_a_list(household, signed_in):
    page = signed_in("village").get(at(household, "new")).content.decode()
    for kind in ("入户调查表", "承诺书", "其他"):
        assert f'<option value="{kind}">' in page
    assert "multiple" in page and 'enctype="multipart/form-data"' in page


def test_it_lies_sealed_on_disk(household, signed_in, settings):
    taken_in(household, signed_in("village"))
    files = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert files and not any(b"%PDF" in path.read_bytes() for path in files)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": ""},
        {"kind": "不在内"},
        {"made_on": "2018-11-21"},
        {"file": SimpleUploadedFile("a.pdf", b"MZ no pdf")},
        {"file": ""},
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_kept(household, signed_in, wrong):
    answer = signed_in("village").post(at(household, "new"), typed(**wrong))
    assert answer.status_code == 422
    assert "民主评议" in answer.content.decode()
    assert not Paper.objects.exists() and not Attachment.objects.exists()


def test_a_photo_loses_its_position(household, signed_in):
    file = SimpleUploadedFile("房子.png", png())
    assert taken_in(household, signed_in("village"), kind="住房照片", file=file).kind == "住房照片"
    assert Attachment.objects.get().kind == "png"


def test_seen_where_the_household_is_seen(household, signed_in, make_household):
    paper = taken_in(household, signed_in("village"))
    address = file_of(household, paper)
    assert signed_in("leader").get(address).status_code == 200
    assert signed_in("other_town_user").get(address).status_code == 404
    assert signed_in("department").get(address).status_code == 403
    assert (
        signed_in("village").get(address.replace(household.number, make_household().number)).status_code
        == 404
    )


def test_struck_out_it_stays_with_its_reason(household, signed_in):
    client = signed_in("village")
    paper = taken_in(household, client)
    address = at(household, paper.pk, "strike")
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "传错户"}).status_code == 303
    assert client.post(address, {"reason": "又一次"}).status_code == 409
    page = client.get(f"/households/{household.number}/").content.decode()
    assert "已作废：传错户" in page
    assert not household.papers.standing().exists()


def test_only_town_and_district_strike_out_what_another_took_in(household, signed_in):
    paper = taken_in(household, signed_in("town"))
    address = at(household, paper.pk, "strike")
    assert signed_in("village").post(address, {"reason": "不对"}).status_code == 403
    assert signed_in("district").post(address, {"reason": "不对"}).status_code == 303


def test_several_files_of_one_paper_are_all_kept_or_none(household, signed_in, settings):
    client = signed_in("village")
    pages = [SimpleUploadedFile(name, png()) for name in ("第一页.png", "第二页.png")]
    paper = taken_in(household, client, kind="入户调查表", file=pages)
    assert [one.label for one in Attachment.objects.of(paper)] == ["第一页.png", "第二页.png"]
    page = client.get(f"/households/{household.number}/").content.decode()
    assert "第一页.png" in page and "第二页.png" in page
    mixed = [SimpleUploadedFile("好.png", png()), SimpleUploadedFile("坏.png", b"MZ")]
    assert client.post(at(household, "new"), typed(file=mixed)).status_code == 422
    assert Paper.objects.count() == 1 and Attachment.objects.count() == 2
    assert len([path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]) == 2


def test_the_note_is_encrypted_and_an_overlong_one_refused(household, signed_in):
    client = signed_in("village")
    taken_in(household, client, note="演示病名的诊断")
    with connection.cursor() as cursor:
        cursor.execute("select note from households_paper")
        (stored,) = cursor.fetchone()
    assert (
        "病名" not in stored
        and "演示病名的诊断" in client.get(f"/households/{household.number}/").content.decode()
    )
    assert client.post(at(household, "new"), typed(note="长" * 201)).status_code == 422


def test_a_pdf_with_a_script_is_refused_in_plain_words(household, signed_in):
    script = pdf(catalogue=b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>")
    answer = signed_in("village").post(at(household, "new"), typed(file=SimpleUploadedFile("a.pdf", script)))
    assert answer.status_code == 422 and "脚本" in answer.content.decode()
    assert not Paper.objects.exists()


def test_struck_out_it_is_not_in_the_file_of_the_household(household, signed_in):
    client = signed_in("village")
    paper = taken_in(household, client, kind="承诺书", file=SimpleUploadedFile("自愿脱贫.pdf", PDF))
    assert "自愿脱贫.pdf" in client.get(f"/households/{household.number}/dossier/").content.decode()
    client.post(at(household, paper.pk, "strike"), {"reason": "存错户"})
    assert "自愿脱贫.pdf" not in client.get(f"/households/{household.number}/dossier/").content.decode()


def test_the_nightly_sweep_takes_away_what_no_row_knows(household, signed_in, settings):
    paper = taken_in(household, signed_in("village"))
    (kept,) = (path for path in settings.MEDIA_ROOT.rglob("*.sealed"))
    orphan, torn, fresh = (kept.with_name(name) for name in (f"{uuid.uuid4().hex}.sealed", ".partx", "new"))
    for path in (orphan, torn, fresh):
        path.write_bytes(b"x")
    yesterday = time.time() - 2 * 86_400
    for path in (kept, orphan, torn):
        os.utime(path, (yesterday, yesterday))
    assert sweep_files(None, period="2018-11-20") == {"deleted": 2, "missing": 0}
    assert kept.exists() and fresh.exists() and not orphan.exists() and not torn.exists()
    assert signed_in("village").get(file_of(household, paper)).status_code == 200
    kept.unlink()
    assert sweep_files(None, period="2018-11-21") == {"deleted": 0, "missing": 1}
    assert TrailRow.objects.filter(action="清理无主附件").count() == 2
