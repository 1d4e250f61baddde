"""New households and members by workbook: checked, written as the entry form writes them, undone."""

import datetime
import io
from decimal import Decimal

import openpyxl
import pytest

from households.models import (
    ClosedYear,
    Household,
    ImportState,
    NameKey,
    Person,
    PersonYear,
    StatusEvent,
    Survey,
    Visit,
)
from households.workbook import changes, importing
from households.workbook.changes import Overtaken
from households.workbook.preview import shown
from office import clock
from tests.conftest import identity_number
from tests.households.test_import import (
    compared,
    confirm,
    edited,
    faults,
    imported,
    take_back,
    told_by,
    workbook,
)

__all__ = ["compared", "imported", "workbook"]
BORN = datetime.date(1950, 3, 4)
HOUSEHOLD = {
    "户编号": "新1",
    "村(社区)": "演示东村",
    "识别标准": "国家标准",
    "村民小组": "三组",
    "贫困户属性": "一般贫困户",
    "主要致贫原因": "因病",
    "联系电话": "13800001234",
}
HEAD = {
    "户编号": "新1",
    "姓名": "演示新户主",
    "与户主关系": "户主",
    "证件号码": identity_number(900, BORN),
    "健康状况": "健康",
    "民族": "汉族",
}
WIFE = {
    **HEAD,
    "姓名": "演示新配偶",
    "与户主关系": "配偶",
    "证件号码": identity_number(902, BORN, male=False),
    "健康状况": "长期慢性病",
}
SURVEY = {
    "户编号": "新1",
    "年度": "2018",
    "采集人": "演示采集员",
    "采集日期": "2018-11-02",
    "工资性收入": "3000",
    "生产经营性收入": "1000",
    "财产性收入": "0",
    "生产经营性支出": "0",
    **dict.fromkeys(
        ("不愁吃", "不愁穿", "义务教育有保障", "基本医疗有保障", "住房安全有保障", "饮水安全"), "是"
    ),
    "住房面积": "80",
}


def added(data: bytes, **rows: list[dict[str, str]]) -> bytes:
    """The workbook with rows below its data: 户=[{title: value}], …"""

    def change(book):
        for sheet, lines in rows.items():
            page = book[sheet]
            places = {one.value: one.column for one in page[1]}
            last = max(row for row in range(1, page.max_row + 1) if page.cell(row, 1).value)
            for line, values in enumerate(lines, last + 1):
                for title, value in values.items():
                    page.cell(line, places[title]).value = value

    return edited(data, change)


@pytest.fixture
def new_file(workbook):
    """new_file(household, persons, surveys) is a download with these rows added."""

    def make(household=HOUSEHOLD, persons=(HEAD, WIFE), surveys=()):
        return added(workbook(), 户=[household], 人口=list(persons), 年度采集=list(surveys))

    return make


def test_a_new_household_is_written_as_the_form_writes_it(new_file, imported, cast, ground):
    batch = imported(new_file(surveys=[SURVEY]))
    assert (batch.state, batch.rows, batch.created, batch.updated) == (ImportState.APPLIED, 4, 4, 0)
    household = Household.objects.get()
    assert (household.village, household.town, household.county) == (
        ground.village,
        ground.town,
        ground.county,
    )
    assert len(household.number) == 10 and household.number.isdigit()
    assert (household.member_count, household.below_national, household.colour) == (2, True, "")
    assert (household.registered_on, household.exit_mark, household.coloured_on) == (
        None,
        "",
        datetime.date(2018, 11, 20),
    )
    assert not StatusEvent.objects.exists()
    assert household.phone == "13800001234"
    assert Household.objects.filter(
        phone_key=Household._meta.get_field("phone_key").of("13800001234")
    ).exists()
    head, wife = household.persons.order_by("number")
    assert (head.name, head.relation, head.sex, head.birth_date) == ("演示新户主", "户主", "男", BORN)
    assert (wife.sex, wife.health, wife.joined_on, wife.present) == ("女", ("长期慢性病",), None, True)
    assert Person.objects.holding(HEAD["证件号码"]).get() == head and len(head.number) == 11
    assert Household.objects.named("新户主").get() == household
    assert Household.objects.named("ysxh").exists()
    survey = household.surveys.get()
    assert (survey.state, survey.member_count, survey.net_income) == ("已填报", 2, Decimal(4000))
    assert survey.net_income_per_capita == Decimal(2000)
    assert PersonYear.objects.filter(year=2018).count() == 2
    assert household.living.get().house_area == 80


def test_what_is_made_has_its_history_and_is_sealed(new_file, imported, cast):
    imported(new_file())
    for model in (Household, Person):
        for version in model.history.all():
            assert (version.history_type, version.history_user) == ("+", cast["village"])
            assert version.history_change_reason == "导入 采集.xlsx"
    person = Person.objects.get(name="演示新户主")
    assert Person.history.get(id=person.pk).id_number == HEAD["证件号码"]
    raw = Person.objects.extra(select={"raw": "id_number"}).values_list("raw", flat=True)
    assert all(str(one).startswith("v1:") for one in raw)


