"""Income of assets and its sharing: the rule alone, and from 拟定 to the measures of the households."""

import datetime
import random
import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from households.models import Person
from measures import invariants
from measures.models import Asset, AssetIncome, Measure, Policy, Project, Share, Sharing, Taken
from measures.sharing import BY_HOUSEHOLD, BY_PERSON, WAYS, Claim, said, share
from office.models import TrailRow
from tests.measures.project_world import DAY, at_works, hidden, page

FORMED = datetime.date(2017, 3, 1)
claims = st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=20).map(
    lambda homes: [Claim(f"{place:03d}", *home) for place, home in enumerate(homes)]
)
# The rule is quick; how long the drawing takes is the machine's matter.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
sums = st.integers(1, 10**9).map(lambda cents: Decimal(cents).scaleb(-2))


def got(total: str, *who: tuple[str, int, bool], **rule) -> dict[str, Decimal]:
    parts = share(Decimal(total), [Claim(*one) for one in who], **rule)
    return {part.number: part.amount for part in parts}


@UNHURRIED
@given(total=sums, who=claims, way=st.sampled_from(WAYS), first=st.none() | sums)
def test_the_parts_are_the_total_and_nobody_with_labour_has_more(total, who, way, first):
    parts = {part.number: part.amount for part in share(total, who, way=way, first=first)}
    assert sum(parts.values()) == total
    assert all(amount > 0 and amount == amount.quantize(Decimal("0.01")) for amount in parts.values())
    weight = {claim.number: claim.persons if way == BY_PERSON else 1 for claim in who}
    each = {claim: parts.get(claim.number, Decimal(0)) / weight[claim.number] for claim in who}
    weak = [value for claim, value in each.items() if not claim.able]
    able = [value for claim, value in each.items() if claim.able]
    if weak and able:
        # Three divisions, each of which may give one cent more.
        assert max(able) <= min(weak) + Decimal("0.03")


@UNHURRIED
@given(total=sums, who=claims, way=st.sampled_from(WAYS), seed=st.integers(0, 99))
def test_the_order_in_which_they_come_changes_nothing(total, who, way, seed):
    other = list(who)
    random.Random(seed).shuffle(other)
    assert share(total, who, way=way) == share(total, other, way=way)


@pytest.mark.parametrize(
    ("total", "first", "expected"),
    [
        # R100, 003: 3000 yuan a household; not enough for all, enough for those without labour, more than enough.
        ("5000", "3000", {"1": "2500", "2": "2500"}),
        ("7000", "3000", {"1": "3000", "2": "3000", "3": "1000"}),
        ("12000", "3000", {"1": "4000", "2": "4000", "3": "4000"}),
        ("100", None, {"1": "50", "2": "50"}),
    ],
)
def test_those_without_labour_come_first(total, first, expected):
    who = (("3", 2, True), ("1", 1, False), ("2", 4, False))
    rule = {"first": Decimal(first) if first else None}
    assert got(total, *who, **rule) == {name: Decimal(amount) for name, amount in expected.items()}


def test_a_rest_is_given_out_cent_by_cent_in_the_order_of_the_numbers():
    who = (("3", 1, False), ("1", 1, False), ("2", 1, False))
    assert got("100.00", *who) == {"1": Decimal("33.34"), "2": Decimal("33.33"), "3": Decimal("33.33")}


def test_by_persons_a_larger_household_has_more():
    assert got("100", ("1", 1, False), ("2", 3, False), way=BY_PERSON) == {"1": Decimal(25), "2": Decimal(75)}


def test_without_anybody_in_need_of_precedence_the_others_share():
    assert got("9", ("1", 1, True), ("2", 3, True)) == {"1": Decimal("4.50"), "2": Decimal("4.50")}


