"""The ten named policies told again in plain Python over exported rows: csv files and nothing of the program.

`export` writes the tables as they stand to csv files by SQL alone; `County` reads those files and decides by the words
of the plans. Neither knows a model, a condition or a rule of the program, so that a mistake there shows here.
"""

import csv
import datetime
from collections import defaultdict
from pathlib import Path

from django.db import connection

TABLES = (
    "households_household",
    "households_person",
    "households_living",
    "households_shock",
    "measures_measure",
    "measures_policy",
)
TRADE = ("中职", "高职高专", "技师学院")
ABLE = ("普通劳动力", "技能劳动力", "弱劳动力或半劳动力")
OF_HOME = ("HOUSE-REBUILD", "TEMP-AID", "PV-INCOME", "POWER-FREE")


def export(folder: Path) -> Path:
    """One csv file a table, every column, as the database holds it."""
    folder.mkdir(exist_ok=True)
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {table} ORDER BY id")
            with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow([column[0] for column in cursor.description])
                writer.writerows(cursor.fetchall())
    return folder


def _yes(text: str) -> bool:
    return text in ("True", "1", "t")


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text[:10])


class County:
    """Everything on file on the day: registered households that are not cancelled, and who is there."""

    def __init__(self, folder: Path, day: datetime.date) -> None:
        self.folder, self.day = folder, day
        self.homes = {
            row["id"]: row
            for row in self._rows("households_household")
            if row["registered_on"] and not row["removed_on"]
        }
        self.people = [
            row
            for row in self._rows("households_person")
            if _yes(row["present"]) and row["household_id"] in self.homes
        ]
        self.members = defaultdict(list)
        for row in self.people:
            self.members[row["household_id"]].append(row)
        self.grades: dict[str, tuple[int, str]] = {}
        for row in self._rows("households_living"):
            last = (int(row["year"]), row["house_grade"])
            self.grades[row["household_id"]] = max(self.grades.get(row["household_id"], (0, "")), last)
        self.struck = {row["household_id"] for row in self._rows("households_shock") if not row["settled_on"]}

    def _rows(self, table: str) -> list[dict[str, str]]:
        with (self.folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def age(self, row: dict[str, str]) -> int:
        born = _day(row["birth_date"])
        return self.day.year - born.year - ((self.day.month, self.day.day) < (born.month, born.day))

    def poor(self, home: str) -> bool:
        return self.homes[home]["exit_mark"] in ("未脱贫", "返贫")

    def supported(self, home: str) -> bool:
        left = self.homes[home]["left_on"]
        three_years_ago = self.day.replace(year=self.day.year - 3)
        return self.poor(home) or (bool(left) and _day(left) > three_years_ago)

    def entitled(self, code: str) -> set[int]:
        """Keys of the persons or households."""
        if code in OF_HOME:
            return {int(home) for home in self.homes if self._household(code, home)}
        return {int(row["id"]) for row in self.people if self._person(code, row)}

    def had(self, code: str) -> set[int]:
        """Keys of those to whom it was delivered in the year of the day, up to it, entitled or not."""
        policies = {row["id"] for row in self._rows("measures_policy") if row["code"] == code}
        of = "household_id" if code in OF_HOME else "person_id"
        return {
            int(row[of])
            for row in self._rows("measures_measure")
            if row["policy_id"] in policies
            and row["state"] == "落实"
            and row["year"] == str(self.day.year)
            and _day(row["delivered_on"]) <= self.day
            and row[of]
        }

    def _household(self, code: str, home: str) -> bool:
        members = self.members[home]
        if code == "HOUSE-REBUILD":
            return self.supported(home) and self.grades.get(home, (0, ""))[1] == "D级"
        if code == "TEMP-AID":
            return home in self.struck
        if code == "PV-INCOME":
            return self.supported(home) and all(row["labour_capacity"] not in ABLE for row in members)
        return any(
            _yes(row["subsistence_allowance"]) or _yes(row["extremely_poor_support"]) for row in members
        )

    def _person(self, code: str, row: dict[str, str]) -> bool:
        age, home = self.age(row), row["household_id"]
        if code == "AGE-80":
            return 80 <= age <= 89
        if code == "DB-AGE-90":
            return 90 <= age <= 99 and _yes(row["subsistence_allowance"])
        if code == "YULU":
            return self.supported(home) and row["schooling"].startswith(TRADE)
        if code == "EDU-PRE":
            return self.supported(home) and row["schooling"] == "学前教育"
        if code == "DIS-LIVE":
            ill = "残疾" in row["health"].split("|")
            return ill and (self.supported(home) or _yes(row["subsistence_allowance"]))
        assert code == "PENSION-PAID"
        out_of_school = row["schooling"] == "非在校生"
        return self.poor(home) and 16 <= age <= 59 and out_of_school and not _yes(row["employee_pension"])
