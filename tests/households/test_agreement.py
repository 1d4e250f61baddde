"""账账相符 (`/imports/agreement/`): every disagreement of a national sheet with the register, and nothing written."""

import datetime
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from households.agreement.comparing import unsealed
from households.models import Agreement, AgreementState, Disagreement, DisagreementKind, Household, Person
from office import clock
from office.jobs import run_job, run_now
from office.models import Export, Job, TrailRow
from office.sealed_file import pieces
from tests.households.national_sheets import FAMILY, HEAD, said_of, workbook

pytestmark = pytest.mark.django_db
Kind = DisagreementKind


def work_off():
    for job in Job.objects.waiting().order_by("queued_at"):
        run_job(str(job.pk))


@pytest.fixture
def compare(signed_in, url, ground):
    """compare(*rows) uploads the sheet as the village's clerk and works it off; the comparison."""

    def send(*rows, role="village", area=None, data=None):
        file = SimpleUploadedFile("全国.xlsx", data or workbook(*rows))
        asked = {"area": (area or ground.village).code, "file": file}
        answer = signed_in(role).post(url("households:agreements"), asked)
        assert answer.status_code == 303
        work_off()
        return Agreement.objects.latest("uploaded_at")

    return send


def told(agreement, kind=None):
    """(kind, title, sheet, register) of every line."""
    lines = agreement.lines.all() if kind is None else agreement.lines.filter(kind=kind)
    return [(line.kind, line.title, *unsealed(line.content)[1:]) for line in lines]


def state_of_register():
    return (
        list(Household.objects.order_by("pk").values_list()),
        list(Person.objects.order_by("pk").values_list()),
        Household.history.count() + Person.history.count(),
    )


def test_a_sheet_that_says_the_same_agrees(make_household, compare):
    household = make_household(phone="13800001234", national_number="QG1")
    for place, person in enumerate(household.persons.all()):
        Person.objects.filter(pk=person.pk).update(national_number=f"QGP{place}")
    found = compare(*said_of(household))
    assert told(found) == []
    assert (found.state, found.agreeing, found.households, found.rows) == (AgreementState.DONE, 1, 1, 2)
    assert found.year == 2018


def test_each_kind_of_disagreement_is_listed_and_nothing_is_written(make_household, compare, ground):
    kept = make_household(phone="13800001234")
    only_here = make_household(persons=3)
    before = state_of_register()
    rows = said_of(kept, 户联系电话="13900009999", 文化程度="小学")
    rows[1]["户联系电话"] = "13900009999"
    gone = rows.pop(1)
    stranger = {**rows[0], "人口编号": "QG9", "姓名": "演示新", "证件号码": "990405201006150055"}
    stranger.update({"性别": "男", "出生日期": "2010-06-15", "与户主关系": "之子", "健康状况": "健康人"})
    found = compare(*rows, stranger, {**HEAD})
    assert sorted({kind for kind, *_ in told(found)}) == sorted(Kind.values)
    fields = {title: (sheet, register) for _, title, sheet, register in told(found, Kind.FIELD)}
    assert fields["户联系电话"] == ("139****9999", "138****1234")
    assert fields["文化程度"] == ("小学", "")
    assert "户编号" not in fields, "a number that the register was never told"
    (missing,) = found.lines.filter(kind=Kind.PERSON_IN_REGISTER)
    assert unsealed(missing.content)[0].startswith(gone["姓名"]) and missing.household == kept
    (new,) = found.lines.filter(kind=Kind.PERSON_IN_SHEET)
    assert new.row == 3 and unsealed(new.content)[0] == "演示新　9904**********0055"
    (absent,) = found.lines.filter(kind=Kind.HOUSEHOLD_IN_REGISTER)
    assert absent.household == only_here and unsealed(absent.content)[2] == "3人"
    (unknown,) = found.lines.filter(kind=Kind.HOUSEHOLD_IN_SHEET)
    assert unknown.village == ground.village and unknown.household is None
    (fault,) = found.lines.filter(kind=Kind.FAULT)
    assert (fault.title, fault.row, fault.household) == ("健康状况", 3, kept)
    assert state_of_register() == before


