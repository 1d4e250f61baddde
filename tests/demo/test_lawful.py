"""Synthetic people are lawful under the logic checks that can be judged without the register."""

import datetime

import pytest

from demo import people, world, yearly
from demo.register import EXTREME, GENERAL
from households import identity
from households.codes import CODES

TODAY = world.TODAY
CHECKED = (datetime.date(2015, 12, 10), datetime.date(2017, 11, 1), TODAY)
PARENTS = ("之父", "之母", "之公公", "之婆婆")


@pytest.fixture(scope="module")
def persons(made):
    return [person for life in made.lives for person in life.sheet.members]


def households_on(made, day):
    for life in made.lives:
        members = life.members(day)
        if members and (life.cancelled_on is None or life.cancelled_on > day):
            yield life, members


def test_identity_numbers_are_lawful_and_unique(persons):
    numbers = [person.id_number for person in persons]
    assert len(set(numbers)) == len(numbers)
    for person in persons:
        read = identity.read("居民身份证", person.id_number, TODAY)
        assert read.valid
        assert (read.sex, read.birth_date) == (person.sex, person.birth_date)
        assert person.id_number.startswith("990405")


def test_a_day_with_500_births_goes_on_with_the_next():
    numbers = people.IdentityNumbers()
    day = datetime.date(1950, 1, 1)
    taken = [numbers.take(day, "男") for _ in range(501)]
    assert len({number for number, _ in taken}) == 501
    assert taken[-1][1] == day + datetime.timedelta(days=1)


def test_phones_have_11_digits(made, persons):
    phones = [life.sheet.phone for life in made.lives] + [person.phone for person in persons if person.phone]
    assert all(len(phone) == 11 and phone.isdecimal() for phone in phones)


@pytest.mark.parametrize("day", CHECKED)
def test_one_head_of_age_and_at_most_one_spouse_of_the_other_sex(made, day):
    for _, members in households_on(made, day):
        if day == TODAY:
            heads = [person for person in members if person.relation == "户主"]
            spouses = [person for person in members if person.relation == "配偶"]
            assert len(heads) == 1
            assert heads[0].age(day) >= 18
            assert len(spouses) <= 1
            assert all(person.sex != heads[0].sex for person in spouses)


def test_relations_agree_with_sex_and_age(made):
    sexes = {}
    for code in CODES["relation"].codes:
        if "sex=" in code.note:
            sexes[code.label] = code.note.split("sex=")[1][0]
    for _, members in households_on(made, TODAY):
        head = next(person for person in members if person.relation == "户主")
        for person in members:
            assert person.sex == sexes.get(person.relation, person.sex)
            gap = (person.birth_date - head.birth_date).days / 365.25
            if person.relation in ("之子", "之女"):
                assert gap >= 15
            elif person.relation in ("之孙子", "之孙女"):
                assert gap >= 30
            elif person.relation in PARENTS:
                assert -gap >= 15


@pytest.mark.parametrize("day", CHECKED)
def test_schooling_and_labour_agree_with_age(persons, day):
    ages = {}
    for code in CODES["schooling"].codes:
        if "ages=" in code.note:
            low, high = code.note.split("ages=")[1].split(";")[0].split("-")
            ages[code.label] = (int(low), int(high))
    for person in persons:
        if person.birth_date > day:
            continue
        found, age = yearly.facts(person, day), person.age(day)
        low, high = ages.get(found["schooling"], (0, 120))
        assert low <= age <= high
        at_school = found["schooling"] != "非在校生"
        assert bool(found["education"]) != at_school
        assert at_school or age >= 16
        if age < 16:
            assert found["labour_capacity"] == "无劳动力"
        if age >= 60:
            assert found["labour_capacity"] in ("无劳动力", "弱劳动力或半劳动力")
        elif not at_school and person.health == ("健康",):
            assert found["labour_capacity"] in ("普通劳动力", "技能劳动力")
        assert bool(found["work_place"]) == bool(found["work_months"])
        if found["work_place"]:
            assert found["labour_capacity"] not in ("无劳动力", "丧失劳动力")


def test_codes_are_words_of_their_lists(made, persons):
    for person in persons:
        found = yearly.facts(person, TODAY)
        for name in ("schooling", "education", "labour_capacity", "self_care", "work_place", "support_mode"):
            assert not found[name] or found[name] in CODES[name]
        assert all(word in CODES["health"] for word in person.health)
        assert person.join_reason in CODES["join_reason"]
        assert not person.leave_reason or person.leave_reason in CODES["leave_reason"]
    for life in made.lives:
        sheet = life.sheet
        assert sheet.poverty_cause in CODES["poverty_cause"]
        assert sheet.attribute in CODES["household_attribute"]
        assert sheet.poverty_type in CODES["poverty_type"]
        assert all(word in CODES["assistance_need"] for word in sheet.assistance_need)
        assert not life.no_exit_reason or life.no_exit_reason in CODES["no_exit_reason"]
        assert not life.removal_reason or life.removal_reason in CODES["removal_reason"]


def test_the_main_cause_is_found_in_the_household_and_named_once(made):
    for life, members in households_on(made, CHECKED[0]):
        sheet = life.sheet
        assert len(sheet.other_poverty_causes) <= 2
        assert sheet.poverty_cause not in sheet.other_poverty_causes
        if sheet.poverty_cause == "因病":
            assert any(person.ill for person in members)
        elif sheet.poverty_cause == "因残":
            assert any(person.disabled for person in members)
        elif sheet.poverty_cause == "因学":
            assert any(yearly.schooling(person, CHECKED[0]) != "非在校生" for person in members)


def test_the_disabled_have_category_grade_and_certificate(persons):
    for person in persons:
        assert person.disabled == bool(person.disability_category) == bool(person.disability_grade)
        if person.disabled:
            read = identity.read("残疾人证", person.disability_certificate, TODAY)
            assert read.valid
            kind = people.DISABILITY_KINDS.index(person.disability_category) + 1
            assert person.disability_certificate[18] == str(kind)
        assert person.ill == bool(person.disease_name)
        assert "健康" not in person.health or person.health == ("健康",)


def test_incomes_agree_with_persons_and_attribute(made):
    for life in made.lives:
        for survey in life.surveys:
            assert survey.member_count == len(life.members(survey.surveyed_on))
            assert all(value >= 0 for value in survey.incomes.values())
            works = any(facts["work_months"] for _, facts in survey.people)
            assert bool(survey.incomes["wage_income"]) == works
            attribute = life.sheet.attribute
            extreme, allowance = survey.incomes["extremely_poor_income"], survey.incomes["subsistence_income"]
            assert bool(extreme) == (attribute == EXTREME)
            assert bool(allowance) == (attribute not in (EXTREME, GENERAL))
            assert not survey.incomes["business_income"] or survey.incomes["business_expense"]
            assert survey.assured["housing_guaranteed"] == (survey.living["house_grade"] in ("A级", "B级"))


def test_income_never_jumps_by_half(made):
    for life in made.lives:
        incomes = [survey.net_income_per_capita for survey in life.surveys]
        assert all(
            abs(after - before) <= before / 2 for before, after in zip(incomes, incomes[1:], strict=False)
        )


def test_where_nobody_can_work_there_is_support(made):
    for life, members in households_on(made, CHECKED[0]):
        capable = any(
            yearly.labour(person, CHECKED[0]) not in ("无劳动力", "丧失劳动力") for person in members
        )
        supported = any(person.subsistence_allowance or person.extremely_poor_support for person in members)
        assert capable or supported
        if life.sheet.attribute == EXTREME:
            assert not capable
