"""The national person sheet into the register: matched, previewed, written, undone (`/imports/`, import_register)."""

import json
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from households.models import ClosedYear, Household, ImportBatch, ImportRow, ImportState, Person, StatusEvent
from office import clock
from office.jobs import run_job
from office.models import Job
from tests.households.national_sheets import FAMILY, HEAD, SPOUSE, said_of, workbook

pytestmark = pytest.mark.django_db


def work_off():
    for job in Job.objects.waiting().order_by("queued_at"):
        run_job(str(job.pk))


@pytest.fixture
def upload(signed_in, url):
    """upload(*rows) sends the sheet and works its check off; the batch."""

    def send(*rows, role="village", **more):
        file = SimpleUploadedFile("全国.xlsx", workbook(*rows, **more))
        answer = signed_in(role).post(url("households:imports"), {"file": file})
        assert answer.status_code == 303, answer.content.decode()
        work_off()
        return ImportBatch.objects.latest("uploaded_at")

    return send


@pytest.fixture
def confirm(signed_in, url):
    def press(batch, act="confirm", role="village"):
        assert signed_in(role).post(url(f"households:import-{act}", batch.pk)).status_code == 303
        work_off()
        batch.refresh_from_db()
        return batch

    return press


def told(batch, blocks=True):
    rows = ImportRow.objects.filter(batch=batch, blocks=blocks).order_by("row")
    return [(row.row, title, code) for row in rows for _, title, code, _ in row.faults]


def test_a_family_is_previewed_written_with_its_printed_numbers_and_undone(
    upload, confirm, ground, signed_in, url
):
    batch = upload(HEAD, SPOUSE)
    assert told(batch) == [] and batch.state == ImportState.READY
    assert (batch.rows, batch.created, batch.updated) == (2, 2, 0)
    assert not Household.objects.exists()
    page = signed_in("village").get(url("households:import", batch.pk)).content.decode()
    assert "演示张三" in page and "990405195006150014" not in page and "13800001234" not in page
    assert confirm(batch).state == ImportState.APPLIED
    household = Household.objects.get()
    assert (household.national_number, household.village, household.phone) == (
        FAMILY,
        ground.village,
        "13800001234",
    )
    assert household.poverty_standard == "国家标准" and household.registered_on is None, "an applicant"
    head, spouse = household.persons.order_by("number")
    assert (head.name, head.national_number, head.relation) == ("演示张三", "0370405000001", "户主")
    assert head.id_number == "990405195006150014" and head.health == ("长期慢性病",)
    assert head.schooling == "非在校生" and spouse.birth_date.year == 1952
    assert confirm(batch, "undo").state == ImportState.UNDONE and not Household.objects.exists()


def test_people_of_the_register_are_found_by_identity_number_and_a_second_import_changes_nothing(
    make_household, upload, confirm
):
    household = make_household(persons=2)
    rows = said_of(household, 文化程度="初中", **{"务工时间(月)": "6"})
    batch = upload(*rows)
    assert told(batch) == [] and (batch.created, batch.updated) == (0, 2)
    confirm(batch)
    household.refresh_from_db()
    head = household.head
    assert household.national_number == f"QG{household.number}" and Household.objects.count() == 1
    assert (head.education, head.work_months, head.national_number) == ("初中", 6, f"QG{head.number}")
    rows[0]["备注"] = None
    again = upload(*rows, headers=list(reversed(list(rows[0])))[1:])
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)


def test_blank_means_leave_alone(make_household, upload, confirm):
    household = make_household(persons=1, phone="13800001234")
    Person.objects.update(education="小学")
    rows = said_of(household)
    rows[0].update({"户联系电话": None, "民族": None, "文化程度": None})
    confirm(upload(*rows))
    household.refresh_from_db()
    assert household.phone == "13800001234" and household.head.education == "小学"


def test_by_the_printed_number_a_corrected_identity_number_is_a_change(make_household, upload, confirm):
    household = make_household(persons=1)
    confirm(upload(*said_of(household)))
    household.refresh_from_db()
    changed = {"证件号码": "990405195006150014", "户主证件号码": None, "性别": "男", "出生日期": "1950-06-15"}
    batch = confirm(upload(*said_of(household, **changed)))
    assert batch.state == ImportState.APPLIED
    assert Person.objects.get().id_number == "990405195006150014"


def test_a_masked_number_of_the_same_person_changes_nothing_of_another_is_refused(
    make_household, upload, confirm
):
    household = make_household(persons=1)
    confirm(upload(*said_of(household)))
    household.refresh_from_db()
    number = household.head.id_number
    masked = {"证件号码": number[:4] + "*" * 10 + number[-4:], "户主证件号码": None}
    assert upload(*said_of(household, **masked)).unchanged == 1
    masked["证件号码"] = "1234" + "*" * 10 + number[-4:]
    assert told(upload(*said_of(household, **masked))) == [(2, "证件号码", "I006")]


def test_copied_columns_are_compared_and_never_stored(make_household, upload):
    household = make_household(persons=1)
    batch = upload(*said_of(household, 户主姓名="演示别人"))
    assert told(batch) == [(2, "户主姓名", "I024")] and batch.state == ImportState.FAULTY


def test_a_numeric_identity_number_is_refused_with_its_row_and_column(upload):
    batch = upload(HEAD, {**SPOUSE, "证件号码": 990405195206150027})
    assert (3, "证件号码", "C014") in told(batch)
    assert batch.bad_rows.get(row=3).faults[0][0] == "L"


