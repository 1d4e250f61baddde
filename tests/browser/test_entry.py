"""A household of four entered and saved by keyboard alone, the key presses beyond the text itself counted."""

import datetime
import re

import pytest
from playwright.sync_api import expect

from tests.conftest import identity_number

pytestmark = pytest.mark.browser
MOST_KEYS = 150
PEOPLE = (
    # name, relation, born, male, education, schooling, labour capacity, work place, months
    ("周演示甲", "1", datetime.date(1971, 3, 14), True, "3", "1", "1", "2", "8"),
    ("吴演示乙", "2", datetime.date(1973, 8, 2), False, "2", "1", "1", "", ""),
    ("周演示丙", "4", datetime.date(2008, 6, 9), False, "2", "4", "4", "", ""),
    ("郑演示丁", "12", datetime.date(1946, 1, 20), False, "1", "1", "4", "", ""),
)


class Keyboard:
    """What a caseworker does: text is typed, every other key is counted."""

    def __init__(self, page) -> None:
        self.page, self.keys = page, 0

    def at(self, name: str) -> None:
        """The focus stands where the next word belongs."""
        expect(self.page.locator(f'[name="{name}"]:focus')).to_have_count(1, timeout=5000)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def text(self, name: str, text: str) -> None:
        """Text into a field, then on to the next."""
        self.at(name)
        self.page.keyboard.type(text)
        self.press("Enter")

    def choose(self, name: str, number: str, *, moves: bool = True) -> None:
        """A choice by its number; short lists move on by themselves."""
        self.at(name)
        self.press(*number)
        if not moves:
            self.press("Enter")

    def skip(self, *names: str) -> None:
        for name in names:
            self.at(name)
            self.press("Enter")


def enter_person(keys: Keyboard, place: int, person: tuple, serial: int) -> None:
    name, relation, born, male, education, schooling, labour, work, months = person
    prefix = f"p-{place}-"
    keys.text(f"{prefix}name", name)
    keys.choose(f"{prefix}relation", relation, moves=False)
    keys.text(f"{prefix}id_number", identity_number(serial + place * 10, born, male))
    keys.choose(f"{prefix}education", education)
    keys.choose(f"{prefix}schooling", schooling, moves=False)
    keys.choose(f"{prefix}health", "1", moves=False)
    keys.choose(f"{prefix}labour_capacity", labour)
    if work:
        keys.choose(f"{prefix}work_place", work)
        keys.text(f"{prefix}work_months", months)
    else:
        keys.skip(f"{prefix}work_place", f"{prefix}work_months")
    for field, answer in (
        ("resident_medical_insurance", "1"),
        ("employee_medical_insurance", "0"),
        ("critical_illness_insurance", "1"),
        ("resident_pension", "1" if born.year < 2000 else "0"),
        ("subsistence_allowance", "0"),
        ("extremely_poor_support", "0"),
    ):
        keys.choose(f"{prefix}{field}", answer)