def test_what_is_made_can_be_edited_and_entered_like_any_other(new_file, imported):
    imported(new_file())
    household = Household.objects.get()
    household.villager_group = "四组"
    household.save()
    household.register(on=datetime.date(2018, 11, 20))
    assert household.in_register and household.persons.filter(joined_on__isnull=False).count() == 2
    assert (
        Household.create(
            village=household.village,
            poverty_standard="国家标准",
            attribute="一般贫困户",
            poverty_cause="因病",
        ).number
        > household.number
    )


@pytest.mark.parametrize("name", ["演示东村", "370405101201", "东演示镇演示东村", "演示区/东演示镇/演示东村"])
def test_the_village_is_found_by_code_or_names(new_file, compared, name):
    found = compared(new_file({**HOUSEHOLD, "村(社区)": name}), user="district")
    assert not found.bad and found.new["新1"].village.name == "演示东村"


def test_a_village_elsewhere_reads_like_an_unknown_one(new_file, compared, ground):
    messages = set()
    for name in (ground.other_village.name, "没有的村"):
        (fault,) = told_by(compared(new_file({**HOUSEHOLD, "村(社区)": name})))
        messages.add((fault.code, fault.message))
    assert len(messages) == 1


def test_a_name_of_two_villages_is_asked_for_more(new_file, compared, ground):
    ground.other_village.name = "演示东村"
    ground.other_village.save()
    found = compared(new_file(), user="district")
    assert [one.code for one in told_by(found)] == ["I018"]


@pytest.mark.parametrize(
    ("household", "persons", "expected"),
    [
        ({"村民小组": ""}, (HEAD,), [("户", "C001")]),
        ({"识别标准": ""}, (HEAD,), [("户", "C001")]),
        ({}, (WIFE,), [("户", "C017")]),
        ({}, (HEAD, {**WIFE, "与户主关系": "户主"}), [("户", "C018")]),
        ({}, (HEAD, {**WIFE, "证件号码": HEAD["证件号码"], "与户主关系": "其他"}), [("人口", "C013")] * 2),
        ({}, ({**HEAD, "证件号码": "99040519500304001X"},), [("人口", "C005")]),
        ({}, ({**HEAD, "健康状况": "不知道"},), [("人口", "C002")]),
        ({}, ({**HEAD, "健康状况": ""},), [("人口", "C001")]),
        ({}, ({**HEAD, "出生日期": "1951-01-01"},), [("人口", "C015")]),
        ({"户编号": "新9"}, (HEAD,), [("人口", "C026"), ("户", "I019")]),
    ],
)
def test_every_rule_holds_for_what_is_new(new_file, compared, household, persons, expected):
    found = compared(new_file({**HOUSEHOLD, **household}, persons))
    assert [(sheet, code) for sheet, _, _, code in faults(found)] == expected
    assert not found.good


def test_a_number_held_elsewhere_says_only_that_it_is_taken(make_household, new_file, compared, ground):
    taken = make_household(village=ground.foreign_village).persons.first()
    born = taken.birth_date.isoformat()
    persons = [{**HEAD, "证件号码": taken.id_number, "出生日期": born}]
    (fault,) = told_by(compared(new_file(persons=persons)))
    assert (fault.code, fault.message, fault.title) == ("C012", "该证件号码已在册", "证件号码")


def test_one_bad_household_keeps_the_file_out_and_the_others_can_go_on(
    new_file, workbook, imported, cast, compared
):
    second = [{**row, "户编号": "新2"} for row in (HOUSEHOLD, {**HEAD, "证件号码": "1"})]
    data = added(new_file(), 户=[second[0]], 人口=[second[1]])
    batch = imported(data)
    assert batch.state == ImportState.FAULTY and not Household.objects.exists()
    importing.go_on(batch)
    confirm(batch, cast["village"])
    assert Household.objects.count() == 1 and Person.objects.count() == 2


def joining(household: Household, **more: str) -> dict[str, str]:
    row = {**WIFE, "户编号": household.number, "姓名": "演示新成员", "与户主关系": "之女"}
    row["证件号码"] = identity_number(906, datetime.date(1975, 3, 4), male=False)
    return {**row, "增加日期": "2018-11-10", "增加原因": "户籍迁入", **more}


def test_a_new_member_of_a_registered_household_comes_by_an_event(make_household, workbook, imported, cast):
    household = make_household()
    batch = imported(added(workbook(), 人口=[joining(household)]))
    assert (batch.state, batch.created, batch.unchanged) == (ImportState.APPLIED, 1, 4)
    event = StatusEvent.objects.get(kind="增员")
    person = Person.objects.get(name="演示新成员")
    assert (event.person, event.persons, event.members) == (person, 1, 3)
    assert (event.on, event.recorded_by) == (datetime.date(2018, 11, 10), cast["village"])
    assert (person.joined_on, person.join_reason) == (datetime.date(2018, 11, 10), "户籍迁入")
    fresh = Household.objects.get(pk=household.pk)
    assert (fresh.member_count, fresh.last_event_on) == (3, datetime.date(2018, 11, 10))
    assert fresh.version == household.version + 1
    assert fresh.history.first().member_count == 3
    assert Household.objects.named("新成员").get() == fresh


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"增加日期": ""}, "C001"),
        ({"增加原因": ""}, "C001"),
        ({"增加原因": "纳入时登记"}, "C002"),
        ({"增加日期": "2018-12-10"}, "C029"),
        ({"增加日期": "2014-12-10"}, "C029"),
        ({"与户主关系": "户主"}, "C018"),
    ],
)
def test_who_cannot_join_is_told(make_household, workbook, compared, more, code):
    household = make_household()
    found = compared(added(workbook(), 人口=[joining(household, **more)]))
    assert [one.code for one in told_by(found)] == [code]


