"""Department lists: matched by number, told apart both ways, and no word to the department of who is registered."""

import datetime
import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from households.models import Household, Living, Person
from measures.departments import taken
from measures.departments.jobs import expire_lists
from measures.departments.kinds import KINDS, of_units
from measures.models import DepartmentList, DifferenceKind, ListDifference, ListRow, ListState, Settled
from office import clock, exports, rotation
from office.findings import Finding, FindingState
from office.models import Job, TrailRow
from tests.conftest import identity_number, make_user
from tests.measures.department_books import LISTS, book, found, said, stranger, work_off

pytestmark = pytest.mark.django_db
Kind = DifferenceKind
DAY = datetime.date(2018, 11, 20)


def test_a_list_that_says_the_same_agrees(homes, send):
    listed = send(said(homes[0].head))
    assert (listed.state, listed.rows, listed.matched, listed.agreeing) == (ListState.DONE, 1, 1, 1)
    assert found(listed) == []


def test_differences_are_found_both_ways(homes, send):
    listed = send(said(homes[1].head), stranger(), said(homes[2].head, name="演示误"))
    assert found(listed) == [
        (Kind.NOT_FLAGGED, "享受低保", "是", ""),
        (Kind.NOT_REGISTERED, "享受低保", "演示西村", ""),
        (Kind.VALUE, "姓名", "演示误", "演示甲"),
        (Kind.NOT_FLAGGED, "享受低保", "是", ""),
        (Kind.NOT_LISTED, "享受低保", "", "是"),
    ]
    assert (listed.rows, listed.matched, listed.agreeing) == (3, 2, 0)


def test_a_grade_that_differs_is_told_with_both_values(homes, send, ground):
    one, other = homes[0].head, homes[1].head
    Person.objects.filter(pk__in=[one.pk, other.pk]).update(disability_grade="二级", health=("残疾",))
    make_user("disabled", "department", ground.county, "残联")
    listed = send(said(one, "2级"), said(other, "三级"), kind="残疾证", who="district")
    assert found(listed) == [(Kind.VALUE, "残疾等级", "三级", "二级")]


def test_a_list_of_houses_is_held_against_the_last_year(homes, send):
    for year, grade in ((2016, "D级"), (2017, "A级")):
        Living.objects.create(household=homes[0], year=year, house_grade=grade)
    Living.objects.create(household=homes[1], year=2017, house_grade="C级")
    Living.objects.create(household=homes[2], year=2017, house_grade="D级")
    second = homes[1].persons.exclude(pk=homes[1].head.pk).get()
    listed = send(said(homes[0].head, "D级"), said(second, "C"), kind="危房", who="district")
    assert found(listed) == [(Kind.NOT_FLAGGED, "住危房", "是", ""), (Kind.NOT_LISTED, "住危房", "", "是")]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_reads_a_list_of_everybody(homes, send, kind):
    people = [said(person) for person in Person.objects.order_by("pk")]
    listed = send(*people, kind=kind, who="district")
    assert (listed.rows, listed.matched, listed.faulty) == (6, 6, 0)
    assert not ListDifference.objects.filter(department_list=listed, kind=Kind.NOT_LISTED).exists()


