"""The accounts of the demonstration, one a role and a second district official, all with one password."""

import datetime
import os
import secrets

from accounts.models import User
from accounts.roles import Role
from accounts.units import Unit
from areas.models import Area

# Role → display name and the area of its duty: a village, a town, or the county.
VILLAGE, TOWN = "侯塘村", "张山子镇"
# The account `department` is 民政's, whose lists are compared, and 住建's, whose acceptance houses wait for.
UNITS = (Unit.CIVIL_AFFAIRS, Unit.HOUSING)
PEOPLE: dict[str, str] = {
    Role.VILLAGE: "秦演示",
    Role.HELPER: "许演示",
    Role.TOWN: "吕演示",
    Role.APPROVER: "何演示",
    Role.DISTRICT: "孟演示",
    Role.LEADER: "施演示",
    Role.DEPARTMENT: "孔演示",
    Role.AUDITOR: "严演示",
    Role.SECURITY: "华演示",
    Role.ADMIN: "金演示",
}
# A full export of the register is asked for by one district official and released by another.
SECOND, SECOND_NAME = "district2", "祝演示"
SINCE = datetime.date(2015, 1, 1)


def given_password() -> str:
    return os.environ.get("DEMO_PASSWORD", "")


def areas_of(county: Area) -> dict[str, Area]:
    """Role → area."""
    town = county.children.get(name=TOWN)
    village = town.children.get(name=VILLAGE)
    found = dict.fromkeys(PEOPLE, county)
    found.update({Role.VILLAGE: village, Role.HELPER: village, Role.TOWN: town, Role.APPROVER: town})
    return found


def make(county: Area) -> str:
    """Creates the accounts with their duties; returns the password they all have."""
    password = given_password() or secrets.token_urlsafe(9)
    for role, place in areas_of(county).items():
        _account(role, PEOPLE[role], role, place, password)
    _account(SECOND, SECOND_NAME, Role.DISTRICT, county, password)
    return password


def _account(username: str, name: str, role: str, place: Area, password: str) -> None:
    user = User.objects.create_user(username=username, password=password, display_name=name)
    for unit in UNITS if role == Role.DEPARTMENT else ("",):
        user.grant(role=role, area=place, start_on=SINCE, by=None, unit=unit)


def keep_password() -> None:
    """A later run with another DEMO_PASSWORD: the accounts have that one from now on."""
    password = given_password()
    first = User.objects.filter(username=Role.DISTRICT).first()
    if password and first is not None and not first.check_password(password):
        for user in User.objects.filter(username__in=[*PEOPLE, SECOND]):
            user.change_password(password)
