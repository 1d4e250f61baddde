"""Opening lists and putting households and villages on them over HTTP (R034, R058, R132)."""

import datetime

import pytest

from audits.models import AuditList, Entry
from audits.procedures import ListKind
from audits.targets import YearlyTarget
from households.models import Living

DAY = datetime.date(2018, 10, 8)
NEW, CANDIDATES = "/audits/new/", "/audits/candidates/"


@pytest.fixture(autouse=True)
def _day(office_day):
    office_day(DAY)


def text(answer) -> str:
    return answer.content.decode()


def numbers(audit_list):
    return [entry.household.number for entry in audit_list.entries.order_by("place")]


def test_a_list_is_opened_where_the_user_may(signed_in, ground):
    client = signed_in("village")
    answer = client.post(NEW, {"kind": "entry", "area": ground.village.code, "year": 2018})
    made = AuditList.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/audits/{made.pk}/")
    assert (made.kind, made.area, made.year) == ("entry", ground.village, 2018)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"kind": "entry", "area": "370405101202", "year": 2018}, "不能在那里开这种名单"),
        ({"kind": "entry", "area": "370405101201", "year": 2031}, "年度不对"),
        ({"kind": "entry", "area": "", "year": ""}, "还没有填"),
    ],
)
def test_a_list_that_may_not_be_is_refused_with_what_was_typed(signed_in, typed, said):
    answer = signed_in("village").post(NEW, typed)
    assert answer.status_code == 422 and said in text(answer)
    assert f'value="{typed["year"]}"' in text(answer) or not typed["year"]
    assert not AuditList.objects.exists()


def test_a_village_that_is_no_key_village_is_told_who_applies(signed_in):
    page = signed_in("village").get(f"{NEW}?kind=village-exit")
    assert page.status_code == 200 and "没有可以申请的村" in text(page)


def test_candidates_come_easiest_first_with_reasons_and_the_plan(signed_in, eligible, ground, cast):
    hard, easy = eligible(income=3000), eligible(income=9000)
    at = datetime.datetime(2018, 1, 2, tzinfo=datetime.UTC)
    YearlyTarget.set(
        area=ground.village, year=2018, kind=ListKind.HOUSEHOLD_EXIT, by=cast["district"], at=at,
        households=7, persons=15,
    )  # fmt: skip
    page = text(signed_in("village").get(CANDIDATES))
    assert page.index(easy.number) < page.index(hard.number)
    assert "收入为标准的2.51倍" in page and "7 户 15 人" in page
    assert 'data-total="2" data-persons="4"' in page


def test_ticked_candidates_go_onto_one_list_in_their_order(signed_in, eligible, ground):
    hard, easy, third = eligible(income=3000), eligible(income=9000), eligible(income=6000)
    client = signed_in("village")
    answer = client.post(CANDIDATES, {"household": [hard.number, easy.number]})
    made = AuditList.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/audits/{made.pk}/")
    assert numbers(made) == [easy.number, hard.number]
    assert set(made.entries.values_list("ease", flat=True)) == {"易", "难"}
    assert text(client.get(f"/audits/{made.pk}/"))
    client.post(CANDIDATES, {"household": [third.number], "onto": made.pk})
    assert numbers(made) == [easy.number, hard.number, third.number]


def test_candidates_taken_meanwhile_are_refused_and_the_ticks_stay(signed_in, eligible):
    one, other = eligible(), eligible()
    client = signed_in("village")
    client.post(CANDIDATES, {"household": [one.number]})
    answer = client.post(CANDIDATES, {"household": [one.number, other.number]})
    assert answer.status_code == 422
    assert f'value="{other.number}" aria-label="勾选演示甲户" checked' in text(answer)
    assert AuditList.objects.count() == 1


def test_a_town_sees_its_villages_and_may_not_list_another_towns(signed_in, eligible, ground):
    eligible(income=9000)
    client = signed_in("town")
    page = text(client.get(CANDIDATES))
    assert ground.village.name in page and ground.sibling_village.name in page
    assert ground.other_village.name not in page
    assert client.get(f"{CANDIDATES}?area={ground.other_village.code}").status_code == 404


def test_an_approver_may_not_open(signed_in):
    assert signed_in("approver").get(NEW).status_code == 403


def test_households_are_found_by_name_and_number_and_put_on(signed_in, driver, eligible):
    household = eligible()
    audit_list = driver.open(ListKind.HOUSEHOLD_EXIT)
    client, address = signed_in("village"), f"/audits/{audit_list.pk}/add/"
    assert household.number in text(client.get(f"{address}?q={int(household.number)}"))
    assert household.number in text(client.get(f"{address}?q=演示甲"))
    assert household.number not in text(client.get(f"{address}?q=不存在"))
    assert "查找" in text(client.get(f"{address}?q=990405194001020010"))
    seen = {"stage": audit_list.stage, "version": audit_list.version}
    assert client.post(address, {**seen, "subject": [household.number]}).status_code == 303
    assert numbers(audit_list) == [household.number]


def test_who_returns_needs_a_reason_and_a_standard(signed_in, driver, make_household):
    left = make_household()
    left.leave_poverty(on=datetime.date(2018, 3, 1))
    audit_list = driver.open(ListKind.ENTRY)
    address = f"/audits/{audit_list.pk}/add/?q=演示甲"
    client, seen = signed_in("village"), {"stage": "application", "version": audit_list.version}
    answer = client.post(address, {**seen, "subject": [left.number]})
    assert answer.status_code == 422
    assert "按哪个标准返贫" in text(answer) and "还没有填" in text(answer)
    assert f'value="{left.number}" aria-label="勾选演示甲" checked' in text(answer)
    told = {"reason": "户主重病", "standard": "国家标准"}
    assert client.post(address, {**seen, "subject": [left.number], **told}).status_code == 303
    entry = Entry.objects.get()
    assert (entry.reason, entry.standard) == ("户主重病", "国家标准")


def test_unsafe_houses_are_suggested_for_renovation(signed_in, driver, eligible):
    unsafe, safe = eligible(living={"house_grade": "D级"}), eligible()
    Living.objects.create(household=safe, year=2017, house_grade="D级")
    audit_list = driver.open(ListKind.RENOVATION)
    page = text(signed_in("town").get(f"/audits/{audit_list.pk}/add/"))
    assert unsafe.number in page and safe.number not in page


def test_key_villages_are_put_on_their_towns_list(signed_in, driver, key_village):
    audit_list = driver.open(ListKind.VILLAGE_EXIT)
    address, client = f"/audits/{audit_list.pk}/add/", signed_in("town")
    assert key_village.area.name in text(client.get(address))
    seen = {"stage": audit_list.stage, "version": audit_list.version}
    refused = client.post(address, {**seen, "subject": [key_village.area.code]})
    assert refused.status_code == 303, text(refused)
    assert audit_list.entries.get().area == key_village.area


def test_nothing_is_added_once_the_list_has_moved_on(signed_in, driver, eligible):
    household = eligible()
    audit_list = driver.open(ListKind.HOUSEHOLD_EXIT, eligible())
    seen = {"stage": audit_list.stage, "version": audit_list.version}
    driver.reach(audit_list, "appraisal", DAY)
    answer = signed_in("village").post(
        f"/audits/{audit_list.pk}/add/", {**seen, "subject": [household.number]}
    )
    assert answer.status_code == 409
    assert audit_list.entries.count() == 1