def test_whoever_is_cancelled_gone_or_only_applying_is_not_on_the_register(make_household, send):
    applicant, cancelled, kept = make_household(on=None), make_household(), make_household()
    Household.objects.filter(pk=cancelled.pk).update(removed_on=DAY, removal_reason="全户迁出")
    gone = kept.persons.exclude(pk=kept.head.pk).get()
    Person.objects.filter(pk=gone.pk).update(present=False, left_on=DAY, leave_reason="死亡")
    listed = send(said(applicant.head), said(cancelled.head), said(gone))
    assert listed.matched == 0
    assert {kind for kind, *_ in found(listed)} == {Kind.NOT_REGISTERED}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (["演示甲", 990405194001010014, "", "", ""], "是数字"),
        (["演示甲", "", "", "", ""], "没有证件号码"),
        (["", identity_number(3), "", "", ""], "没有姓名"),
        (["演示甲", "990405400101001", "", "", ""], "18位"),
        (["演示甲", identity_number(3)[:-1] + "?", "", "", ""], "不允许"),
        (["演示" * 31, identity_number(3), "", "", ""], "超过 60 个字"),
    ],
)
def test_a_row_that_cannot_be_matched_says_why(send, signed_in, ground, row, why):
    listed = send(row, ["演示乙", identity_number(9), "", "", ""])
    assert (listed.rows, listed.faulty) == (2, 1)
    assert why in ListRow.objects.get(department_list=listed, row=2).fault
    page = signed_in("department").get(f"{LISTS}{listed.pk}/?word=未匹配").content.decode()
    assert why in page and 'data-total="1"' in page


def test_a_number_that_stands_twice_is_matched_once(homes, send):
    listed = send(said(homes[0].head), said(homes[0].head))
    assert (listed.rows, listed.faulty, listed.matched) == (2, 1, 1)
    assert ListRow.objects.get(row=3).fault == "与第 2 行的证件号码重复"


