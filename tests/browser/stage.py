"""A record of every kind beside the demonstration county, so that each page has one to show.

Run as a module in the environment of the site; prints the arguments of the addresses by builder, as
tests/permission_objects.py makes them. What the county itself holds comes before what is made here: its
records are full, as people will see them.
"""

import datetime
import json
from functools import partial
from types import SimpleNamespace

import django

django.setup()

from django.db.models import Count  # noqa: E402

from accounts.models import User  # noqa: E402
from accounts.roles import Role  # noqa: E402
from areas.models import Area, Level  # noqa: E402
from audits.models import Entry  # noqa: E402
from audits.procedures import ListKind  # noqa: E402
from demo.accounts import TOWN, VILLAGE  # noqa: E402
from households.models import LEFT, Household, Person  # noqa: E402
from measures import stages  # noqa: E402
from measures.models import AssetIncome, Project, Sharing, SharingState  # noqa: E402
from office.findings import Finding  # noqa: E402
from reporting.models import PlanTable, ReportRun  # noqa: E402
from tests.conftest import FOUNDED, household_maker, make_user  # noqa: E402
from tests.permission_objects import BUILDERS, World  # noqa: E402
from villages.models import KeyVillage  # noqa: E402

# Whose pages stand on who asks: the district sees all of the register, the others keep what is their own.
ASKING = "district"


def ground() -> SimpleNamespace:
    """Villages of our own in the county's towns, and a county beside it."""
    county = Area.objects.get(level=Level.COUNTY)
    town = county.children.get(name=TOWN)
    other_town = county.children.exclude(pk=town.pk).first()

    def area(level: Level, code: str, name: str, parent: Area) -> Area:
        return Area.objects.create(level=level, code=code, name=name, parent=parent, valid_from=FOUNDED)

    other_county = area(Level.COUNTY, "370499000000", "邻演示区", county.parent)
    foreign_town = area(Level.TOWN, "370499101000", "邻演示镇", other_county)
    return SimpleNamespace(
        province=county.parent.parent,
        city=county.parent,
        county=county,
        town=town,
        other_town=other_town,
        village=area(Level.VILLAGE, f"{town.code[:9]}981", "演示东村", town),
        sibling_village=area(Level.VILLAGE, f"{town.code[:9]}982", "演示南村", town),
        other_village=area(Level.VILLAGE, f"{other_town.code[:9]}983", "演示西村", other_town),
        other_county=other_county,
        foreign_town=foreign_town,
        foreign_village=area(Level.VILLAGE, "370499101201", "邻演示村", foreign_town),
    )


def cast(of: SimpleNamespace) -> dict[str, User]:
    people = {user.username: user for user in User.objects.filter(username__in=list(Role))}
    people["other_village_user"] = make_user("other_village_user", Role.VILLAGE, of.other_village)
    people["other_town_user"] = make_user("other_town_user", Role.TOWN, of.other_town)
    people["outsider"] = make_user("outsider")
    return people


def full() -> dict[str, tuple]:
    """Records of the demonstration with much on their pages."""
    here = Household.objects.filter(village__name=VILLAGE, exit_mark=LEFT, member_count__gte=2)
    household = here.annotate(seen=Count("visits")).order_by("-seen", "-member_count", "number").first()
    key = KeyVillage.objects.order_by("pk").first()
    gone = Person.objects.filter(
        household__village__name=VILLAGE, household__removed_on=None, left_on__gte=datetime.date(2017, 1, 1)
    ).first()
    return {
        "audited:apply-exit": (Area.objects.get(name=VILLAGE, key_village__on_list=True).code,),
        "households:rejoin": (gone.household.number, gone.number),
        "households:survey-edit": (household.number, 2017),
        "household": (household.number,),
        "village": (key.area.code,),
        "village_year": (key.area.code, 2017),
        "finding": (Finding.objects.filter(rule="C085").order_by("pk").first().pk,),
        "plan": (PlanTable.objects.get(area=household.county, adopted_at__isnull=False).pk,),
        "run": (ReportRun.objects.filter(kind="rolling-plan", area=household.county).first().pk,),
    }


def audits() -> dict[str, tuple]:
    """Lists of the demonstration at the stage where a page of theirs has something to ask."""

    def entry(kind: str, stage: str) -> Entry:
        waiting = Entry.objects.standing().filter(kind=kind, audit_list__stage=stage)
        return waiting.select_related("audit_list").order_by("pk").first()

    exits, houses = ListKind.HOUSEHOLD_EXIT, ListKind.RENOVATION
    at = {
        "audits:add": entry(ListKind.ENTRY, "application"),
        "audits:agree-ticked": entry(exits, "consent"),
        "audits:acceptance": entry(exits, "acceptance"),
        "audits:overrule": entry(exits, "approval"),
        "audits:house": entry(houses, "payment"),
        "audits:house-sign": entry(houses, "acceptance"),
        "audits:house-patrol": entry(houses, "works"),
    }
    whole = {"audits:add", "audits:agree-ticked", "audits:acceptance"}
    return {
        name: (one.audit_list_id,) if name in whole else (one.audit_list_id, one.pk)
        for name, one in at.items()
    }


def projects() -> dict[str, tuple]:
    """Projects of the demonstration at the stage where a page of theirs has something to ask."""

    def at(stage: str, **facts: bool) -> tuple:
        return (Project.objects.filter(stage=stage, **facts).order_by("pk").first().pk,)

    drafted, reported = at(stages.APPLIED, submitted=False), at(stages.APPLIED, submitted=True)
    undivided = AssetIncome.objects.exclude(
        sharings__in=Sharing.objects.exclude(state=SharingState.WITHDRAWN)
    )
    return {
        "measures:project-edit": drafted,
        "measures:project-submit": drafted,
        "measures:project-approve": reported,
        "measures:project-return": reported,
        "measures:project-start": at(stages.APPROVED),
        "measures:project-accept": at(stages.ACCEPTANCE),
        "measures:project-settle": at(stages.PAYING),
        "measures:project-share": at(stages.AFTER_CARE),
        "measures:asset-new": at(stages.AFTER_CARE),
        "measures:propose": (undivided.order_by("pk").first().pk,),
    }


def main() -> None:
    of = ground()
    # The county's years before 2018 are closed.
    make = partial(household_maker(of, first=7000), on=datetime.date(2018, 1, 10))
    world = World(of, cast(of), make)
    for name, build in BUILDERS.items():
        world.built[name] = build(world, world.cast[ASKING])
    found = {name: made.own for name, made in world.built.items()} | full() | audits() | projects()
    found["household_watched"] = world.built["household"].own
    print(json.dumps({name: list(map(str, own)) for name, own in found.items()}))


if __name__ == "__main__":
    main()
