"""Builders of the permission table for records of a household and of a year; see permission_objects.py."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from areas.models import Area
from households.models import (
    Correction,
    Helper,
    Household,
    Paper,
    Shock,
    Survey,
    Visit,
    Watch,
    YearAct,
)
from office import attachments
from office.attachments import Attachment
from tests.office.handmade import png

LONG_AGO = datetime.date(2018, 3, 1)
NOWHERE, NO_CODE = 10**9, "999999999999"


@dataclass(frozen=True)
class Places:
    """URL arguments. `area_bound`: whose scope does not cover the own one gets 404, not 403."""

    own: tuple[Any, ...] = ()
    foreign: tuple[Any, ...] = ()
    unknown: tuple[Any, ...] = ()
    area_bound: bool = True

    def and_then(self, *more: Any) -> "Places":
        """The same places with further arguments behind."""
        return Places(self.own + more, self.foreign + more, self.unknown + more, self.area_bound)


@dataclass(frozen=True)
class World:
    """What a builder may use; `built`: the places of the builders before it."""

    ground: SimpleNamespace
    cast: dict[str, User]
    make_household: Callable[..., Any]
    built: dict[str, Places] = field(default_factory=dict)


def _of_households(world: World, make: Callable[[Household], Any]) -> Places:
    """A record of the own household and of the foreign one, addressed through its household."""
    kept = world.built["household"]
    own, foreign = (make(Household.objects.get(number=places[0])).pk for places in (kept.own, kept.foreign))
    return Places((*kept.own, own), (*kept.foreign, foreign), (*kept.unknown, NOWHERE))


def helper(world: World, asking: User) -> Places:
    facts = {"phone": "13900005678", "unit_name": "演示局", "affiliation": "县", "start_on": LONG_AGO}
    return _of_households(world, lambda of: Helper.objects.create(household=of, name="演示帮", **facts))


def visit(world: World, asking: User) -> Places:
    """With a photo, recorded by who asks: others may not strike it out."""

    def make(of: Household) -> Visit:
        facts = {"visited_on": LONG_AGO, "way": "入户走访", "visitor": "演示帮", "notes": "查看"}
        made = Visit.objects.create(household=of, recorded_by=asking, **facts)
        with attachments.on_disk(attachments.check(SimpleUploadedFile("a.png", png()))) as photo:
            assert photo is not None
            photo.bind(made, by=asking, at=timezone.now())
        return made

    return _of_households(world, make)


def paper(world: World, asking: User) -> Places:
    """Taken in by who asks: others may not strike it out."""

    def make(of: Household) -> Paper:
        made = Paper.objects.create(
            household=of, kind="会议记录", made_on=LONG_AGO, recorded_by=asking, recorded_at=timezone.now()
        )
        with attachments.on_disk(attachments.check(SimpleUploadedFile("a.png", png()))) as file:
            assert file is not None
            file.bind(made, by=asking, at=timezone.now())
        return made

    return _of_households(world, make)


def _with_its_file(world: World, of: str, kind: type) -> Places:
    """A file of each of these records, addressed through it."""
    kept = world.built[of]
    own, foreign = (Attachment.objects.on(kind, [places[-1]]).get().pk for places in (kept.own, kept.foreign))
    return Places((*kept.own, own), (*kept.foreign, foreign), (*kept.unknown, NOWHERE))


def visit_photo(world: World, asking: User) -> Places:
    return _with_its_file(world, "visit", Visit)


def paper_file(world: World, asking: User) -> Places:
    return _with_its_file(world, "paper", Paper)


def shock(world: World, asking: User) -> Places:
    facts = {"kind": "自然灾害", "happened_on": LONG_AGO}
    return _of_households(world, lambda of: Shock.objects.create(household=of, **facts))


def watch(world: World, asking: User) -> Places:
    assured = dict.fromkeys(("education_assured", "housing_assured", "water_assured", "health_assured"), True)
    facts = {"kind": "突发严重困难户", "identified_on": LONG_AGO, "risks": ("因病",), **assured}
    return _of_households(world, lambda of: Watch.objects.create(household=of, **facts))


def _kept_beside(record: Any) -> None:
    """A document of the record."""
    with attachments.on_disk(attachments.check(SimpleUploadedFile("依据.png", png()))) as document:
        assert document is not None
        document.bind(record, by=None, at=timezone.now())


def survey(world: World, asking: User) -> Places:
    """Of a closed year; the address has its year."""

    def make(of: Household) -> Survey:
        facts = {"surveyor": "演示", "surveyed_on": datetime.date(2016, 11, 1), "state": "已封存"}
        return Survey.objects.create(household=of, year=2016, **facts)

    made = _of_households(world, make)
    return Places((made.own[0], 2016), (made.foreign[0], 2016), (made.unknown[0], 2016))


def correction(world: World, asking: User) -> Places:
    def make(of: Household) -> Correction:
        facts = {"year": 2016, "reason": "错录", "recorded_by": asking, "recorded_at": timezone.now()}
        made = Correction.objects.create(household=of, survey=of.surveys.get(year=2016), **facts)
        _kept_beside(made)
        return made

    return _of_households(world, make)


def year(world: World, asking: User) -> Places:
    """The district's own county: whoever may not close it is refused before any county is looked at."""
    ground = world.ground
    return Places(
        (ground.county.code, 2015), (ground.other_county.code, 2015), (NO_CODE, 2015), area_bound=False
    )


def year_act(world: World, asking: User) -> Places:
    def of(county: Area) -> tuple[int]:
        facts = {"kind": "重开", "reason": "漏登", "by": asking, "at": timezone.now()}
        made = YearAct.objects.create(county=county, year=2015, **facts)
        _kept_beside(made)
        return (made.pk,)

    return Places(of(world.ground.county), of(world.ground.other_county), (NOWHERE,), area_bound=False)
