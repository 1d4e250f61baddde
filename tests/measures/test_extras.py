"""What a policy asks beside amount and day: declared fields, their bounds, and the sums that rest on them."""

import datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from measures import catalogue, extras
from measures.extras import DELIVERING, EXTRAS, PLANNING, Extra
from measures.models import Measure, Policy, State
from measures.proposals import PART_OF, propose, rates
from office.models import TrailRow
from tests.office.handmade import png

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)
LOAN = {
    "extras_lender": "演示农商行",
    "extras_rate": "4.35",
    "extras_mode": "自贷创业",
    "extras_guarantee": "免担保",
    "extras_years": "3",
}
LEFT = {"extras_guardian": "演示祖母", "extras_surveyed": "2018-09-01"}
SHARES = ("INS-PROV", "INS-CITY", "INS-DIST")


@pytest.fixture
def home(make_household):
    return make_household()


def pk_of(code: str) -> int:
    return Policy.objects.get(code=code).pk


def planned(client, home, code: str, **typed):
    policy = Policy.objects.get(code=code)
    form = {"policy": policy.pk, "year": 2018, **typed}
    if policy.target == "个人":
        form["person"] = home.head.pk
    return client.post(f"/households/{home.number}/measures/new/", form)


def test_every_field_is_of_a_policy_or_task_that_exists_and_has_a_kind():
    known = {row["code"] for row in (*catalogue.rows(), *catalogue.tasks())}
    assert set(EXTRAS) <= known and set(PART_OF) <= known
    kinds = {extras.TEXT, extras.CHOICE, extras.YES, extras.DATE, *extras.NUMBERS}
    for code, fields in EXTRAS.items():
        keys = [one.key for one in fields]
        assert len(keys) == len(set(keys)), code
        for one in fields:
            assert one.kind in kinds and one.label and (one.kind != extras.CHOICE or one.choices), one
            assert one.needed in ("", PLANNING, DELIVERING), one


def test_every_bound_is_a_number_a_day_a_code_or_another_field():
    known = set(Policy.objects.values_list("code", flat=True))
    for code, fields in EXTRAS.items():
        for one in fields:
            for text in filter(None, (one.low, one.high)):
                part, _, key = text.partition("@")
                assert not key or key in {other.key for other in fields}, (code, one)
                if part and part != extras.LINE and part.removesuffix("%") not in known:
                    one.read(part)


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("money", "１２.５０", "12.50"),
        ("money", "12.00", "12"),
        ("money", "1,200", "1200"),
        ("whole", "15", "15"),
        ("date", "2018年3月1日", "2018-03-01"),
        ("date", "2018/3/1", "2018-03-01"),
        ("yes", "是", "是"),
        ("choice", "小麦", "小麦"),
        ("text", "演示 13800001234", "演示 138****1234"),
        ("text", "  ", ""),
    ],
)
def test_a_value_is_kept_one_way(kind, typed, kept):
    assert Extra("x", "演示", kind, choices=("小麦", "玉米")).read(typed) == kept


@pytest.mark.parametrize(
    ("kind", "typed", "message"),
    [
        ("money", "三百", "应是数字"),
        ("money", "1e308", "太大"),
        ("money", "nan", "太大"),
        ("money", "1.005", "两位小数"),
        ("whole", "1.5", "应是整数"),
        ("date", "2018-02-29", "认不出来"),
        ("date", "昨天", "认不出来"),
        ("yes", "也许", "应是是、否"),
        ("choice", "大豆", "应是小麦、玉米"),
        ("text", "演" * 61, "最多 60 个字"),
    ],
)
def test_a_bad_value_says_what_is_wrong(kind, typed, message):
    with pytest.raises(ValueError, match=message):
        Extra("x", "演示", kind, choices=("小麦", "玉米")).read(typed)


def test_a_loan_asks_its_terms_and_keeps_them(signed_in, home):
    client = signed_in("village")
    empty = planned(client, home, "LOAN-ZZ-AMT", amount="30000")
    assert empty.status_code == 422 and "请填贷款银行" in empty.content.decode()
    assert planned(client, home, "LOAN-ZZ-AMT", amount="30000", **LOAN).status_code == 303
    measure = Measure.objects.get()
    assert (measure.extras["lender"], measure.extras["years"]) == ("演示农商行", "3")
    page = client.get(f"/measures/{measure.pk}/").content.decode()
    assert "4.35%" in page and "没有填" in page


@pytest.mark.parametrize(
    ("years", "says"), [("3", ""), ("3.01", "不能高于3年"), ("0", "不能低于0.1年"), ("", "请填期限")]
)
def test_a_term_is_held_against_the_catalogue(signed_in, home, years, says):
    answer = planned(signed_in("village"), home, "LOAN-ZZ-AMT", amount="1", **{**LOAN, "extras_years": years})
    assert (answer.status_code == 303) == (not says) and says in answer.content.decode()


def test_the_fields_follow_the_chosen_policy_before_anything_is_sent(signed_in, home):
    page = signed_in("village").get(
        f"/households/{home.number}/measures/new/?policy={pk_of('TASK-LAND')}", headers={"HX-Request": "true"}
    )
    html = page.content.decode()
    assert 'name="extras_partner"' in html and 'hx-select="#further"' in html
    assert 'name="extras_lender"' not in html