@pytest.mark.parametrize(
    ("total", "who", "rule", "message"),
    [
        ("0", [Claim("1", 1, True)], {}, "大于 0"),
        ("1.001", [Claim("1", 1, True)], {}, "精确到分"),
        ("1", [], {}, "没有可以分配的贫困户"),
        ("1", [Claim("1", 0, True)], {"way": BY_PERSON}, "没有在册人口"),
        ("1", [Claim("1", 1, True)], {"first": Decimal(0)}, "大于 0"),
    ],
)
def test_what_cannot_be_shared_says_why(total, who, rule, message):
    with pytest.raises(ValueError, match=message):
        share(Decimal(total), who, **rule)


def test_the_rule_is_said_as_it_is_posted():
    assert said(BY_HOUSEHOLD, Decimal(3000)).startswith("先分给无劳动能力的贫困户，每户最多 3000 元")
    assert "按户编号次序每户一分" in said(BY_PERSON, None)


@pytest.fixture
def homes(make_household, ground):
    """Two households without labour, one with, one that is not known, and one of another village."""
    made = [make_household(village=ground.village, persons=2) for _ in range(4)]
    made.append(make_household(village=ground.other_village))
    for home, word in zip(made, ("丧失劳动力", "无劳动力", "普通劳动力", "", "丧失劳动力"), strict=True):
        Person.objects.filter(household=home).update(labour_capacity=word)
    return made


def an_asset(area, kind="大棚", **facts) -> Asset:
    given = {"owner": "演示东村", "keeper": "演示甲", "operator": "演示公司", "formed_on": FORMED, **facts}
    return Asset.objects.create(
        project=at_works(area),
        area=area,
        name="演示资产",
        kind=kind,
        value=Decimal(200000),
        life_years=20,
        entered_at=timezone.now(),
        **given,
    )


def receive(asset: Asset, amount: str = "10000.00", **facts) -> AssetIncome:
    given = {
        "year": 2018,
        "received_on": DAY,
        "payer": "演示公司",
        "voucher": "收1",
        "once": uuid.uuid4(),
        **facts,
    }
    return AssetIncome.receive(asset, by=None, today=DAY, at=timezone.now(), amount=Decimal(amount), **given)


def propose(income: AssetIncome, total: str | None = None, **facts) -> Sharing:
    given = {"way": BY_HOUSEHOLD, "first": None, "by": None, "on": DAY, **facts}
    return Sharing.propose(income, total=Decimal(total) if total else income.net, **given)


def confirmed(sharing: Sharing) -> Sharing:
    sharing.confirm(posted_on=DAY, minutes="会议1", by=None, on=DAY)
    return sharing


@pytest.mark.django_db
def test_only_households_of_the_place_claim_and_unknown_labour_is_no_precedence(homes, ground):
    able = {claim.number: claim.able for claim in an_asset(ground.village).claims(DAY)}
    assert able == {
        homes[0].number: False,
        homes[1].number: False,
        homes[2].number: True,
        homes[3].number: True,
    }
    homes[2].leave_poverty(
        on=datetime.date(2015, 12, 20), by=None, origin="历史导入", recorded_at=timezone.now()
    )
    later = an_asset(ground.sibling_village).project.assets.get()
    later.area = ground.village
    assert homes[2].number in {claim.number for claim in later.claims(datetime.date(2018, 12, 19))}
    assert homes[2].number not in {claim.number for claim in later.claims(datetime.date(2018, 12, 20))}


@pytest.mark.django_db
def test_what_is_paid_is_a_measure_of_each_household(homes, ground):
    income = receive(
        an_asset(ground.village, "光伏电站", station="村级电站", capacity=Decimal(50)),
        "8000.01",
        costs=Decimal("0.01"),
    )
    sharing = confirmed(propose(income, "7000", first=Decimal(3000), village_use="公益岗位"))
    planned = Measure.objects.count()
    assert sharing.pay(paid_on=DAY, voucher="发1", by=None, today=DAY) == 4
    assert Measure.objects.count() == planned + 4
    mine = Measure.objects.get(household=homes[0])
    assert (mine.policy.code, mine.state, mine.amount, mine.year) == (
        "PV-INCOME",
        "落实",
        Decimal(3000),
        2018,
    )
    assert mine.payer == "演示东村" and "光伏" not in mine.voucher
    assert sharing.village_part == Decimal(1000)
    assert not list(invariants.problems())
    with pytest.raises(Taken, match="发放"):
        Sharing.objects.get().pay(paid_on=DAY, voucher="发1", by=None, today=DAY)