def test_people_are_found_by_their_printed_number_or_their_identity_number(make_household, compare):
    household = make_household()
    rows = said_of(household)
    for row in rows:
        row["人口编号"] = None
    assert told(compare(*rows)) == []
    Household.objects.update(national_number="QG1")
    for place, person in enumerate(household.persons.all()):
        Person.objects.filter(pk=person.pk).update(national_number=f"QGP{place}")
    household.refresh_from_db()
    rows = said_of(household)
    for row in rows:
        row["证件号码"] = row["户主证件号码"] = None
    assert told(compare(*rows)) == []
    for row, person in zip(rows, household.persons.all(), strict=True):
        row["证件号码"] = person.id_number[:4] + "*" * 10 + person.id_number[-4:]
    assert told(compare(*rows)) == []


def test_a_number_that_differs_or_cannot_be_read_is_told_of_the_member_with_that_name(
    make_household, compare
):
    household = make_household(persons=2)
    rows = said_of(household)
    rows[1].update({"证件号码": "990405195206150027", "出生日期": None, "性别": None})
    (line,) = told(compare(*rows))
    assert line[:2] == (Kind.FIELD, "证件号码") and line[2] == "9904**********0027"
    rows[1]["证件号码"] = 990405195206150027
    assert [line[:2] for line in told(compare(*rows))] == [(Kind.FAULT, "证件号码")]


def test_birth_dates_show_only_what_differs_and_numbers_are_masked(make_household, compare):
    household = make_household(persons=1)
    head = household.head
    born = head.birth_date.replace(year=head.birth_date.year - 1)
    other = {
        "出生日期": born.isoformat(),
        "证件号码": "990405195006150014",
        "户主证件号码": "990405195006150014",
    }
    Person.objects.update(national_number=f"QG{head.number}")
    Household.objects.update(national_number=f"QG{household.number}")
    fields = {title: values for _, title, *values in told(compare(*said_of(household, **other)))}
    assert fields["出生日期"] == [f"{born.year}-**-**", f"{head.birth_date.year}-**-**"]
    assert fields["证件号码"][0] == "9904**********0014" and head.id_number not in str(fields)


def test_somebody_on_the_register_elsewhere_is_never_located(make_household, compare, ground):
    foreign = make_household(village=ground.foreign_village, persons=1)
    rows = said_of(foreign)
    rows[0].update({"村": "演示东村", "乡": "东演示镇", "县": "演示区"})
    found = compare(*rows)
    assert told(found) == [(Kind.FAULT, "证件号码", "该证件号码已在册", "")]
    assert found.lines.get().household is None


def test_a_village_elsewhere_reads_like_one_that_does_not_exist(compare, ground, make_household):
    def words(village, town="东演示镇"):
        return [line[2] for line in told(compare({**HEAD, "村": village, "乡": town}))]

    assert words("演示西村", "西演示镇") == words("没有的村") != []


def test_what_is_found_is_sealed_and_the_upload_gone(make_household, compare, settings):
    household = make_household(phone="13800001234")
    found = compare(*said_of(household, 户联系电话="13900009999"))
    raw = found.lines.extra(select={"raw": "content"}).values_list("raw", flat=True)
    assert raw and all(text.startswith("v1:") for text in raw)
    assert not list((settings.MEDIA_ROOT / "imports").glob("*"))
    assert "13900009999" not in str(list(TrailRow.objects.values_list("detail")))
    assert "13900009999" not in json.dumps(list(Job.objects.values_list("params", "result", "message")))


