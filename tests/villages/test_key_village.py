import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from villages.models import KeyVillage, KeyVillageEvent

DAY = datetime.date(2016, 12, 5)
LATER = datetime.date(2018, 11, 20)


def kinds(village: KeyVillage) -> list[str]:
    return [event.kind for event in village.events.order_by("on", "pk")]


def test_designation_writes_the_event_with_level_batch_and_area(chosen, ground):
    village = chosen(batch="十二五")
    event = village.events.get()
    assert (event.kind, event.level, event.batch, event.area) == ("确定", "省定", "十二五", ground.village)
    assert village.on_list and village.exit_year is None


def test_a_village_is_designated_once(chosen):
    chosen()
    with pytest.raises(ValidationError):
        chosen()


def test_an_unknown_level_is_refused(chosen):
    with pytest.raises(ValidationError):
        chosen(level="县定")
    assert not KeyVillage.objects.exists()


def test_a_village_leaves_once(chosen):
    village = chosen()
    village.remove_cap(on=DAY, by=None)
    with pytest.raises(ValidationError, match="已经摘帽"):
        village.remove_cap(on=LATER, by=None)
    assert kinds(village) == ["确定", "摘帽"]
    assert village.exit_year == 2016


def test_two_copies_of_one_village_cannot_both_remove_the_cap(chosen):
    village = chosen()
    copy = KeyVillage.objects.get(pk=village.pk)
    village.remove_cap(on=DAY, by=None)
    with pytest.raises(ValidationError):
        copy.remove_cap(on=DAY, by=None)


def test_the_database_keeps_one_exit_a_stay(chosen):
    village = chosen()
    event = village.remove_cap(on=DAY, by=None)
    event.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        event.save(force_insert=True)


def test_after_coming_back_it_may_leave_again(chosen):
    village = chosen()
    village.remove_cap(on=DAY, by=None)
    village.return_to_list(on=datetime.date(2017, 6, 1), by=None, reason="复核不达标")
    assert village.on_list and village.exit_year is None
    village.remove_cap(on=LATER, by=None)
    assert kinds(village) == ["确定", "摘帽", "返回", "摘帽"]
    assert village.exit_year == 2018


def test_a_village_on_the_list_does_not_come_back(chosen):
    with pytest.raises(ValidationError, match="没有摘帽"):
        chosen().return_to_list(on=DAY, by=None)


def test_no_event_is_dated_before_the_last(chosen):
    village = chosen(on=DAY)
    with pytest.raises(ValidationError, match="2016年12月5日"):
        village.remove_cap(on=DAY - datetime.timedelta(days=1), by=None)


def test_a_change_of_level_is_an_event_with_the_new_level(chosen):
    village = chosen(level="市定")
    event = village.change_level(level="1", on=DAY, by=None)
    assert (event.kind, event.level, village.level) == ("级别变更", "省定", "省定")
    with pytest.raises(ValidationError, match="已经是省定"):
        village.change_level(level="省定", on=LATER, by=None)


def test_a_village_off_the_list_keeps_its_level(chosen):
    village = chosen()
    village.remove_cap(on=DAY, by=None)
    with pytest.raises(ValidationError, match="已经摘帽"):
        village.change_level(level="市定", on=LATER, by=None)


def test_reaching_the_standard_in_the_twelfth_period_comes_from_the_event(chosen, ground):
    early, late = chosen(), chosen(ground.other_village)
    early.remove_cap(on=datetime.date(2015, 12, 31), by=None)
    late.remove_cap(on=datetime.date(2016, 1, 1), by=None)
    assert early.reached_standard and not late.reached_standard


def test_standing_is_what_was_on_the_list_on_the_day(chosen):
    village = chosen()
    village.remove_cap(on=DAY, by=None, recorded_at=None)
    standing = KeyVillage.objects.standing
    assert not standing(datetime.date(2011, 2, 28)).exists()
    assert standing(DAY - datetime.timedelta(days=1)).exists()
    assert not standing(DAY, as_of=LATER).exists()


def test_as_of_leaves_out_what_was_recorded_later(chosen):
    village = chosen()
    # The exit is recorded on the office's day, long after it took effect.
    village.remove_cap(on=DAY, by=None)
    standing = KeyVillage.objects.standing
    assert standing(DAY, as_of=LATER - datetime.timedelta(days=1)).exists()
    assert not standing(DAY, as_of=LATER).exists()


def test_standing_by_level_is_the_level_of_that_day(chosen):
    village = chosen(level="市定")
    village.change_level(level="省定", on=DAY, by=None)
    before = DAY - datetime.timedelta(days=1)
    assert KeyVillage.objects.standing(before, LATER, "市定").get() == village
    assert KeyVillage.objects.standing(DAY, LATER, "省定").get() == village
    assert not KeyVillage.objects.standing(DAY, LATER, "市定").exists()


def test_events_are_counted_by_year_day_level_and_kind(plan_base):
    counted = KeyVillageEvent.objects.counted
    assert counted(kind="确定").count() == 4
    assert counted(year=2016, kind="摘帽").count() == 1
    assert counted(year=2016, kind="摘帽", until=datetime.date(2016, 12, 4)).count() == 0
    assert counted(year=2016, kind="摘帽", as_of=datetime.date(2016, 12, 4)).count() == 0
    assert counted(level="市定").count() == 1
    assert counted(since=datetime.date(2016, 1, 1)).count() == 1


def test_key_villages_are_seen_in_their_area_only(plan_base, cast):
    assert KeyVillage.objects.visible_to(cast["town"]).count() == 2
    assert KeyVillageEvent.objects.visible_to(cast["town"]).count() == 4
    assert KeyVillage.objects.visible_to(cast["district"]).count() == 3
    assert KeyVillage.objects.visible_to(cast["outsider"]).count() == 0
