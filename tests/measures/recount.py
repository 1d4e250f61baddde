"""The ten named policies told again in plain Python over exported rows, apart from the declared conditions."""

import datetime
from collections import defaultdict

from households.models import Household, Living, Person, Shock

TRADE = ("中职", "高职高专", "技师学院")
ABLE = ("普通劳动力", "技能劳动力", "弱劳动力或半劳动力")


def exported(rows, *names: str) -> list[dict]:
    """Rows as a file would hold them."""
    return list(rows.order_by("pk").values("pk", *names))


class County:
    """Everything on file, read once: registered households that are not cancelled, and who is there."""

    def __init__(self, day: datetime.date) -> None:
        self.day = day
        homes = exported(Household.objects, "exit_mark", "left_on", "registered_on", "removed_on")
        self.homes = {row["pk"]: row for row in homes if row["registered_on"] and not row["removed_on"]}
        people = exported(
            Person.objects,
            "household",
            "present",
            "birth_date",
            "schooling",
            "health",
            "labour_capacity",
            "subsistence_allowance",
            "extremely_poor_support",
            "employee_pension",
        )
        self.people = [row for row in people if row["present"] and row["household"] in self.homes]
        self.members = defaultdict(list)
        for row in self.people:
            self.members[row["household"]].append(row)
        self.grades: dict[int, tuple[int, str]] = {}
        for row in exported(Living.objects, "household", "year", "house_grade"):
            self.grades[row["household"]] = max(
                self.grades.get(row["household"], (0, "")), (row["year"], row["house_grade"])
            )
        self.struck = {
            row["household"]
            for row in exported(Shock.objects, "household", "settled_on")
            if not row["settled_on"]
        }

    def age(self, row: dict) -> int:
        born = row["birth_date"]
        return self.day.year - born.year - ((self.day.month, self.day.day) < (born.month, born.day))

    def poor(self, home: int) -> bool:
        return self.homes[home]["exit_mark"] in ("未脱贫", "返贫")

    def supported(self, home: int) -> bool:
        left = self.homes[home]["left_on"]
        three_years_ago = self.day.replace(year=self.day.year - 3)
        return self.poor(home) or (left is not None and left > three_years_ago)

    def entitled(self, code: str) -> set[int]:
        """Keys of the persons or households."""
        if code in ("HOUSE-REBUILD", "TEMP-AID", "PV-INCOME", "POWER-FREE"):
            return {home for home in self.homes if self._household(code, home)}
        return {row["pk"] for row in self.people if self._person(code, row)}

    def _household(self, code: str, home: int) -> bool:
        members = self.members[home]
        if code == "HOUSE-REBUILD":
            return self.supported(home) and self.grades.get(home, (0, ""))[1] == "D级"
        if code == "TEMP-AID":
            return home in self.struck
        if code == "PV-INCOME":
            return self.supported(home) and all(row["labour_capacity"] not in ABLE for row in members)
        return any(row["subsistence_allowance"] or row["extremely_poor_support"] for row in members)

    def _person(self, code: str, row: dict) -> bool:
        age, home = self.age(row), row["household"]
        if code == "AGE-80":
            return 80 <= age <= 89
        if code == "DB-AGE-90":
            return 90 <= age <= 99 and row["subsistence_allowance"] is True
        if code == "YULU":
            return self.supported(home) and row["schooling"].startswith(TRADE)
        if code == "EDU-PRE":
            return self.supported(home) and row["schooling"] == "学前教育"
        if code == "DIS-LIVE":
            return "残疾" in row["health"] and (self.supported(home) or row["subsistence_allowance"] is True)
        assert code == "PENSION-PAID"
        out_of_school = row["schooling"] == "非在校生"
        return self.poor(home) and 16 <= age <= 59 and out_of_school and row["employee_pension"] is not True