def test_the_page_counts_by_kind_and_village_and_every_figure_opens_its_list(
    make_household, compare, signed_in, url, ground
):
    make_household(village=ground.village)
    make_household(village=ground.sibling_village)
    found = compare(HEAD, role="town", area=ground.town)
    client = signed_in("town")
    page = client.get(url("households:agreement", found.pk)).content.decode()
    assert 'data-total="3"' in page
    links = re.findall(r'<a href="([^"]*(?:kind|area|title)=[^"]+)">(\d+)</a>', page)
    assert len(links) >= 5
    for address, count in links:
        narrowed = client.get(address.replace("&amp;", "&")).content.decode()
        assert f'data-total="{count}"' in narrowed
    number = Household.objects.first().number
    assert url("households:detail", number) in page


def test_the_list_is_exported_as_it_is_narrowed(make_household, compare, signed_in, url, ground):
    make_household()
    found = compare(HEAD)
    client = signed_in("village")
    page = client.get(url("households:agreement", found.pk, kind="h_sheet")).content.decode()
    asked = dict(re.findall(r'<input type="hidden" name="(list|query|once)" value="([^"]*)">', page))
    asked["query"] = asked["query"].replace("&amp;", "&")
    assert client.post(url("accounts:export-new"), {**asked, "format": "csv"}).status_code == 303
    work_off()
    made = Export.objects.get()
    lines = b"".join(pieces(made.path, made.pk)).decode("utf-8-sig").splitlines()
    assert len(lines) == 2 and "系统里没有的户" in lines[1] and "990405195006150014" not in lines[1]


def test_statements_do_not_grow_with_the_list(make_household, compare, signed_in, url):
    client = signed_in("village")

    def taken():
        found = compare(HEAD)
        client.get("/households/")
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url("households:agreement", found.pk)).status_code == 200
        return len(seen)

    make_household(persons=1)
    few = taken()
    for _ in range(40):
        make_household(persons=1)
    assert taken() == few <= 12


def test_another_clerk_sees_neither_list_nor_lines(make_household, compare, signed_in, url):
    found = compare(HEAD)
    assert signed_in("town").get(url("households:agreement", found.pk)).status_code == 404
    assert str(found.pk) not in signed_in("town").get(url("households:agreements")).content.decode()


def test_an_area_elsewhere_is_refused(signed_in, url, ground, cast):
    file = SimpleUploadedFile("全国.xlsx", workbook(HEAD))
    asked = {"area": ground.other_village.code, "file": file}
    answer = signed_in("village").post(url("households:agreements"), asked)
    assert answer.status_code == 422 and not Agreement.objects.exists() and not Job.objects.exists()


def test_what_is_no_national_sheet_says_so(compare, signed_in, url):
    for data, word in ((workbook(HEAD, headers=["姓名", "证件号码"]), "没有找到"), (b"x,y", "csv")):
        found = compare(data=data)
        assert found.state != AgreementState.DONE and not found.lines.exists()
        assert word in signed_in("village").get(url("households:agreement", found.pk)).content.decode()


def test_a_second_run_of_the_job_keeps_one_set_of_lines(make_household, compare, cast):
    make_household()
    found = compare(HEAD)
    lines = found.lines.count()
    run_now("register-agreement", params={"agreement": str(found.pk)}, owner=cast["village"])
    assert found.lines.count() == lines == found.lines_found


def test_lines_go_after_seven_days_and_the_counts_stay(make_household, compare, signed_in, url):
    found = compare(HEAD)
    Agreement.objects.update(uploaded_at=clock.moment() - datetime.timedelta(days=8))
    run_now("agreements-expire", params={"period": "2018-11-20"})
    assert not Disagreement.objects.exists()
    page = signed_in("village").get(url("households:agreement", found.pk)).content.decode()
    assert "已经清除" in page and Agreement.objects.get().lines_found == 1


def test_the_family_of_the_sheets_is_not_in_the_register(compare):
    assert told(compare(HEAD)) == [(Kind.HOUSEHOLD_IN_SHEET, "户", "1人", "")]
    assert FAMILY not in str(list(TrailRow.objects.values_list("detail")))