@pytest.mark.django_db
def test_a_planned_measure_is_the_one_that_is_fulfilled(homes, ground):
    solar = Policy.objects.get(code="PV-INCOME")
    planned = Measure.plan(solar, household=homes[0], year=2018, on=DAY, by=None, amount=Decimal(3000))
    asset = an_asset(ground.village, "光伏电站", station="村级电站", capacity=Decimal(50))
    confirmed(propose(receive(asset))).pay(paid_on=DAY, voucher="发1", by=None, today=DAY)
    planned.refresh_from_db()
    assert planned.state == "落实" and planned.amount == Decimal(5000)
    assert Measure.objects.filter(household=homes[0]).count() == 1


@pytest.mark.django_db
def test_one_income_is_shared_once_and_what_is_withdrawn_anew(homes, ground):
    income = receive(an_asset(ground.village))
    first = propose(income)
    with pytest.raises(Taken, match="已经拟定"):
        propose(income)
    first.withdraw(reason="有一户漏了")
    again = confirmed(propose(income))
    with pytest.raises(Taken, match="撤回"):
        Sharing.objects.get(pk=first.pk).confirm(posted_on=DAY, minutes="1", by=None, on=DAY)
    again.pay(paid_on=DAY, voucher="发1", by=None, today=DAY)
    with pytest.raises(Taken, match="发放"):
        again.withdraw(reason="后悔")
    assert not list(invariants.problems())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"total": "10000.01"}, "不能多于可分配的 10,000.00 元"),
        ({"total": "9000"}, "要写明用途"),
        ({"first": Decimal(-1)}, "大于 0"),
    ],
)
def test_a_proposal_that_cannot_be_says_why(homes, ground, facts, message):
    with pytest.raises(ValidationError, match=message):
        propose(receive(an_asset(ground.village)), **facts)


@pytest.mark.django_db
def test_a_voucher_brings_income_once(homes, ground):
    asset = an_asset(ground.village)
    receive(asset)
    with pytest.raises(Taken, match="已经登记"):
        receive(asset)
    assert AssetIncome.objects.count() == 1


@pytest.mark.django_db
def test_a_household_that_was_cancelled_since_is_not_paid(homes, ground):
    sharing = confirmed(propose(receive(an_asset(ground.village))))
    type(homes[0]).objects.filter(pk=homes[0].pk).update(removed_on=DAY, removal_reason="全户死亡")
    with pytest.raises(ValidationError, match="已经注销"):
        sharing.pay(paid_on=DAY, voucher="发1", by=None, today=DAY)
    assert Sharing.objects.get().state == "确认" and not Measure.objects.exists()


@pytest.mark.django_db
def test_a_share_changed_behind_the_rule_is_found(homes, ground):
    propose(receive(an_asset(ground.village)))
    Share.objects.filter(household=homes[0]).update(amount=Decimal(1))
    assert any("各户合计" in problem for problem in invariants.problems())


@pytest.mark.django_db
def test_a_solar_station_says_its_kind_and_capacity(ground, signed_in):
    project = at_works(ground.village)
    Project.objects.filter(pk=project.pk).update(stage="拨付")
    typed = {
        "name": "演示电站",
        "kind": "光伏电站",
        "area": ground.village.pk,
        "value": "420000",
        "owner": "演示东村",
        "keeper": "演示甲",
        "operator": "演示公司",
        "formed_on": "2018-11-01",
        "life_years": "20",
    }
    address = f"/projects/{project.pk}/assets/"
    bare = page(signed_in("town").post(address, typed))
    assert "光伏电站要填装机容量" in bare and "光伏电站要选电站类型" in bare
    typed |= {"capacity": "50", "station": "村级电站"}
    wrong = signed_in("town").post(address, {**typed, "kind": "大棚"})
    assert wrong.status_code == 422 and "只有光伏电站填装机容量" in page(wrong)
    assert signed_in("town").post(address, typed).status_code == 303
    assert (Asset.objects.get().station, Asset.objects.get().capacity) == ("村级电站", Decimal(50))