def enter_household(page, keys: Keyboard, serial: int) -> None:
    keys.at("village")
    keys.press("Enter")
    keys.text("villager_group", "二组")
    keys.text("address", "演示村二组14号")
    keys.text("phone", "13800000000")
    keys.choose("attribute", "1")
    keys.choose("poverty_standard", "1")
    keys.choose("poverty_cause", "9", moves=False)
    keys.skip("bank_name", "bank_account")
    for place, person in enumerate(PEOPLE):
        enter_person(keys, place, person, serial)
        expect(page.locator("#add-member")).to_be_focused()
        if place < len(PEOPLE) - 1:
            keys.press("Enter")
    keys.press("Tab")
    keys.text("house_area", "96")
    keys.choose("house_grade", "2")
    keys.choose("living_power", "1")
    keys.choose("water_difficult", "0")
    keys.choose("fuel", "4")
    keys.choose("sanitary_toilet", "1")
    keys.choose("entry_road", "3")
    keys.text("road_distance", "0.4")
    keys.choose("relocated", "0")
    keys.choose("production_power", "1")
    keys.choose("cooperative_member", "0")
    keys.text("farmland", "4.6")
    for name, yuan in (
        ("wage_income", "8400"),
        ("business_income", "6200"),
        ("property_income", "0"),
        ("subsistence_income", "0"),
        ("extremely_poor_income", "0"),
        ("pension_income", "1560"),
        ("ecology_income", "0"),
        ("family_planning_income", "0"),
        ("other_transfer_income", "480"),
        ("business_expense", "6150"),
    ):
        keys.text(name, yuan)
    for name in ("food_assured", "clothing_assured", "education_guaranteed", "medical_guaranteed"):
        keys.choose(name, "1")
    for name in ("housing_guaranteed", "water_safe"):
        keys.choose(name, "1")
    keys.at("check_basic_data")
    keys.press("1", "2", "3", "4", "5", "6", "Enter")
    keys.skip("surveyor", "surveyed_on")


@pytest.mark.parametrize("width", [1366, 390])
def test_a_household_of_four_by_keyboard_alone(sign_in, site, width):
    page = sign_in("village")
    page.set_viewport_size({"width": width, "height": 768})
    page.goto(f"{site.url}/households/new/")
    before = site.rows("select count(*) from households_household")[0][0]
    page.focus("[name=village]")
    keys = Keyboard(page)
    enter_household(page, keys, serial=width)
    expect(page.locator("#draft-said")).to_contain_text("已自动保存")
    expect(page.locator("#checks")).not_to_contain_text("改好以前不能保存")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    keys.press("Tab", "Tab")
    assert page.evaluate("document.activeElement.value") == "save"
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/households/[0-9]+/$"))
    expect(page.locator("h1")).to_contain_text("周演示甲")
    assert site.rows("select count(*) from households_household")[0][0] == before + 1
    assert site.rows("select count(*) from households_entrydraft")[0][0] == 0
    assert keys.keys < MOST_KEYS, keys.keys
    print(f"{width} px: {keys.keys} key presses beyond the text")


def disabled(page, field: str, word: str) -> bool:
    return page.evaluate(
        """([field, word]) => Array.from(document.querySelector(`[name="${field}"]`).options)
            .find((one) => one.value === word).disabled""",
        [field, word],
    )


def test_choices_follow_what_is_typed_and_nothing_typed_is_lost(sign_in, site):
    page = sign_in("village")
    page.goto(f"{site.url}/households/new/")
    page.select_option("[name=p-0-relation]", "户主")
    page.fill("[name=p-0-id_number]", identity_number(701, datetime.date(1975, 3, 2)))
    page.click("#add-member")
    page.wait_for_selector("[name=p-1-name]")
    assert disabled(page, "p-1-relation", "户主")
    page.select_option("[name=p-1-schooling]", "普通高中一年级")
    with page.expect_response(lambda answer: answer.url.endswith("/checks/")):
        page.fill("[name=p-1-id_number]", identity_number(702, datetime.date(2009, 5, 1), male=False))
        page.press("[name=p-1-id_number]", "Enter")
    expect(page.locator("#id_p-1-relation option[value=之子]")).to_be_disabled()
    assert not disabled(page, "p-1-relation", "之女") and not disabled(page, "p-1-schooling", "小学")
    assert disabled(page, "p-1-schooling", "本科一年级")
    assert page.input_value("[name=p-1-schooling]") == "普通高中一年级"
    expect(page.locator("#rail")).to_contain_text("错误")
    page.check("#id_p-1-health_0")
    page.check("#id_p-1-health_3")
    assert not page.is_checked("#id_p-1-health_0") and page.is_checked("#id_p-1-health_3")
    assert page.is_visible("[name=p-1-disability_category]")
    assert not page.is_visible("[name=p-0-disability_category]")