def test_a_household_with_one_bad_row_stays_out_whole(upload):
    other = {**HEAD, "户编号": "H2", "人口编号": "P2", "证件号码": "99040519700615003X", "户主证件号码": None}
    other.update({"出生日期": "1970-06-15"})
    batch = upload(HEAD, {**SPOUSE, "民族": "火星族"}, other)
    assert told(batch) == [(3, "民族", "C002")]
    assert [change.key for change in batch.changes.all()] == ["H2"]


def test_elsewhere_and_nowhere_read_alike(make_household, upload, ground):
    foreign = make_household(village=ground.foreign_village, persons=1)
    taken = {**HEAD, "证件号码": foreign.head.id_number, "户主证件号码": None}
    taken.update({"性别": foreign.head.sex, "出生日期": foreign.head.birth_date.isoformat()})
    assert told(upload(taken)) == [(2, "证件号码", "C012")]
    messages = set()
    for village, town in (("演示西村", "西演示镇"), ("没有的村", "东演示镇")):
        batch = upload({**HEAD, "村": village, "乡": town})
        messages |= {fault[3] for row in batch.bad_rows for fault in row.faults}
    assert len(messages) == 1


def test_a_new_member_of_a_registered_household_joins_by_an_event(make_household, upload, confirm):
    household = make_household(persons=1)
    rows = said_of(household)
    child = {
        **rows[0],
        "人口编号": "P9",
        "姓名": "演示小",
        "证件号码": "990405201006150055",
        "与户主关系": "之子",
    }
    child.update({"性别": "男", "出生日期": "2010-06-15", "健康状况": "健康"})
    batch = upload(*rows, child)
    assert told(batch) == [] and batch.created == 1
    assert (3, "人口编号", "I028") in told(batch, blocks=False)
    confirm(batch)
    assert Household.objects.get().member_count == 2
    event = StatusEvent.objects.latest("pk")
    assert (event.kind, event.person.name, event.on.isoformat()) == ("增员", "演示小", "2018-11-20")


def test_what_events_keep_is_shown_and_left_alone(make_household, upload, confirm, ground):
    household = make_household(persons=1)
    batch = upload(*said_of(household, 识别标准="省定标准", 村="演示南村"), role="town")
    assert {code for _, _, code in told(batch, blocks=False)} >= {"I027"}
    confirm(batch, role="town")
    household.refresh_from_db()
    assert (household.poverty_standard, household.village) == ("国家标准", ground.village)


def test_a_closed_year_is_not_changed(make_household, upload, ground):
    household = make_household(persons=1)
    ClosedYear.objects.create(county=ground.county, year=2017, closed_at=clock.moment())
    rows = said_of(household, 文化程度="小学", 年度="2017")
    assert (2, "年度", "I015") in told(upload(*rows))


def test_members_that_the_sheet_does_not_name_stay(make_household, upload, confirm):
    household = make_household(persons=2)
    confirm(upload(*said_of(household)[:1]))
    assert household.persons.filter(present=True).count() == 2


def test_a_missing_grade_of_disability_is_listed_not_refused(upload):
    batch = upload({**HEAD, "健康状况": "残疾", "残疾类别": "肢体残疾"})
    assert told(batch) == [] and any(code == "C034" for _, _, code in told(batch, blocks=False))


def test_our_own_numbers_are_believed_of_the_same_names(make_household, upload, confirm):
    household = make_household(persons=2)
    rows = said_of(household, 文化程度="小学")
    for row, person in zip(rows, household.persons.order_by("number"), strict=True):
        row.update(
            {"户编号": household.number, "人口编号": person.number, "证件号码": None, "户主证件号码": None}
        )
    batch = upload(*rows)
    assert told(batch) == [] and (batch.updated, batch.unchanged) == (1, 1)
    confirm(batch)
    household.refresh_from_db()
    assert (household.national_number, household.head.education) == ("", "小学")
    for row in rows:
        row["姓名"] = row["户主姓名"] = "演示别人"
    assert upload(*rows).state == ImportState.FAULTY


def test_an_unknown_industry_stays_as_printed(make_household, upload, confirm):
    household = make_household(persons=1)
    batch = confirm(upload(*said_of(household, 产业分类="林下经济")))
    assert batch.state == ImportState.APPLIED and household.head.industry_class == "林下经济"


def test_the_command_takes_it(make_household, tmp_path, cast):
    path = tmp_path / "national.xlsx"
    path.write_bytes(workbook(HEAD, {**SPOUSE, "民族": "火星族"}))

    def run(*options):
        out = StringIO()
        try:
            call_command("import_register", str(path), "--user", "village", *options, stdout=out)
        except SystemExit as ended:
            assert ended.code == 1
        return json.loads(out.getvalue())

    (error,) = run("--dry-run")["errors"]
    assert (error["sheet"], error["row"], error["column"], error["code"]) == ("人口信息", 3, "M", "C002")
    path.write_bytes(workbook(HEAD, SPOUSE))
    counts = {"rows": 2, "created": 2, "updated": 0, "unchanged": 0, "errors": []}
    assert run("--dry-run") == counts and not Household.objects.exists()
    assert run() == counts and Household.objects.get().national_number == FAMILY
