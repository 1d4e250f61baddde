"""The policy catalogue: 182 lines in Chinese, open to everybody, kept by the district."""

import csv
import datetime
import re
from decimal import Decimal

import pytest
from django.core.management import call_command

from measures import catalogue
from measures.models import Policy, PolicyKind
from measures.models.policy import MEASURE_CHAPTERS, OTHER_CHAPTERS
from office.models import TrailRow

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[a-z]{2,}")  # CT is a word of the trade
FIGURE = re.compile(r"(\d+(?:\.\d+)?)(万?)")
# Standards said without a figure, and what they come to.
IN_WORDS = {"全": 100, "减半": 50, "免除": 0, "不予": 0, "无": 0, "最低缴费档次": 100}
KEPT = (
    "name",
    "kind",
    "chapter",
    "target",
    "condition",
    "standard",
    "unit",
    "period",
    "source",
    "place",
    "note",
)


def form_of(policy: Policy, **changed: object) -> dict[str, object]:
    """What the page's form would send."""
    kept = {name: getattr(policy, name) for name in KEPT}
    figures = {
        name: "" if getattr(policy, name) is None else getattr(policy, name) for name in ("low", "high")
    }
    ends = policy.valid_to or ""
    return {
        **kept,
        **figures,
        "valid_from": policy.valid_from,
        "valid_to": ends,
        "seen": policy.version,
        **changed,
    }


def test_a_fresh_database_has_all_182_lines():
    assert Policy.objects.public().count() == len(catalogue.rows()) == 182


def test_loading_again_adds_nothing_and_changes_nothing():
    Policy.objects.filter(code="AGE-80").update(standard="35元/人")
    call_command("migrate", "measures", verbosity=0)
    assert catalogue.load() == 0
    assert Policy.objects.get(code="AGE-80").standard == "35元/人"


def test_every_line_is_written_out_in_chinese_with_its_source():
    wrong = []
    for row in catalogue.rows():
        there = all(row[name] for name in ("name", "target", "condition", "standard", "source", "as_printed"))
        known = row["chapter"] in (*MEASURE_CHAPTERS, *OTHER_CHAPTERS) and row["kind"] in PolicyKind.values
        english = [name for name in KEPT if ENGLISH.search(row[name])]
        if not (there and known and CHINESE.search(row["condition"])) or english:
            wrong.append((row["code"], english))
    assert not wrong


@pytest.mark.parametrize("row", catalogue.rows(), ids=lambda row: row["code"])
def test_the_figures_of_a_line_are_those_its_words_say(row):
    """What is counted with (low, high) is what the public page says (standard), for every line."""
    kept = {Decimal(row[name]) for name in ("low", "high") if row[name]}
    said = {Decimal(number) * (10_000 if ten else 1) for number, ten in FIGURE.findall(row["standard"])}
    if not said:
        meant = next((figure for word, figure in IN_WORDS.items() if word in row["standard"]), None)
        said = {Decimal(meant)} if kept and meant is not None else set()
    # The cap within the band of 1 to 3 persons is open: the band's end is the ceiling.
    assert kept == ({max(said)} if row["code"] == "AREA-13" else said)


@pytest.mark.parametrize(
    ("code", "standard", "amount", "source"),
    [
        ("AGE-80", "30元/人", 30, "专栏20"),
        ("DB-AGE-90", "260元/人", 260, "专栏20"),
        ("YULU", "3000元/生", 3000, "专栏9"),
        ("DIS-LIVE", "不低于80元/人", 80, "专栏22"),
        ("HOUSE-REBUILD", "不低于2.5万元/户", 25000, "专栏7"),
        ("EDU-PRE", "平均1200元/生", 1200, "专栏9"),
        ("TEMP-AID", "月低保标准×家庭人口×救助月数", None, "专栏20"),
        ("PV-INCOME", "不低于3000元/户", 3000, "三章四节二"),
        ("POWER-FREE", "免费用电15度", 15, "专栏25"),
        ("WORKSHOP-TIER-15", "2万元", 20000, "专栏5"),
    ],
)
def test_figures_are_those_of_the_plans(code, standard, amount, source):
    policy = Policy.objects.get(code=code)
    assert (policy.standard, policy.place) == (standard, source)
    assert policy.amount == (None if amount is None else Decimal(amount))


def test_the_page_is_open_and_lists_all_unfiltered(client):
    answer = client.get("/policies/")
    html = answer.content.decode()
    assert answer.status_code == 200 and 'data-total="182"' in html
    assert html.count('<th scope="row">') == 182


def test_the_page_shows_the_same_to_nobody_and_to_a_keeper(client, signed_in):
    count = client.get("/policies/").content.decode().count('<th scope="row">')
    assert signed_in("admin").get("/policies/").content.decode().count('<th scope="row">') == count


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("q=高龄", {"AGE-80", "AGE-90", "DB-AGE-80", "DB-AGE-90"}),
        ("q=高龄+低保", {"DB-AGE-80", "DB-AGE-90"}),
        ("q=YULU", {"YULU"}),
        ("chapter=生态&kind=标准", {"AFFOREST-MIN", "RANGER-RATIO"}),
        ("target=学校", {"BOARD-SHARE"}),
        ("q=没有这一条", set()),
    ],
)
def test_search_and_filters_narrow_it(client, query, codes):
    assert {row.code for row in client.get(f"/policies/?{query}").context["rows"]} == codes


