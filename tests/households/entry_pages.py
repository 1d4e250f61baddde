"""What a browser sends from the entry sheet: the page's fields as they stand, with some typed over."""

import re
from html.parser import HTMLParser

from tests.conftest import identity_number


class _Fields(HTMLParser):
    """Successful controls of the form `household`."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.inside, self.select = False, ""
        self.first: str | None = None

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "form":
            self.inside = a.get("id") == "household"
        if not self.inside:
            return
        if tag == "input" and a.get("name"):
            kind = a.get("type", "text")
            if kind in ("radio", "checkbox") and "checked" not in a:
                return
            ticked = "on" if kind in ("radio", "checkbox") else ""
            self.sent.setdefault(a["name"], []).append(a.get("value") or ticked)
        elif tag == "select":
            self.select, self.first = a["name"], None
        elif tag == "option" and self.select:
            if self.first is None:
                self.first = a.get("value", "")
                self.sent[self.select] = [self.first]
            if "selected" in a:
                self.sent[self.select] = [a.get("value", "")]

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        if tag == "select":
            self.select = ""


def sent_by(page: str) -> dict[str, list[str]]:
    fields = _Fields()
    fields.feed(page)
    return fields.sent


HOUSEHOLD = {
    "villager_group": "二组",
    "address": "演示东村二组14号",
    "phone": "13800000000",
    "attribute": "一般贫困户",
    "poverty_standard": "国家标准",
    "poverty_cause": "缺技术",
}
INSURED = {
    "resident_medical_insurance": "True",
    "employee_medical_insurance": "False",
    "critical_illness_insurance": "True",
    "resident_pension": "True",
    "subsistence_allowance": "False",
    "extremely_poor_support": "False",
}
SURVEY = {
    "wage_income": "8,400",
    "business_income": "6200",
    "property_income": "0",
    "subsistence_income": "0",
    "extremely_poor_income": "0",
    "pension_income": "0",
    "ecology_income": "0",
    "family_planning_income": "0",
    "other_transfer_income": "480",
    "business_expense": "2150",
    **dict.fromkeys(
        (
            "food_assured",
            "clothing_assured",
            "education_guaranteed",
            "medical_guaranteed",
            "housing_guaranteed",
            "water_safe",
        ),
        "True",
    ),
}
CONDITIONS = {
    "house_area": "80",
    "house_grade": "B级",
    "living_power": "True",
    "water_difficult": "False",
    "fuel": "清洁能源",
    "sanitary_toilet": "True",
    "entry_road": "水泥路",
    "road_distance": "0.5",
    "relocated": "False",
    "production_power": "True",
    "cooperative_member": "False",
    "farmland": "4.6",
}


def person(place: int, born, *, male: bool = True, relation: str = "其他", **more: str) -> dict[str, str]:
    facts = {
        "name": f"演示{'甲乙丙丁戊己庚辛壬癸'[place % 10]}{place}",
        "relation": relation,
        "id_number": identity_number(place + 40, born, male),
        "id_type": "居民身份证",
        "ethnicity": "汉族",
        "education": "初中",
        "schooling": "非在校生",
        "health": "健康",
        "labour_capacity": "普通劳动力",
        "work_place": "乡（镇）内务工",
        "work_months": "6",
        **INSURED,
        **more,
    }
    return {f"p-{place}-{name}": value for name, value in facts.items()}


def errors_of(page: str) -> str:
    found = re.search(r'<div class="note note-err".*?</div>', page, re.DOTALL)
    return found.group() if found else ""