def refused(client, ground, **asked):
    base = {"kind": "低保", "area": ground.county.code, "as_on": "2018-11-01", "file": book(stranger())}
    return client.post(LISTS, {**base, **asked})


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"kind": "残疾证"}, "这种名单不由本部门报送"),
        ({"kind": ""}, "请选名单的种类"),
        ({"area": "370406000000"}, "不在当前任职的区域内"),
        ({"as_on": "2018-11-21"}, "不能晚于今天"),
        ({"as_on": "昨天"}, "日期认不出来"),
        ({"file": ""}, "请选择文件"),
    ],
)
def test_bad_input_is_refused_and_keeps_what_was_chosen(signed_in, ground, asked, why):
    answer = refused(signed_in("department"), ground, **asked)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not DepartmentList.objects.exists() and not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("名单.csv", "姓名,证件号码\n".encode(), "不是 .xlsx 工作簿"),
        ("名单.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "旧格式"),
        ("名单.xlsx", b"PK\x03\x04broken", "不完整或已损坏"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused_with_its_reason(send, signed_in, name, data, why):
    listed = send(file=SimpleUploadedFile(name, data))
    assert listed.state == ListState.REFUSED and why in listed.reason
    assert why in signed_in("department").get(f"{LISTS}{listed.pk}/").content.decode()
    assert not ListRow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_workbook_without_the_two_columns_is_refused(send):
    listed = send(file=book(["演示甲", "张三"], head=["名字", "村"]))
    assert listed.state == ListState.REFUSED and "没有找到表头" in listed.reason
    assert send(file=book()).reason == "表头下面没有人"


def test_a_title_and_other_words_for_the_columns_are_read(homes, send):
    person = homes[0].head
    rows = [["序号", "姓名", "身份证号"], ["1", person.name, person.id_number]]
    listed = send(file=book(*rows, head=["低保人员名册"]))
    assert (listed.state, listed.matched, listed.agreeing) == (ListState.DONE, 1, 1)


def test_a_workbook_of_40_megabytes_is_refused_in_plain_words(signed_in, ground, settings):
    assert settings.UPLOAD_MEGABYTES == 32
    big = SimpleUploadedFile("名单.xlsx", b"PK\x03\x04" + b"0" * (40 << 20))
    answer = refused(signed_in("department"), ground, file=big)
    assert answer.status_code == 413
    assert "文件超过 32 MB" in answer.content.decode()
    assert not DepartmentList.objects.exists()


def test_one_over_the_limit_but_within_the_body_is_refused_by_the_form(signed_in, ground, settings):
    settings.UPLOAD_MEGABYTES = 1
    data = io.BytesIO(b"PK\x03\x04" + b"0" * ((1 << 20) + 100))
    answer = refused(signed_in("department"), ground, file=SimpleUploadedFile("名单.xlsx", data.getvalue()))
    assert answer.status_code == 422 and "文件超过 1 MB" in answer.content.decode()


def test_the_district_sees_the_household_and_settles_each_once(homes, send, signed_in):
    listed, client = send(said(homes[1].head)), signed_in("district")
    page = client.get(f"{LISTS}differences/?list={listed.pk}").content.decode()
    assert f"/households/{homes[1].number}/" in page and 'data-total="2"' in page
    one = ListDifference.objects.get(department_list=listed, kind=Kind.NOT_FLAGGED)
    assert client.post(f"{LISTS}differences/{one.pk}/keep/", {"reason": ""}).status_code == 422
    assert client.post(f"{LISTS}differences/{one.pk}/keep/", {"reason": "上月已停"}).status_code == 303
    assert client.post(f"{LISTS}differences/{one.pk}/take/").status_code == 409
    one.refresh_from_db()
    assert (one.settled, one.reason, str(one.settled_by)) == (Settled.KEPT, "上月已停", "演示district")
    assert not Finding.objects.exists()


def test_one_that_was_kept_stays_quiet_until_it_changes(homes, send, signed_in):
    first = send(said(homes[0].head), said(homes[1].head))
    one = ListDifference.objects.get(department_list=first)
    signed_in("district").post(f"{LISTS}differences/{one.pk}/keep/", {"reason": "上月已停"})
    assert found(send(said(homes[0].head), said(homes[1].head))) == []
    Person.objects.filter(pk=homes[1].head.pk).update(name="演示改")
    kinds = [kind for kind, *_ in found(send(said(homes[0].head), said(homes[1].head, name="演示改")))]
    assert kinds == [Kind.NOT_FLAGGED]


def test_a_new_list_takes_the_place_of_what_waited(homes, send):
    first = send(said(homes[1].head))
    second = send(said(homes[0].head))
    assert not ListDifference.objects.filter(department_list=first).exists()
    assert found(second) == []


def test_one_taken_over_is_a_finding_until_the_register_agrees(homes, send, signed_in):
    listed, client = send(said(homes[0].head), said(homes[1].head)), signed_in("district")
    one = ListDifference.objects.get(department_list=listed)
    assert client.post(f"{LISTS}differences/{one.pk}/take/").status_code == 303
    finding = Finding.objects.get(rule="D001")
    assert finding.area == homes[1].village and "民政低保名单" in finding.message
    page = signed_in("village").get("/findings/?rule=D001").content.decode()
    assert f"/households/{homes[1].number}/" in page
    assert signed_in("village").get(f"/findings/{finding.pk}/").status_code == 200
    taken.recheck(DAY)
    assert Finding.objects.get().state == FindingState.OPEN
    Person.objects.filter(pk=homes[1].head.pk).update(subsistence_allowance=True)
    taken.recheck(DAY)
    assert Finding.objects.get().state == FindingState.GONE
    assert TrailRow.objects.filter(action="差异转为疑点").exists()


def test_somebody_the_register_does_not_know_is_no_finding(send, signed_in):
    listed = send(stranger())
    one = ListDifference.objects.get(department_list=listed)
    answer = signed_in("district").post(f"{LISTS}differences/{one.pk}/take/")
    assert answer.status_code == 422 and "系统里没有这个人" in answer.content.decode()
    one.refresh_from_db()
    assert one.is_open


def test_after_seven_days_rows_and_strangers_are_gone_and_households_stay(homes, send, office_day):
    listed = send(said(homes[1].head), stranger())
    expire_lists(None, period="2018-11-27")
    assert ListRow.objects.count() == 2
    DepartmentList.objects.update(uploaded_at=clock.moment() - datetime.timedelta(days=7, minutes=1))
    expire_lists(None, period="2018-11-28")
    assert not ListRow.objects.exists()
    assert {kind for kind, *_ in found(listed)} == {Kind.NOT_FLAGGED, Kind.NOT_LISTED}


def test_nothing_that_is_kept_holds_a_full_number(homes, send, settings):
    person = homes[1].head
    send(said(person), ["演示丙", person.id_number + "9", "", "", f"证件{identity_number(70)}"])
    with connection.cursor() as cursor:
        for table in (
            "measures_listrow",
            "measures_listdifference",
            "measures_departmentlist",
            "office_job",
            "office_trailrow",
        ):
            cursor.execute(f"SELECT * FROM {table}")
            assert not any(
                number in str(row) for row in cursor.fetchall() for number in (person.id_number, person.name)
            )
    for row in ListRow.objects.all():
        assert person.id_number not in row.content and identity_number(70) not in row.content
    assert not list((settings.MEDIA_ROOT / "imports").glob("*")), "the file goes with the comparison"


def test_a_sender_who_lost_the_duty_gets_nothing_compared(homes, signed_in, cast, ground):
    asked = {"kind": "低保", "area": ground.county.code, "as_on": "2018-11-01", "file": book(stranger())}
    signed_in("department").post(LISTS, asked)
    cast["department"].duties.update(unit="残联")
    work_off()
    assert Job.objects.get(kind="department-list").state == "failed"
    assert not ListRow.objects.exists()


def test_the_kinds_cover_the_departments_of_the_plan():
    assert {unit for kind in KINDS.values() for unit in kind.units} >= {
        "民政",
        "残联",
        "教育",
        "人社",
        "住建",
        "医保",
    }
    assert [kind.word for kind in of_units(["民政"])] == ["低保", "特困供养"]


def test_a_list_page_takes_as_many_statements_for_forty_rows_as_for_two(homes, send, signed_in):
    counts = []
    for size in (2, 40):
        listed = send(*[["演示甲", identity_number(200 + 2 * n), "", "", ""] for n in range(size)])
        for who, address in (
            ("department", f"{LISTS}{listed.pk}/"),
            ("district", f"{LISTS}differences/?kind=person"),
        ):
            client = signed_in(who)
            client.get("/jobs/")
            with CaptureQueriesContext(connection) as seen:
                assert client.get(address).status_code == 200
            counts.append(len(seen))
    assert counts[:2] == counts[2:] and max(counts) <= 12


def test_the_rows_are_exported_with_masks(homes, send, signed_in):
    person = homes[0].head
    listed, client = send(said(person)), signed_in("district")
    asked = {
        "list": "measures:department-list",
        "query": f"list={listed.pk}",
        "format": "csv",
        "once": uuid.uuid4().hex,
    }
    assert client.post("/exports/", asked).status_code == 303
    work_off()
    file = b"".join(client.get(Job.objects.get(kind=exports.KIND).result["url"]).streaming_content).decode()
    assert person.name in file and "*" in file and person.id_number not in file


def test_a_list_is_matched_the_same_while_the_index_key_is_changed(homes, send, settings):
    rows = [said(person) for person in Person.objects.order_by("pk")]
    before = send(*rows[:4], stranger())
    told = found(before)
    kept = ListDifference.objects.filter(department_list=before).order_by("pk").first()
    kept.settle(Settled.KEPT, by=None, on=DAY, reason="已核实")
    settings.PII_INDEX_KEY_2 = "5a" * 32
    half = Person.objects.order_by("pk")[1:4]
    for person in half:
        person.save(update_fields=["id_number", "id_number_key"])
    assert {key[:2] for key in Person.objects.values_list("id_number_key", flat=True)} == {"k1", "k2"}
    again = send(*rows[:4], stranger())
    assert (again.matched, again.agreeing) == (before.matched, before.agreeing) == (4, 1)
    assert found(again) == told[1:], "what was kept stays quiet"
    rotation.rotate_indexes(lambda _: None)
    settings.PII_INDEX_KEY = ""
    rotation.forget_earlier(lambda _: None)
    assert found(send(*rows[:4], stranger())) == told[1:]