def test_in_force_and_ended_part_the_lines_that_have_begun(client):
    totals = [len(client.get(f"/policies/?standing={word}").context["rows"]) for word in ("在执行", "已到期")]
    assert sum(totals) == 182 and min(totals) > 0
    assert not any(row.over for row in client.get("/policies/?standing=在执行").context["rows"])


def test_an_unknown_condition_is_refused_in_chinese(client):
    answer = client.get("/policies/?kind=奖状")
    assert answer.status_code == 422 and "没有列出" in answer.content.decode()


def test_a_line_is_said_in_plain_words_with_its_source(client):
    html = client.get("/policies/AGE-80/").content.decode()
    assert "80至89周岁的老年人：每月30元/人。" in html and "台政发〔2018〕2号" in html
    assert client.get("/policies/NONE/").status_code == 404


def test_the_district_corrects_a_line_and_the_old_words_stay(signed_in):
    client, policy = signed_in("district"), Policy.objects.get(code="AGE-80")
    answer = client.post("/policies/AGE-80/edit/", form_of(policy, condition="年满80、未满90周岁"))
    assert (answer.status_code, answer["Location"]) == (303, "/policies/AGE-80/")
    policy.refresh_from_db()
    assert (policy.condition, policy.version) == ("年满80、未满90周岁", 2)
    words = list(policy.history.order_by("history_id").values_list("condition", flat=True))
    assert words == ["80至89周岁的老年人", "年满80、未满90周岁"]
    assert TrailRow.objects.filter(action="修改政策").count() == 1


def test_a_later_day_opens_a_new_standard_and_ends_the_old_one(signed_in, client, office_day):
    old = Policy.objects.get(code="AGE-80")
    new = form_of(
        old, standard="35元/人", low="35", high="35", valid_from="2019-01-01", source="台民发〔2019〕1号"
    )
    assert signed_in("district").post("/policies/AGE-80/edit/", new).status_code == 303
    old.refresh_from_db()
    assert (old.valid_to, old.standard) == (datetime.date(2018, 12, 31), "30元/人")
    standing = Policy.objects.standing(DAY).get(code="AGE-80")
    assert standing == old and Policy.objects.public().standing(DAY).count() == 182
    office_day(datetime.date(2019, 1, 2))
    html = client.get("/policies/AGE-80/").content.decode()
    assert "每月35元/人" in html and "30元/人" in html
    assert 'data-total="182"' in client.get("/policies/").content.decode()


def test_who_comes_second_sees_what_stands_and_loses_nothing(signed_in):
    policy = Policy.objects.get(code="AGE-80")
    first, second = form_of(policy, note="甲改"), form_of(policy, note="乙改")
    client = signed_in("district")
    assert client.post("/policies/AGE-80/edit/", first).status_code == 303
    late = client.post("/policies/AGE-80/edit/", second)
    assert late.status_code == 409
    assert "刚刚由别人修改过" in late.content.decode() and "乙改" in late.content.decode()
    policy.refresh_from_db()
    assert policy.note == "甲改"
    again = {**second, "seen": late.context["form"]["seen"].value()}
    assert client.post("/policies/AGE-80/edit/", again).status_code == 303
    policy.refresh_from_db()
    assert policy.note == "乙改"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("valid_from", "2016-12-31", "不能早于原来的执行日期"),
        ("valid_from", "昨天", "日期认不出来"),
        ("valid_to", "2016-01-01", "截止日期不能早于执行日期"),
        ("low", "-1", "不能小于 0"),
        ("low", "1e308", ""),
        ("low", "99", "金额上限不能小于下限"),
        ("source", "", "必填"),
        ("kind", "奖状", "奖状"),
    ],
)
def test_bad_input_is_refused_and_kept(signed_in, field, value, message):
    policy = Policy.objects.get(code="AGE-80")
    answer = signed_in("district").post(
        "/policies/AGE-80/edit/", form_of(policy, **{"note": "演示说明", field: value})
    )
    html = answer.content.decode()
    assert answer.status_code == 422 and message in html and "演示说明" in html
    policy.refresh_from_db()
    assert (policy.version, policy.note != "演示说明") == (1, True)


def test_a_new_line_gets_a_code_of_its_own(signed_in):
    client, policy = signed_in("district"), Policy.objects.get(code="AGE-80")
    new = form_of(policy, code="AGE-80-NEW", name="演示补贴", seen=0)
    assert client.post("/policies/new/", {**new, "code": "AGE-80"}).status_code == 422
    assert client.post("/policies/new/", {**new, "code": "高龄"}).status_code == 422
    assert client.post("/policies/new/", new).status_code == 303
    assert Policy.objects.get(code="AGE-80-NEW").history.get().history_user.username == "district"


@pytest.mark.parametrize("who", ["village", "town", "leader", "department", "admin", "outsider"])
def test_nobody_else_edits(signed_in, who):
    client, policy = signed_in(who), Policy.objects.get(code="AGE-80")
    assert client.post("/policies/AGE-80/edit/", form_of(policy, note="改")).status_code == 403
    assert "另立标准" not in client.get("/policies/AGE-80/").content.decode()


def test_the_file_holds_each_code_once():
    with catalogue.FILE.open(encoding="utf-8", newline="") as file:
        codes = [row["code"] for row in csv.DictReader(file)]
    assert len(codes) == len(set(codes))
