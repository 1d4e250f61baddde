"""Objects of the permission table that belong to departments, to society and to the desk (tests/permission_objects)."""

import uuid
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from areas.models import Area
from households.models import Household
from measures.models import (
    Beneficiary,
    CharityFund,
    DepartmentList,
    DeskRequest,
    DifferenceKind,
    HelpState,
    ListDifference,
    ListRow,
    ListState,
    SocialHelp,
)
from tests.permission_records import LONG_AGO, NOWHERE, Places, World
from villages.models import Incident, Indicator


def _list(owner: User, area: Area) -> DepartmentList:
    made = DepartmentList.objects.create(
        owner=owner,
        unit="民政",
        kind="低保",
        area=area,
        as_on=LONG_AGO,
        file_name="低保.xlsx",
        checksum=uuid.uuid4().hex,
        state=ListState.DONE,
        uploaded_at=timezone.now(),
        rows=1,
    )
    content = '["演示甲", "9904**********0011", "", "", ""]'
    ListRow.objects.create(department_list=made, row=2, content=content)
    return made


def department_list(world: World, asking: User) -> Places:
    """Of 民政 in the own county and in the other one."""
    ground, owner = world.ground, world.cast["department"]
    own, foreign = _list(owner, ground.county), _list(owner, ground.other_county)
    return Places((own.pk,), (foreign.pk,), (uuid.uuid4(),), area_bound=False)


def list_difference(world: World, asking: User) -> Places:
    def of(listed: uuid.UUID, number: str) -> tuple[int]:
        home = Household.objects.get(number=number)
        made = ListDifference.of(
            DepartmentList.objects.get(pk=listed),
            told=("演示甲", "是", ""),
            kind=DifferenceKind.NOT_FLAGGED,
            title="享受低保",
            person=home.head,
            household=home,
            village=home.village,
            row=2,
        )
        made.save()
        return (made.pk,)

    lists, homes = world.built["department_list"], world.built["household"]
    own, foreign = of(*lists.own, *homes.own), of(*lists.foreign, *homes.foreign)
    return Places(own, foreign, (NOWHERE,), area_bound=False)


def social_help(world: World, asking: User) -> Places:
    """Running help of the own village and of one of the other county."""

    def of(area: Area) -> tuple[int]:
        facts = {"kind": "志愿服务", "giver": "演示志愿队", "giver_kind": "志愿队伍", "start_on": LONG_AGO}
        made = SocialHelp.objects.create(title="演示打扫", area=area, state=HelpState.RUNNING, **facts)
        return (made.pk,)

    return Places(of(world.ground.village), of(world.ground.foreign_village), (NOWHERE,))


def beneficiary(world: World, asking: User) -> Places:
    def of(pk: int, area: Area) -> tuple[int, int]:
        return pk, Beneficiary.objects.create(social_help_id=pk, village=area).pk

    helps, ground = world.built["social_help"], world.ground
    own, foreign = of(*helps.own, ground.village), of(*helps.foreign, ground.foreign_village)
    return Places(own, foreign, (NOWHERE, NOWHERE))


def fund_use(world: World, asking: User) -> Places:
    """Of the own county's fund; only who holds the county spends it."""

    def of(county: Area) -> tuple[int]:
        fund = CharityFund.of(county)
        fund.receive(Decimal(500))
        facts = {"on": LONG_AGO, "purpose": "助学", "payee": "演示学校"}
        return (fund.spend(amount=Decimal(100), by=None, **facts).pk,)

    return Places(of(world.ground.county), of(world.ground.other_county), (NOWHERE,))


def _asked(area: Area) -> tuple[DeskRequest, str]:
    facts = {"asker": "演示问", "phone": "13800001234", "question": "演示低保怎么申请", "topic": "政策咨询"}
    return DeskRequest.ask(at=timezone.now(), days=5, channel="电话", area=area, unit="民政", **facts)


def desk_request(world: World, asking: User) -> Places:
    """Handed to 民政: in the own town and in the other county."""
    ground = world.ground
    own, foreign = _asked(ground.town)[0], _asked(ground.foreign_town)[0]
    return Places((own.pk,), (foreign.pk,), (NOWHERE,), area_bound=False)


def desk_code(world: World, asking: User) -> Places:
    """Whoever has the code opens it: another address does not exist."""
    return Places((_asked(world.ground.town)[1],), ("nothing",), ("nobody",), area_bound=False)


def indicator(world: World, asking: User) -> Places:
    """Entered by 民政; the table is the same for everybody, so an unknown code alone does not exist."""
    facts = {"name": "演示指标", "unit": "％", "attribute": "预期性", "source": "区民政局", "units": "民政"}
    Indicator.objects.create(code="demonstration", order=99, category="演示", **facts)
    return Places(("demonstration",), ("nothing",), ("nobody",), area_bound=False)


def incident(world: World, asking: User) -> Places:
    """Found in the own village, and in one of the other county."""

    def of(area: Area) -> tuple[int]:
        facts = {
            "kind": "信访",
            "level": "一般",
            "found_by": "群众反映",
            "found_on": LONG_AGO,
            "what": "演示反映",
        }
        return (Incident.find(by=None, at=timezone.now(), days=3, area=area, **facts).pk,)

    return Places(of(world.ground.village), of(world.ground.foreign_village), (NOWHERE,))


# In this order: a builder may stand on those before it.
HELP = {
    "social_help": social_help,
    "beneficiary": beneficiary,
    "fund_use": fund_use,
    "desk_request": desk_request,
    "desk_code": desk_code,
    "incident": incident,
    "indicator": indicator,
    "department_list": department_list,
    "list_difference": list_difference,
}
