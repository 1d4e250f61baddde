"""Bad input in every kind of field is refused in Chinese and stays as it was typed (quality F5, threats C3–C5, C8)."""

import datetime
import re

import pytest

from households.models import Household
from tests.conftest import identity_number
from tests.households.entry_pages import CONDITIONS, HOUSEHOLD, SURVEY, errors_of, person, sent_by

NEW = "/households/new/"
ADULT = datetime.date(1975, 3, 2)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def typed(ground):
    return {
        "village": ground.village.pk,
        "version": "1",
        "p-TOTAL": "2",
        **HOUSEHOLD,
        **person(0, ADULT, relation="户主"),
        **person(1, datetime.date(1976, 5, 1), male=False, relation="配偶"),
        **CONDITIONS,
        **SURVEY,
        "surveyor": "秦演示",
        "surveyed_on": "2018-11-18",
    }


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("wage_income", "1e308", "不超过"),
        ("wage_income", "NaN", "请填数字"),
        ("wage_income", "-Infinity", "请填数字"),
        ("wage_income", "8400.005", "小数"),
        ("wage_income", "−1", "请填数字"),
        ("wage_income", "-1", "不能为负数"),
        ("wage_income", "八千四", "请填数字"),
        ("business_expense", "9" * 400, "不超过"),
        ("house_area", "1E+308", "不超过"),
        ("farmland", "四亩", "请填数字"),
        ("p-0-work_months", "1e308", "请填整数"),
        ("p-0-work_months", "13", "月数应为0至12的整数"),
        ("p-0-work_months", "6.5", "请填整数"),
        ("planned_exit_year", "99999", "32767"),
        ("planned_exit_year", "９９９９９９９９９９９９９", "32767"),
        ("surveyed_on", "2018-02-29", "日期认不出来"),
        ("surveyed_on", "2018-02-30", "日期认不出来"),
        ("surveyed_on", "昨天", "日期认不出来"),
        ("surveyed_on", "2018-11-21", "采集日期晚于今天"),
        ("surveyed_on", "1e308", "日期认不出来"),
        ("p-0-id_number", "990405750302001", "应为18位"),
        ("p-0-id_number", "990405190002290017", "出生日期不存在"),
        ("p-0-id_number", identity_number(1, datetime.date(2030, 1, 1)), "出生日期不存在"),
        ("p-0-id_number", "99040519750302001一", "不允许的字符"),
        ("p-0-name", "长" * 61, "60"),
        ("p-0-name", "演示\x00甲", "空字符"),
        ("villager_group", "长" * 41, "40"),
        ("address", "长" * 201, "200"),
        ("p-0-relation", "表亲", "表亲"),
        ("attribute", "' OR 1=1 --", "OR 1=1"),
    ],
)
def test_it_is_refused_in_chinese_and_stays(signed_in, typed, field, text, said):
    answer = signed_in("village").post(NEW, {**typed, field: text})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in errors_of(page)
    told = re.search(rf'id="id_{field}_error">(.*?)</p>', page, re.DOTALL)
    assert told and said in told.group(1) and CHINESE.search(told.group(1))
    others = sent_by(page)
    assert others["p-1-name"] == [typed["p-1-name"]] and others["other_transfer_income"] == ["480"]
    if field not in ("p-0-relation", "attribute"):
        assert others[field] == [text]
    assert not Household.objects.exists()


def test_full_width_digits_and_letters_are_read(signed_in, typed):
    wide = str.maketrans("0123456789X,.-", "０１２３４５６７８９Ｘ，．－")
    for field in ("wage_income", "house_area", "p-0-work_months", "phone", "p-0-id_number", "surveyed_on"):
        typed[field] = typed[field].translate(wide)
    answer = signed_in("village").post(NEW, typed)
    assert answer.status_code == 303, errors_of(answer.content.decode())
    household = Household.objects.get()
    head, survey = household.head, household.surveys.get()
    assert (head.id_number, head.work_months) == (person(0, ADULT)["p-0-id_number"], 6)
    assert (household.phone, survey.wage_income, str(survey.surveyed_on)) == (
        "13800000000",
        8400,
        "2018-11-18",
    )


@pytest.mark.parametrize("name", ["阿依古丽·买买提", "买买提•吐尔逊", "演示𠮷", "㛃演示", "演"])
def test_names_with_dots_and_rare_characters_are_kept_and_found(signed_in, typed, name):
    client = signed_in("village")
    answer = client.post(NEW, {**typed, "p-0-name": name})
    assert answer.status_code == 303, errors_of(answer.content.decode())
    assert Household.objects.get().head.name == name
    if len(name) > 1:
        found = client.get("/households/", {"q": name[-2:]}).content.decode()
        assert 'data-total="1"' in found and name in found


def test_a_sheet_of_twenty_members_has_more_fields_than_djangos_default(signed_in, typed):
    client = signed_in("village")
    typed["p-TOTAL"] = "19"
    for place in range(2, 20):
        typed |= person(place, datetime.date(1990, 1, 1) + datetime.timedelta(days=place))
    # The page with its 20 rows sends every field it has, filled or not.
    page = client.post(NEW, {**typed, "action": "add"}).content.decode()
    sent = sent_by(page)
    for name in set(re.findall(r'<input type="radio" name="(p-[^"]*)" value="False"', page)):
        sent.setdefault(name, ["False"])
    assert sum(map(len, sent.values())) > 1000
    answer = client.post(NEW, sent)
    assert answer.status_code == 303, errors_of(answer.content.decode())
    assert Household.objects.get().member_count == 20
