"""What a duty gives: where, when, and never more than one role at a time."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Duty, User
from accounts.permissions import require, require_any
from accounts.roles import CAPABILITIES, KEEPERS, Capability, Role
from areas.models import Area
from office.models import TrailRow

DAY = datetime.date(2018, 11, 20)
ONE = datetime.timedelta(days=1)


@pytest.fixture
def person(ground):
    return User.objects.create_user("person", "演示口令-2018", display_name="演示人")


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_without_a_duty_nothing_is_seen(cast):
    assert not cast["outsider"].area_scope()
    assert cast["outsider"].capabilities() == frozenset()
    assert not Area.objects.visible_to(cast["outsider"]).exists()


def test_both_days_of_a_duty_count(person, ground, office_day):
    Duty.objects.create(user=person, role=Role.VILLAGE, area=ground.village, start_on=DAY, end_on=DAY + ONE)
    seen = {}
    for day in (DAY - ONE, DAY, DAY + ONE, DAY + 2 * ONE):
        office_day(day)
        seen[day] = person.area_scope().covers(ground.village)
    assert list(seen.values()) == [False, True, True, False]


def test_a_scope_is_the_union_of_the_areas(person, ground):
    for area in (ground.village, ground.other_village):
        person.grant(role=Role.VILLAGE, area=area, start_on=DAY, by=None)
    scope = person.area_scope()
    assert scope.covers(ground.village) and scope.covers(ground.other_village)
    assert not scope.covers(ground.sibling_village) and not scope.covers(ground.town)


def test_a_town_duty_covers_its_villages_and_no_other(cast, ground):
    scope = cast["town"].area_scope()
    assert scope.covers(ground.village) and scope.covers(ground.sibling_village)
    assert not scope.covers(ground.other_village) and not scope.covers(ground.foreign_village)


@pytest.mark.parametrize("role", sorted(KEEPERS))
def test_who_keeps_the_system_sees_no_business_row(cast, role):
    assert not cast[role].area_scope()
    business = {*CAPABILITIES[Role.DISTRICT], *CAPABILITIES[Role.DEPARTMENT]}
    assert not cast[role].capabilities() & business


def test_the_three_keepers_share_no_capability():
    held = [CAPABILITIES[role] for role in KEEPERS]
    assert all(not one & other for one in held for other in held if one is not other)


def test_a_department_sees_neither_ground_nor_register(cast):
    views = {
        Capability.VILLAGE_VIEW,
        Capability.REGISTER_VIEW,
        Capability.MEASURE_VIEW,
        Capability.REPORT_VIEW,
    }
    assert not views & cast["department"].capabilities()


def test_the_duty_of_a_department_names_it_and_no_other_duty_does(person, ground):
    with pytest.raises(ValidationError, match="写明是哪个部门"):
        person.grant(role=Role.DEPARTMENT, area=ground.county, start_on=DAY, by=None)
    with pytest.raises(ValidationError, match="只有部门的任职"):
        person.grant(role=Role.TOWN, area=ground.town, start_on=DAY, by=None, unit="民政")
    person.grant(role=Role.DEPARTMENT, area=ground.county, start_on=DAY, by=None, unit="残联")
    assert person.role_label == "部门·残联"
    assert person.units_of(Capability.LISTS_UPLOAD) == ["残联"]


def test_a_department_without_a_name_holds_nothing(person, ground):
    Duty.objects.create(user=person, role=Role.DEPARTMENT, area=ground.county, start_on=DAY)
    assert person.units_of(Capability.LISTS_UPLOAD) == []
    assert not Duty.objects.filter(person.unit_q(Capability.LISTS_VIEW)).exists()


def test_a_withdrawn_duty_ends_at_once(cast, ground):
    duty = cast["town"].duties.get()
    assert duty.withdraw(on=DAY, at=datetime.datetime.now(datetime.UTC))
    assert not fresh(cast["town"]).area_scope()
    assert not duty.withdraw(on=DAY, at=datetime.datetime.now(datetime.UTC))
    duty.refresh_from_db()
    assert duty.end_on == DAY


def test_a_disabled_user_has_no_scope(cast):
    User.objects.filter(pk=cast["district"].pk).update(is_active=False)
    assert not fresh(cast["district"]).area_scope()


def test_the_same_open_duty_exists_once(cast, ground):
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.create(user=cast["town"], role=Role.TOWN, area=ground.town, start_on=DAY)


def test_a_duty_does_not_end_before_it_starts(person, ground):
    with pytest.raises(ValidationError, match="不能早于"):
        person.grant(role=Role.TOWN, area=ground.town, start_on=DAY, end_on=DAY - ONE, by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.create(user=person, role=Role.TOWN, area=ground.town, start_on=DAY, end_on=DAY - ONE)


def test_a_second_role_at_the_same_time_is_refused(cast, ground):
    with pytest.raises(ValidationError, match="同时只任一种角色"):
        cast["town"].grant(role=Role.APPROVER, area=ground.town, start_on=DAY, by=cast["security"])


def test_another_role_may_follow_the_first(person, ground):
    person.grant(role=Role.TOWN, area=ground.town, start_on=DAY - 9 * ONE, end_on=DAY - ONE, by=None)
    person.grant(role=Role.APPROVER, area=ground.town, start_on=DAY, by=None)
    assert person.role_label == "镇街审核"


def test_the_level_of_the_area_fits_the_role(person, ground):
    with pytest.raises(ValidationError, match="村居"):
        person.grant(role=Role.VILLAGE, area=ground.town, start_on=DAY, by=None)


def test_nobody_grants_to_himself(cast, ground):
    with pytest.raises(ValidationError, match="不能给自己任职"):
        cast["security"].grant(role=Role.DISTRICT, area=ground.county, start_on=DAY, by=cast["security"])


def test_require_names_what_the_duty_does_not_allow(cast, ground):
    with pytest.raises(PermissionDenied, match="当前任职不能管理用户"):
        require(cast["district"], Capability.USERS_MANAGE)
    with pytest.raises(PermissionDenied, match="区域不含西演示镇"):
        require(cast["town"], Capability.REGISTER_EDIT, area=ground.other_town)
    require(cast["town"], Capability.REGISTER_EDIT, area=ground.village)
    require_any(cast["department"], Capability.REGISTER_VIEW, Capability.LISTS_VIEW)


def test_the_first_security_administrator_comes_from_createsuperuser(ground):
    first = User.objects.create_superuser("first", "演示口令-2018", display_name="演示一")
    assert first.capabilities() == CAPABILITIES[Role.SECURITY]
    row = TrailRow.objects.get(action="新建用户")
    assert (row.actor, row.subject_id, row.detail) == (None, str(first.pk), {"角色": "安全管理员"})


def test_without_areas_there_is_no_first_administrator(db):
    with pytest.raises(ValidationError, match="区划"):
        User.objects.create_superuser("first", "演示口令-2018", display_name="演示一")
    assert not User.objects.exists()
