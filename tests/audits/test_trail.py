"""What the audits write into the trail is read by the audit administrator: Chinese words, keys and values."""

import datetime
import re
from decimal import Decimal

import pytest
from django.utils import timezone

from audits.models import AdjustmentWindow, AuditSetting, Delegation, YearlyTarget
from audits.procedures import ListKind
from office.models import TrailRow
from tests.audits.driver import FIRST
from tests.conftest import make_user

LATIN = re.compile(r"[A-Za-z]{2,}")


def english() -> set[str]:
    """Actions and keys with a Latin word, and values of one word that are a key of the program."""
    found = set()
    for row in TrailRow.objects.all():
        found |= {word for word in (row.action, *row.detail) if LATIN.search(word)}
        found |= {
            f"{key} {value}" for key, value in row.detail.items() if re.fullmatch(r"[a-z_.-]+", str(value))
        }
    return found


@pytest.mark.parametrize("kind", ListKind.values)
def test_a_list_taken_to_its_end_is_told_in_chinese(kind, driver, opened):
    driver.reach(opened(kind), None)
    assert TrailRow.objects.filter(action="通过环节").exists()
    assert not english()


def test_what_is_done_to_entries_is_told_in_chinese(driver, opened, cast):
    audit_list = opened(ListKind.HOUSEHOLD_EXIT, count=3)
    first, second, third = audit_list.entries.all()
    village = cast["village"]
    first.move_to(2, "劳动力少", by=village, on=FIRST)
    audit_list.rank(by=village, on=FIRST)
    first.refresh_from_db()
    first.hold("缺收入证明", by=village, on=FIRST)
    first.release(by=village, on=FIRST)
    audit_list.refresh_from_db()
    audit_list.object_to("收入不实", by=village, on=FIRST, entry=second)
    audit_list.split([second.pk], by=village, on=FIRST, reason="其余先办")
    third.audit_list.refresh_from_db()
    third.audit_list.strike_off(third, by=village, on=FIRST, reason="已经迁走")
    said = set(TrailRow.objects.values_list("action", flat=True))
    assert said >= {"调整顺序", "按难易程度排序", "暂缓办理", "恢复办理", "登记异议", "拆出余单", "剔除"}
    assert not english()


def test_what_the_county_sets_is_told_in_chinese(county, ground, cast):
    district, now = cast["district"], timezone.now()
    AuditSetting.set(
        county=county,
        kind=ListKind.ENTRY,
        name="days.village-notice",
        value=Decimal(10),
        from_on=FIRST,
        by=district,
        at=now,
    )
    AdjustmentWindow.record(
        county=county,
        opens_on=datetime.date(2019, 11, 1),
        closes_on=datetime.date(2019, 11, 30),
        source="演示通知",
        by=district,
        at=now,
    ).withdraw(by=district, at=now)
    YearlyTarget.set(
        area=ground.town,
        year=2018,
        kind=ListKind.HOUSEHOLD_EXIT,
        by=district,
        at=now,
        households=2,
        persons=4,
    )
    deputy = make_user("deputy", "town", ground.town)
    given = Delegation.give(
        principal=cast["town"], deputy=deputy, start_on=FIRST, end_on=FIRST, reason="外出培训"
    )
    given.end(by=cast["town"])
    assert TrailRow.objects.get(action="设定审核设置").detail["设置项"] == "纳入返贫：评议公示天数"
    assert TrailRow.objects.count() == 6
    assert not english()
