"""The 扶贫专户: gifts in when they are done, uses out, never below nought, wrong ones put right by an entry against."""

import datetime
import random
from decimal import Decimal

import pytest

from measures.models import CharityFund, FundUse, SocialHelp, Taken
from office.models import TrailRow
from tests.households.test_together import office  # noqa: F401

pytestmark = pytest.mark.django_db
FUND = "/society/fund/"
DAY = datetime.date(2018, 11, 20)


def gift(area, amount, **fields) -> SocialHelp:
    facts = {
        "kind": "社会捐赠",
        "title": "演示捐款",
        "giver": "演示公司",
        "giver_kind": "企业",
        "start_on": DAY,
    }
    return SocialHelp.objects.create(area=area, amount=amount, to_fund=True, **{**facts, **fields})


def spending(amount, **fields) -> dict:
    base = {"on": "2018-11-20", "amount": amount, "purpose": "医疗救助", "payee": "演示医院", "voucher": "V1"}
    return {**base, **fields}


def balance(area) -> Decimal:
    return CharityFund.objects.get(area=area).balance


def test_a_gift_comes_in_when_it_is_done_and_goes_with_its_cancelling(ground, signed_in):
    made, client = gift(ground.town, Decimal(1000)), signed_in("district")
    assert not CharityFund.objects.exists()
    assert client.post(f"/society/{made.pk}/finish/").status_code == 303
    assert balance(ground.county) == 1000
    assert client.post(f"/society/{made.pk}/cancel/", {"state_reason": "款项退回"}).status_code == 303
    assert balance(ground.county) == 0


def test_it_is_never_spent_below_nought(ground, signed_in):
    gift(ground.county, Decimal(300)).finish(by=None, on=DAY)
    client = signed_in("district")
    assert client.post(FUND, spending("200.50")).status_code == 303
    answer = client.post(FUND, spending("99.51"))
    assert (
        answer.status_code == 422
        and "余额不足" in answer.content.decode()
        and "99.50" in answer.content.decode()
    )
    assert client.post(FUND, spending("99.50")).status_code == 303
    assert balance(ground.county) == 0 and FundUse.objects.count() == 2
    assert TrailRow.objects.filter(action="扶贫专户支出").count() == 2


def test_a_gift_that_is_spent_cannot_be_taken_back(ground, signed_in):
    made = gift(ground.county, Decimal(300))
    made.finish(by=None, on=DAY)
    CharityFund.of(ground.county).spend(amount=Decimal(1), by=None, on=DAY, purpose="助学", payee="演示")
    answer = signed_in("district").post(f"/society/{made.pk}/cancel/", {"state_reason": "退回"})
    assert answer.status_code == 409 and "已经用出" in answer.content.decode()
    made.refresh_from_db()
    assert made.state == "已完成" and balance(ground.county) == 299


def test_a_wrong_use_is_put_right_once_by_an_entry_against_it(ground, signed_in):
    gift(ground.county, Decimal(300)).finish(by=None, on=DAY)
    client = signed_in("district")
    client.post(FUND, spending("120"))
    use = FundUse.objects.get()
    assert client.post(f"{FUND}{use.pk}/", {"note": ""}).status_code == 422
    assert client.post(f"{FUND}{use.pk}/", {"note": "金额写错"}).status_code == 303
    assert balance(ground.county) == 300
    assert client.post(f"{FUND}{use.pk}/", {"note": "再来"}).status_code == 409
    against = FundUse.objects.exclude(pk=use.pk).get()
    assert (against.amount, against.against) == (-120, use)
    assert client.post(f"{FUND}{against.pk}/", {"note": "再冲"}).status_code == 409
    assert balance(ground.county) == 300


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"amount": "0"}, "大于 0"),
        ({"amount": "-5"}, "不能小于 0"),
        ({"amount": "1e308"}, "数额"),
        ({"on": "2018-11-21"}, "不能晚于今天"),
        ({"purpose": ""}, "请选用途"),
        ({"payee": ""}, "请写收款方"),
    ],
)
def test_bad_input_spends_nothing(ground, signed_in, fields, why):
    gift(ground.county, Decimal(300)).finish(by=None, on=DAY)
    answer = signed_in("district").post(FUND, spending(fields.pop("amount", "1"), **fields))
    assert answer.status_code == 422 and why in answer.content.decode()
    assert balance(ground.county) == 300


def test_the_share_of_the_three_purposes_is_shown_against_the_half(ground, signed_in):
    gift(ground.county, Decimal(1000)).finish(by=None, on=DAY)
    client = signed_in("district")
    client.post(FUND, spending("30"))
    client.post(FUND, spending("70", purpose="生产发展"))
    page = client.get(FUND).content.decode()
    assert "30.0%" in page and "应不低于 50%" in page and "提醒" in page
    client.post(FUND, spending("70", purpose="孤寡老人"))
    page = client.get(FUND).content.decode()
    assert "58.8%" in page and "提醒" not in page


def test_it_balances_after_a_thousand_operations(ground):
    rng, fund, gifts, uses = random.Random(5), CharityFund.of(ground.county), [], []
    came = went = Decimal(0)
    for _ in range(1000):
        amount = Decimal(rng.randrange(1, 5000)) / 100
        act = rng.choice(["gift", "spend", "spend", "undo", "cancel"])
        try:
            if act == "gift":
                gifts.append(gift(ground.county, amount))
                gifts[-1].finish(by=None, on=DAY)
                came += amount
            elif act == "spend":
                uses.append(fund.spend(amount=amount, by=None, on=DAY, purpose="助学", payee="演示"))
                went += amount
            elif act == "undo" and uses:
                use = rng.choice(uses)
                use.undo(by=None, on=DAY, note="错")
                went -= use.amount
            elif act == "cancel" and gifts:
                one = rng.choice(gifts)
                if one.state == "已完成":
                    one.cancel(by=None, reason="退回")
                    came -= one.amount
        except Taken:
            for one in gifts:
                one.refresh_from_db()
        fund.refresh_from_db()
        assert (fund.received, fund.spent) == (came, went) and 0 <= went <= came


@pytest.mark.django_db(transaction=True)
def test_of_many_who_spend_at_once_only_the_balance_is_spent(ground, office):  # noqa: F811
    gift(ground.county, Decimal(100)).finish(by=None, on=DAY)
    doors = office()

    def spend() -> FundUse:
        fund = CharityFund.objects.get(area=ground.county)
        return fund.spend(amount=Decimal(30), by=None, on=DAY, purpose="助学", payee="演示")

    answers = doors.at_once(*[spend] * 12)
    assert sum(isinstance(answer, FundUse) for answer in answers) == 3
    assert sum(isinstance(answer, Taken) for answer in answers) == 9
    assert doors.see(lambda: balance(ground.county)) == 10


@pytest.mark.django_db(transaction=True)
def test_of_many_who_put_a_use_right_at_once_one_does(ground, office):  # noqa: F811
    gift(ground.county, Decimal(100)).finish(by=None, on=DAY)
    use = CharityFund.of(ground.county).spend(
        amount=Decimal(30), by=None, on=DAY, purpose="助学", payee="演示"
    )
    doors = office()

    def undo() -> FundUse:
        return FundUse.objects.get(pk=use.pk).undo(by=None, on=DAY, note="错")

    answers = doors.at_once(*[undo] * 8)
    assert sum(isinstance(answer, FundUse) for answer in answers) == 1
    assert doors.see(lambda: balance(ground.county)) == 100