def test_delivery_asks_what_only_then_is_known_with_photo_and_voucher(signed_in, home, settings):
    client = signed_in("village")
    planned(client, home, "LOAN-ZZ-AMT", amount="30000", **LOAN)
    measure = Measure.objects.get()
    typed = {"delivered_on": "2018-11-10", "amount": "30000", "payer": "演示农商行", **LOAN}
    short = client.post(f"/measures/{measure.pk}/deliver/", typed)
    assert short.status_code == 422 and "请填到期日期" in short.content.decode()
    photo = SimpleUploadedFile("借据.png", png())
    days = {"extras_lent": "2018-11-10", "extras_until": "2018-12-01"}
    assert (
        client.post(f"/measures/{measure.pk}/deliver/", {**typed, **days, "papers": [photo]}).status_code
        == 303
    )
    measure.refresh_from_db()
    assert (measure.state, measure.extras["until"]) == (State.DELIVERED, "2018-12-01")
    page = client.get(f"/measures/{measure.pk}/").content.decode()
    assert "借据.png" in page
    address = page.split(f"/measures/{measure.pk}/files/")[1].split('"')[0]
    got = client.get(f"/measures/{measure.pk}/files/{address}")
    assert got.content.startswith(b"\x89PNG") and TrailRow.objects.filter(action="查看措施凭证").exists()
    assert signed_in("outsider").get(f"/measures/{measure.pk}/files/{address}").status_code == 404


def test_what_is_known_later_is_added_and_the_rest_stays(signed_in, home):
    client = signed_in("village")
    planned(client, home, "TASK-LEFT-CHILD", **LEFT)
    measure = Measure.objects.get()
    address = f"/measures/{measure.pk}/complete/"
    same = client.post(address, LEFT)
    assert same.status_code == 422 and "没有改动" in same.content.decode()
    assert client.post(address, {**LEFT, "extras_parents": "演示市"}).status_code == 303
    measure.refresh_from_db()
    assert measure.extras["parents"] == "演示市" and measure.extras["guardian"] == "演示祖母"
    assert measure.history.first().history_change_reason == "补登"
    measure.cancel(on=DAY, reason="迁出", by=None)
    assert client.post(address, {**LEFT, "extras_parents": "别处"}).status_code == 409


def test_a_bad_file_loses_nothing_that_was_typed(signed_in, home):
    client = signed_in("village")
    planned(client, home, "TASK-LEFT-CHILD", **LEFT)
    measure = Measure.objects.get()
    bad = SimpleUploadedFile("照片.png", b"not a picture")
    answer = client.post(
        f"/measures/{measure.pk}/complete/", {**LEFT, "extras_parents": "演示市", "papers": [bad]}
    )
    html = answer.content.decode()
    assert answer.status_code == 422 and "只收" in html and "演示市" in html
    measure.refresh_from_db()
    assert "parents" not in measure.extras


def test_the_ledger_of_one_kind_shows_its_fields_and_what_ends(signed_in, home, office_day):
    client = signed_in("village")
    planned(client, home, "LOAN-ZZ-AMT", amount="30000", **LOAN)
    Measure.objects.get().complete({"until": "2018-12-01"}, by=None)
    page = client.get("/measures/?policy=LOAN-ZZ-AMT").content.decode()
    assert "到期日期" in page and "2018-12-01" in page and "演示农商行" in page
    for day, over, soon in (
        (DAY, 0, 1),
        (datetime.date(2018, 12, 2), 1, 0),
        (datetime.date(2018, 10, 1), 0, 0),
    ):
        office_day(day)
        client = signed_in("village")
        assert f'data-total="{over}"' in client.get("/measures/?due=已到期").content.decode()
        assert f'data-total="{soon}"' in client.get("/measures/?due=三十天内到期").content.decode()


@pytest.mark.parametrize(
    ("code", "said", "amount", "working"),
    [
        ("WORKSHOP-PER-HEAD", {"people": "14"}, "14000", "1000元×14人"),
        ("WORKSHOP-PER-HEAD", {"people": "15"}, "35000", "15人以上再奖20000元"),
        ("WORKSHOP-PER-HEAD", {"people": "30"}, "60000", "30人以上再奖30000元"),
        ("SKILL-TEST", {"cost": "200"}, "160", "200元×80%"),
        ("INS-PROV", {"cost": "20"}, "10", "20元×50%"),
        ("INS-CITY", {"cost": "20"}, "6", "20元×30%"),
        ("INS-DIST", {"cost": "20"}, "4", "20元×20%"),
        ("AFFOREST-200", {"area": "2.5"}, "500", "200元×2.50亩"),
        ("POST-CREATE", {"posts": "3"}, "6000", "2000元×3岗位"),
        ("MED-INPAT", {"cost": "1000"}, "300", "1000元×30%"),
        ("CI-BAND-UP", {"cost": "13000"}, "6000", "起付标准3000元"),
        ("HOUSE-REBUILD", {"invested": "20000"}, "20000", "按实际投资"),
        ("HOUSE-REBUILD", {"invested": "25000"}, "25000", "25000元"),
    ],
)
def test_a_sum_that_rests_on_what_was_said_shows_its_working(code, said, amount, working):
    found = propose(Policy.objects.get(code=code), rates(DAY), said=said)
    assert found.value == Decimal(amount) and working in found.working


def test_the_three_parts_of_a_premium_are_the_whole(home):
    known = rates(DAY)
    parts = [propose(Policy.objects.get(code=code), known, said={"cost": "33.33"}) for code in SHARES]
    assert sum(part.value for part in parts) == Decimal("33.34"), "each to the cent, as each payer pays it"
    assert sum(known[code] for code in SHARES) == 100


def test_what_is_a_part_of_another_sum_is_not_planned_by_itself(signed_in, home):
    answer = planned(signed_in("village"), home, "CI-CAP")
    assert answer.status_code == 422 and "不能列入计划" in answer.content.decode()


def test_an_upper_bound_is_no_amount():
    assert propose(Policy.objects.get(code="LOAN-ZZ-AMT"), rates(DAY)) is None
