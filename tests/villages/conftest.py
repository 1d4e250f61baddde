"""Villages on the ground of the cast, and key villages with their events."""

import datetime

import pytest

from villages.models import KeyVillage, Town, Village

EIGHT = datetime.timezone(datetime.timedelta(hours=8))


def evening(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(18), EIGHT)


@pytest.fixture
def villages(ground):
    """The villages of the ground by name; the first town is a 省级扶贫重点镇."""
    Town.objects.create(area=ground.town, provincial_key_town=True)
    Town.objects.create(area=ground.other_town)
    areas = ("village", "sibling_village", "other_village", "foreign_village")
    return {name: Village.objects.create(area=getattr(ground, name)) for name in areas}


@pytest.fixture
def chosen(ground):
    """chosen(area, level, on) designates a village; the event is recorded on its day."""

    def choose(area=None, level="省定", on=datetime.date(2011, 3, 1), batch="十二五", **figures):
        return KeyVillage.designate(
            area=area or ground.village,
            level=level,
            batch=batch,
            on=on,
            by=None,
            origin="历史导入",
            recorded_at=evening(on),
            **figures,
        )

    return choose


@pytest.fixture
def plan_base(ground, chosen):
    """Four chosen villages: one 摘帽 in 十二五, one in 2016, one 市定, one in another county."""
    first = chosen(ground.village)
    first.remove_cap(
        on=datetime.date(2014, 12, 1),
        by=None,
        origin="历史导入",
        recorded_at=evening(datetime.date(2014, 12, 1)),
    )
    second = chosen(ground.sibling_village)
    second.remove_cap(
        on=datetime.date(2016, 12, 5),
        by=None,
        origin="历史导入",
        recorded_at=evening(datetime.date(2016, 12, 5)),
    )
    chosen(ground.other_village, "市定")
    chosen(ground.foreign_village)
    return ground
