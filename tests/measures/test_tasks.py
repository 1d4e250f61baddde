"""Every policy and task that asks further fields: recorded on its pages from plan to delivery, and found in its ledger."""

import datetime
from decimal import Decimal

import pytest

from measures import catalogue, extras
from measures.extras import CHOICE, DATE, DELIVERING, EXTRAS, NUMBERS, PLANNING, YES, Extra
from measures.models import Enterprise, Measure, Policy, State
from measures.models.policy import MEASURE_CHAPTERS
from measures.proposals import rates

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)
CODES = sorted({row["code"] for row in catalogue.tasks()} | set(EXTRAS))
TOLD = {"delivered_on": "2018-11-15", "amount": "0", "payer": "演示单位", "voucher": "演示1"}


def sample(one: Extra, filled: dict[str, str], known) -> str:
    """A lawful value of a field: at its lower bound, else at its upper one."""
    if one.kind == YES:
        return "是"
    if one.kind == CHOICE:
        return one.choices[0]
    if one.kind == DATE:
        return max(one.low, "2018-11-10")
    if one.kind not in NUMBERS:
        return "演示"
    low, high = (extras.bound(text, filled, known) for text in (one.low, one.high))
    value = low if low else min(high, Decimal(1)) if high is not None else Decimal(100)
    return f"{value.normalize():f}"


@pytest.mark.parametrize("code", CODES)
def test_each_is_recorded_from_plan_to_delivery(code, signed_in, make_household, ground):
    client, policy, known = signed_in("village"), Policy.objects.get(code=code), rates(DAY)
    Policy.objects.filter(pk=policy.pk).update(valid_to=None)
    if "个人" in policy.target or "贫困户" in policy.target:
        home = make_household()
        address = f"/households/{home.number}/measures/new/"
    elif "企业" in policy.target:
        firm = Enterprise.objects.create(area=ground.village, name="演示社", kind="合作社")
        address = f"/measures/enterprises/{firm.pk}/measures/new/"
    elif "村" in policy.target:
        address = f"/villages/{ground.village.code}/measures/new/"
    else:
        client = signed_in("district")
        place = ground.town if "镇街" in policy.target else ground.county
        address = f"/villages/{place.code}/measures/new/"
    filled: dict[str, str] = {}
    for one in extras.of(code):
        filled[one.key] = sample(one, filled, known)
    further = {f"extras_{key}": value for key, value in filled.items()}
    form = {"policy": policy.pk, "year": 2018, **further}
    if "个人" in policy.target:
        form["person"] = home.head.pk
    planned = client.post(address, form)
    assert planned.status_code == 303, planned.content.decode()
    measure = Measure.objects.get()
    amount = measure.amount if measure.amount is not None else 0
    told = {**TOLD, **further, "amount": f"{amount:f}" if amount else "0"}
    done = client.post(f"/measures/{measure.pk}/deliver/", told)
    assert done.status_code == 303, done.content.decode()
    measure.refresh_from_db()
    assert (measure.state, measure.extras) == (State.DELIVERED, filled)
    ledger = client.get(f"/measures/?policy={code}").content.decode()
    assert 'data-total="1"' in ledger and all(one.title in ledger for one in extras.of(code))


def test_every_task_says_for_whom_what_and_by_which_plan_and_is_in_a_chapter():
    for row in catalogue.tasks():
        assert row["chapter"] in MEASURE_CHAPTERS and row["condition"] and row["standard"], row["code"]
        assert row["source"].startswith("《") and row["place"] and row["kind"] == "事项", row["code"]
        assert set(row["target"].split("、")) <= {"个人", "贫困户", "村", "镇街", "区县", "企业"}, row["code"]


def test_the_public_catalogue_has_no_task(client):
    html = client.get("/policies/").content.decode()
    assert 'data-total="182"' in html and "TASK-" not in html


def test_eight_items_are_eight():
    """健康扶贫八个一 (R158): eight ticks, all asked at delivery."""
    items = extras.of("TASK-EIGHT")
    assert len(items) == 8 and all(one.kind == YES and one.needed_at(DELIVERING) for one in items)
    assert not any(one.needed_at(PLANNING) for one in items)
