"""What a department may learn from its lists: never who is on the register (quality §2.1, threats A13)."""

import re

import pytest

from accounts.models import User
from measures.departments import telling
from measures.models import DepartmentList, DifferenceKind, ListDifference, ListRow
from office.models import Job
from tests.conftest import identity_number, make_user
from tests.measures.department_books import LISTS, said, stranger

pytestmark = pytest.mark.django_db
Kind = DifferenceKind


def shape(page: str) -> str:
    """A page without what names one upload or one row: ids, tokens, times, names, masks."""
    page = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|value=\"[^\"]{60,}\"", "", page)
    page = re.sub(r'(csrfmiddlewaretoken" value|csrf_?token": )"?[^"]+"', "", page)
    return re.sub(r"演示.|9904\*+\d{3}[\dX]|\d+:\d\d", "", page)


def test_the_department_reads_the_same_of_registered_people_and_of_strangers(homes, send, signed_in):
    """No oracle: words, counts, job, page and file do not depend on who is on the register."""
    client = signed_in("department")
    known = send(said(homes[0].head), said(homes[1].head))
    first = client.get(f"{LISTS}{known.pk}/").content.decode()
    unknown = send(
        ["演示甲", identity_number(70), "演示东村", "", ""],
        ["演示甲", identity_number(72), "演示东村", "", ""],
    )
    other = client.get(f"{LISTS}{unknown.pk}/").content.decode()
    assert (known.matched, unknown.matched) == (2, 0)
    assert shape(first) == shape(other)
    assert [row.word for row in ListRow.objects.order_by("pk")] == ["一致"] * 4
    jobs = [
        (job.message, job.done_count, job.total_count, sorted(job.result))
        for job in Job.objects.filter(kind="department-list")
    ]
    assert jobs[0] == jobs[1]


def test_the_department_gets_its_own_lists_and_no_other(homes, send, signed_in, ground):
    own = send(said(homes[0].head))
    other = send(said(homes[0].head), kind="残疾证", who="district")
    client = signed_in("department")
    page = client.get(LISTS).content.decode()
    assert str(own.pk) in page and str(other.pk) not in page and 'data-total="1"' in page
    assert client.get(f"{LISTS}{other.pk}/").status_code == 404
    make_user("elsewhere", "department", ground.other_county, "民政")
    elsewhere = User.objects.get(username="elsewhere")
    assert not DepartmentList.objects.visible_to(elsewhere).exists()


def test_the_department_sees_no_household_and_no_difference(homes, send, signed_in):
    listed, client = send(said(homes[1].head)), signed_in("department")
    difference = ListDifference.objects.filter(department_list=listed).first()
    page = client.get(f"{LISTS}{listed.pk}/").content.decode()
    assert homes[1].number not in page and "差异" not in page.split("结果怎么看")[0]
    assert client.get(f"{LISTS}differences/").status_code == 403
    assert client.get(f"{LISTS}differences/{difference.pk}/").status_code == 403
    assert client.get(f"/households/{homes[1].number}/").status_code in (403, 404)


def test_everything_else_is_closed_to_a_department(homes, signed_in):
    client = signed_in("department")
    for address in (
        "/households/",
        "/villages/",
        "/measures/",
        "/measures/coverage/",
        "/findings/",
        "/reports/",
        "/plans/",
        "/trail/",
        "/accounts/users/",
    ):
        assert client.get(address).status_code == 403, address


def test_a_row_that_is_sent_back_says_so_to_the_department_with_the_reason(homes, send, signed_in):
    listed = send(said(homes[1].head))
    one = ListDifference.objects.get(department_list=listed, kind=Kind.NOT_FLAGGED)
    address = f"{LISTS}differences/{one.pk}/return/"
    assert signed_in("district").post(address, {"reason": ""}).status_code == 422
    assert signed_in("district").post(address, {"reason": "请核对是否已停发"}).status_code == 303
    page = signed_in("department").get(f"{LISTS}{listed.pk}/?word=不一致").content.decode()
    assert "请核对是否已停发" in page and 'data-total="1"' in page
    assert signed_in("district").post(address, {"reason": "再退"}).status_code == 409


def test_who_is_only_in_the_register_cannot_be_sent_back(homes, send, signed_in):
    listed = send(stranger())
    one = ListDifference.objects.get(department_list=listed, kind=Kind.NOT_LISTED)
    answer = signed_in("district").post(f"{LISTS}differences/{one.pk}/return/", {"reason": "核对"})
    assert answer.status_code == 422 and "没有哪一行可以退回" in answer.content.decode()


@pytest.mark.parametrize(
    ("compared", "matched", "agreeing", "shown"),
    [
        (100, 40, 25, ["100", "40", "25", "15"]),
        (100, 40, 35, ["100", "40", "不公布", "不足10人，不公布"]),
        (100, 9, 9, ["100", "不足10人，不公布"]),
        (100, 0, 0, ["100", "不足10人，不公布"]),
        (50, 50, 30, ["50", "不足10人，不公布"]),
        (50, 41, 30, ["50", "不足10人，不公布"]),
    ],
)
def test_small_counts_and_what_would_tell_them_are_suppressed(compared, matched, agreeing, shown):
    words = telling.in_words(compared, matched, {"一致": agreeing, "不一致": matched - agreeing})
    assert [word for _, word in words] == shown


def test_the_department_is_told_once_and_in_words(homes, send, signed_in):
    listed = send(said(homes[0].head), stranger())
    address = f"{LISTS}{listed.pk}/tell/"
    assert "区扶贫办处理差异后通报" in signed_in("department").get(f"{LISTS}{listed.pk}/").content.decode()
    assert signed_in("district").post(address).status_code == 303
    assert signed_in("district").post(address).status_code == 409
    page = signed_in("department").get(f"{LISTS}{listed.pk}/").content.decode()
    assert "不足10人，不公布" in page


@pytest.mark.parametrize(
    ("matched", "told"), [(49, False), (31, False), (40, False), (41, False), (50, True), (30, True)]
)
def test_of_two_lists_the_counts_do_not_tell_who_is_on_one_of_them(matched, told):
    words = telling.in_words(100, matched, {"一致": matched, "不一致": 0}, before=[200, 40])
    assert words[1] == ["其中建档立卡", str(matched) if told else "与以前通报的相差不足10人，不公布"]
    assert len(words) == (4 if told else 2)


def test_a_list_with_one_more_person_does_not_tell_of_that_one(make_household, send, signed_in, ground):
    """The same people and one more, in whatever area and kind the department says; what another unit is told is its own."""
    heads = [make_household().head for _ in range(12)]
    strangers = [["演示甲", identity_number(300 + 2 * n), "", "", ""] for n in range(12)]
    base, district = [said(head) for head in heads[:11]], signed_in("district")

    def told(listed: DepartmentList) -> list[list[str]]:
        assert district.post(f"{LISTS}{listed.pk}/tell/").status_code == 303
        listed.refresh_from_db()
        return listed.told

    assert told(send(*base, *strangers, area=ground.town))[1] == ["其中建档立卡", "11"]
    for person in (said(heads[11]), stranger()):
        for area, kind in ((ground.county, "低保"), (ground.town, "特困供养")):
            again = send(*base, *strangers, person, area=area, kind=kind)
            assert told(again)[1:] == [["其中建档立卡", "与以前通报的相差不足10人，不公布"]]
    assert told(send(*base, *strangers, kind="残疾证", who="district"))[1] == ["其中建档立卡", "11"]