def test_nobody_joins_in_a_closed_year(make_household, workbook, compared):
    household = make_household()
    ClosedYear.objects.create(county=household.county, year=2018, closed_at=clock.moment())
    found = compared(added(workbook(), 人口=[joining(household)]))
    assert [one.code for one in told_by(found)] == ["C029"]


def test_a_new_member_of_an_applicant_needs_no_event(make_household, workbook, imported, cast):
    household = make_household(on=None)
    batch = imported(added(workbook(), 人口=[joining(household, 增加日期="", 增加原因="")]))
    assert Household.objects.get().member_count == 3 and not StatusEvent.objects.exists()
    take_back(batch, cast["village"])
    assert Household.objects.get().member_count == 2 == Person.objects.count()
    assert not Household.objects.named("新成员").exists()


def test_undo_takes_away_what_was_made(new_file, imported, cast):
    batch = imported(new_file(surveys=[SURVEY]))
    take_back(batch, cast["village"])
    assert batch.state == ImportState.UNDONE
    for model in (Household, Person, Survey, PersonYear, NameKey):
        assert not model.objects.exists()
    last = Household.history.first()
    assert (last.history_type, last.phone) == ("-", "13800001234")
    assert Person.history.filter(history_type="-").count() == 2


def test_undo_is_refused_once_a_new_household_was_changed_or_visited(new_file, imported, cast):
    batch = imported(new_file())
    household = Household.objects.get()
    Household.objects.update(version=2)
    with pytest.raises(Overtaken, match="又改过"):
        take_back(batch, cast["village"])
    Household.objects.update(version=1)
    Visit.objects.create(
        household=household, visited_on=datetime.date(2018, 11, 20), way="入户走访", visitor="演示走访人"
    )
    with pytest.raises(Overtaken, match="走访"):
        take_back(batch, cast["village"])
    assert Household.objects.exists()


def test_undo_of_a_member_on_the_register_is_a_leaving(make_household, workbook, imported, cast):
    household = make_household()
    batch = imported(added(workbook(), 人口=[joining(household)]))
    take_back(batch, cast["village"])
    assert Household.objects.get().member_count == 2
    assert StatusEvent.objects.get(kind="减员").persons == -1
    assert not Person.objects.get(name="演示新成员").present


def test_of_two_files_with_one_new_person_the_second_writes_nothing(new_file, imported, cast):
    first = imported(new_file(), write=False)
    second = imported(new_file(household={**HOUSEHOLD, "村民小组": "五组"}), user="town", write=False)
    confirm(first, cast["village"])
    with pytest.raises(Overtaken, match="已在册"):
        confirm(second, cast["town"])
    assert Household.objects.count() == 1


def test_the_empty_rows_of_the_download_can_be_filled_in(make_household, workbook):
    make_household()
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    for sheet, title in (("户", "户编号"), ("户", "村(社区)"), ("人口", "户编号"), ("人口", "增加原因")):
        page = book[sheet]
        place = next(one.column for one in page[1] if one.value == title)
        below = 5 if sheet == "人口" else 4
        assert page.cell(2, place).protection.locked and not page.cell(below, place).protection.locked
    assert book.active.title == "户"


def test_what_was_checked_before_an_upgrade_is_checked_again(new_file, imported, cast, monkeypatch):
    """The fields of a person are others by now: nothing is guessed, the page goes on."""
    batch = imported(new_file(), write=False)
    monkeypatch.setattr(changes, "ORDER", changes.ORDER + 1)
    with pytest.raises(Overtaken, match="升级"):
        confirm(batch, cast["village"])
    batch.refresh_from_db()
    assert (batch.state, Household.objects.count()) == (ImportState.READY, 0) and "升级" in batch.reason
    assert [(one.is_new, one.lines) for one in shown(list(batch.changes.all()))] == [(True, [])]


@pytest.mark.parametrize(
    "name", ["演示\\N名", "演示\t名", "演示\n名", "演\\t示", '演"示', "+演示", "演'示,名"]
)
def test_whatever_stands_in_a_cell_is_stored_as_it_is(new_file, imported, name):
    household = {**HOUSEHOLD, "家庭住址": f"{name}\\"}
    assert imported(new_file(household, [{**HEAD, "姓名": name}])).state == ImportState.APPLIED
    assert Person.objects.get().name == name
    assert Household.objects.get().address == f"{name}\\"
    assert Person.history.get().name == name