@pytest.mark.django_db
def test_what_is_agreed_and_did_not_come_is_owed(ground, signed_in):
    asset = an_asset(ground.village, agreed_income=Decimal(12000))
    receive(asset, "9000")
    assert asset.owed(2018) == Decimal(3000)
    assert "约定的收益还差 3,000.00 元" in page(signed_in("town").get(f"/projects/assets/{asset.pk}/"))


@pytest.mark.django_db
def test_village_proposes_town_confirms_and_pays_on_its_pages(homes, ground, signed_in):
    asset, village, town = an_asset(ground.village), signed_in("village"), signed_in("town")
    address = f"/projects/assets/{asset.pk}/"
    typed = {
        **hidden(page(village.get(address))),
        "year": "2018",
        "received_on": "2018-11-20",
        "amount": "１0000",
        "costs": "0",
        "payer": "演示公司",
        "voucher": "收9",
    }
    assert village.post(f"{address}income/", typed).status_code == 303
    assert village.post(f"{address}income/", typed).status_code == 409
    income = AssetIncome.objects.get()
    rule = {"total": "10000", "way": "按户", "first": "", "village_use": ""}
    answer = village.post(f"/projects/incomes/{income.pk}/propose/", rule)
    sharing = Sharing.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/projects/sharings/{sharing.pk}/")
    assert village.post(f"/projects/incomes/{income.pk}/propose/", rule).status_code == 409
    posted = {"posted_on": "2018-11-20", "minutes": "会议1"}
    act = f"/projects/sharings/{sharing.pk}/"
    assert village.post(f"{act}confirm/", posted).status_code == 403
    early = town.post(f"{act}confirm/", {**posted, "posted_on": "2018-11-01"})
    assert early.status_code == 422 and "应在 2018年11月20日 到" in page(early)
    assert town.post(f"{act}confirm/", posted).status_code == 303
    assert town.post(f"{act}pay/", {"paid_on": "2018-11-20", "voucher": "发9"}).status_code == 303
    assert town.post(f"{act}withdraw/", {"withdrawn_reason": "后悔"}).status_code == 409
    shown = page(village.get(act))
    assert homes[0].number in shown and "5,000.00" in shown and homes[2].number not in shown
    assert "5,000.00" in page(village.get(f"/households/{homes[0].number}/measures/"))
    assert TrailRow.objects.filter(action="发放收益").count() == 1
    assert not list(invariants.problems())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"amount": "1e308"}, "金额是数字"),
        ({"costs": "10000"}, "要少于收益"),
        ({"received_on": "2018-11-21"}, "不能晚于今天"),
        ({"received_on": "2017-02-01"}, "不能早于资产形成"),
        ({"year": "2016"}, "收益年度应在 2017 到 2018 之间"),
        ({"voucher": ""}, "请填凭证号"),
    ],
)
def test_income_that_cannot_be_says_why(ground, signed_in, change, message):
    asset = an_asset(ground.village)
    typed = {
        "year": "2018",
        "received_on": "2018-11-20",
        "amount": "10000",
        "costs": "0",
        "payer": "演示公司",
        "voucher": "收9",
        "once": str(uuid.uuid4()),
        **change,
    }
    answer = signed_in("village").post(f"/projects/assets/{asset.pk}/income/", typed)
    assert answer.status_code == 422 and message in page(answer) and "演示公司" in page(answer)
    assert not AssetIncome.objects.exists()
