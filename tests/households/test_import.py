"""The workbook of an area goes out and comes back (quality F6, threats A13, D8, D10, F5)."""

import datetime
import io
from decimal import Decimal

import openpyxl
import pytest

from households.models import ClosedYear, Household, ImportBatch, ImportState, Living, Person, Survey
from households.models.person import PersonYear
from households.workbook import importing
from households.workbook.template import write_workbook
from households.workbook.writing import Overtaken
from office import clock
from office.models import TrailRow
from office.workbook_read import WorkbookRefused
from office.workbook_write import write_long

DAY = datetime.date(2018, 11, 20)
TEMPLATE = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def workbook(ground, tmp_path):
    """workbook(area) is the bytes of a fresh download of the area."""

    def make(area=None, year=2018):
        file = io.BytesIO()
        area = area or ground.village
        write_workbook(
            file,
            Household.objects.in_area(area).filter(removed_on__isnull=True),
            area=area,
            year=year,
            template=TEMPLATE,
            made_at=clock.moment(),
            progress=lambda *told: None,
            folder=tmp_path,
        )
        return file.getvalue()

    return make


def edited(data: bytes, change) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def cell(book, sheet: str, title: str, row: int = 2):
    page = book[sheet]
    return next(one for one in page[row] if page.cell(1, one.column).value == title)


def put(*cells):
    """A change of a workbook: (sheet, title, value) or (sheet, title, value, row)."""

    def change(book):
        for sheet, title, value, *row in cells:
            cell(book, sheet, title, *row).value = value

    return change


@pytest.fixture
def compared(cast):
    def compare(data, user="village"):
        return importing.compare(cast[user], data, DAY, lambda *told: None)

    return compare


@pytest.fixture
def imported(cast, ground, compared):
    """Takes in, checks and, without faults, writes the file; the batch."""

    def run(data, user="village", write=True):
        batch = importing.take_in(cast[user], ground.village, "采集.xlsx", data, clock.moment())
        importing.keep(batch, compared(data, user))
        if write and batch.state == ImportState.READY:
            confirm(batch, cast[user])
        return batch

    return run


def confirm(batch, user):
    assert batch.move(ImportState.READY, ImportState.APPLYING)
    importing.apply(batch, user, DAY, clock.moment(), lambda *told: None, lambda: None)


def take_back(batch, user):
    assert batch.move(ImportState.APPLIED, ImportState.UNDOING)
    importing.take_back(batch, user, DAY, clock.moment(), lambda *told: None, lambda: None)


def faults(found):
    return [(*place, one.column, one.code) for place, told in sorted(found.bad.items()) for one in told]


def told_by(found):
    return [one for told in found.bad.values() for one in told]


def history_rows():
    return (
        Household.history.count() + Person.history.count() + Survey.history.count() + Living.history.count()
    )


@pytest.fixture
def surveyed(make_household):
    household = make_household(phone="13800001234", bank_account="6217000010001234567", address="=路边")
    survey = Survey.objects.create(
        household=household,
        year=2018,
        member_count=2,
        wage_income=Decimal("5000"),
        surveyor="演示采集员",
        surveyed_on=datetime.date(2018, 11, 1),
    )
    Living.objects.create(household=household, year=2018, house_area=Decimal("60.00"), house_grade="A级")
    return household, survey


def test_an_unchanged_download_changes_nothing_and_leaves_no_history(surveyed, workbook, imported):
    before, versions = history_rows(), list(Household.objects.values_list("pk", "version"))
    batch = imported(workbook())
    assert (batch.state, batch.rows, batch.unchanged) == (ImportState.APPLIED, 4, 4)
    assert (batch.created, batch.updated, batch.faults) == (0, 0, 0)
    assert history_rows() == before
    assert list(Household.objects.values_list("pk", "version")) == versions


def test_saved_again_by_another_program_it_still_changes_nothing(surveyed, workbook, compared):
    found = compared(edited(workbook(), lambda book: None))
    assert (found.unchanged, found.changed, found.bad) == (4, {}, {})


def test_the_columns_may_stand_in_any_order(surveyed, workbook, compared):
    def turn(book):
        for name in ("户", "人口", "年度采集"):
            page = book[name]
            rows = [[one.value for one in row][::-1] for row in page.iter_rows()]
            page.data_validations.dataValidation.clear()
            for line, row in enumerate(rows, 1):
                for place, value in enumerate(row, 1):
                    page.cell(line, place).value = value

    change = put(("人口", "文化程度", "小学"), ("户", "村民小组", "二组"))
    straight = compared(edited(workbook(), change))
    turned = compared(edited(edited(workbook(), change), turn))
    assert not turned.bad
    assert [one.changes for one in turned.changed.values()] == [
        one.changes for one in straight.changed.values()
    ]
    assert sum(len(one.changes) for one in turned.changed.values()) == 2


def test_personal_data_is_masked_in_the_file(surveyed, workbook):
    household, _ = surveyed
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    text = "\n".join(str(one.value) for page in book for row in page.iter_rows() for one in row)
    for number in ("13800001234", "6217000010001234567", *(one.id_number for one in household.persons.all())):
        assert number not in text
    assert "138****1234" in text
    assert cell(book, "户", "家庭住址").data_type == "s"
    assert book["_tuopin"].sheet_state == "veryHidden" and book["_tuopin"]["B1"].value == TEMPLATE
    assert cell(book, "户", "户编号").protection.locked and not cell(book, "户", "家庭住址").protection.locked


def test_changes_are_written_with_history_and_one_row_of_the_trail(surveyed, workbook, imported, cast):
    household, survey = surveyed
    change = put(
        ("户", "村民小组", "二组"),
        ("户", "联系电话", "13900005678"),
        ("人口", "姓名", "演示新名"),
        ("年度采集", "工资性收入", 6000.5),
        ("年度采集", "住房面积", "80"),
    )
    batch = imported(edited(workbook(), change))
    assert (batch.state, batch.updated, batch.unchanged) == (ImportState.APPLIED, 3, 1)
    fresh = Household.objects.get(pk=household.pk)
    assert (fresh.villager_group, fresh.phone) == ("二组", "13900005678")
    assert fresh.phone_key == Household._meta.get_field("phone_key").of("13900005678")
    assert fresh.version == household.version + 1
    head = household.persons.order_by("number").first()
    assert head.name == "演示新名" and Household.objects.named("新名").exists()
    survey.refresh_from_db()
    assert (survey.wage_income, survey.net_income) == (Decimal("6000.50"), Decimal("6000.50"))
    assert Living.objects.get().house_area == 80
    newest = Household.history.filter(id=household.pk).first()
    assert newest.history_user == cast["village"] and newest.phone == "13900005678"
    row = TrailRow.objects.get(action="导入贫困户表")
    assert row.subject_id == str(batch.pk) and row.detail["修改"] == 3


def test_a_new_survey_is_created_and_submitted_when_it_is_complete(make_household, workbook, imported):
    household = make_household()
    answers = [("年度采集", title, "3000") for title in ("工资性收入", "生产经营性收入", "财产性收入")]
    answers += [("年度采集", "生产经营性支出", "0"), ("年度采集", "采集人", "演示采集员")]
    answers += [("年度采集", "采集日期", datetime.date(2018, 11, 2))]
    five = ("不愁吃", "不愁穿", "义务教育有保障", "基本医疗有保障", "住房安全有保障", "饮水安全")
    answers += [("年度采集", title, "是") for title in five]
    batch = imported(edited(workbook(), put(*answers)))
    assert (batch.state, batch.created) == (ImportState.APPLIED, 1)
    survey = household.surveys.get()
    assert (survey.state, survey.member_count, survey.net_income) == ("已填报", 2, Decimal(9000))


def test_undo_puts_back_what_was_there(surveyed, workbook, imported, cast):
    household, _ = surveyed
    before = list(household.persons.order_by("pk").values_list("name", "education"))
    other = put(("人口", "姓名", "演示新名"), ("人口", "文化程度", "小学"), ("户", "联系电话", "13900005678"))
    batch = imported(edited(workbook(), other))
    assert batch.state == ImportState.APPLIED
    take_back(batch, cast["village"])
    assert batch.state == ImportState.UNDONE
    assert list(household.persons.order_by("pk").values_list("name", "education")) == before
    assert Household.objects.get(pk=household.pk).phone == "13800001234"
    assert TrailRow.objects.filter(action="撤销导入").count() == 1


def test_undo_of_a_created_survey_takes_it_away(make_household, workbook, imported, cast):
    household = make_household()
    new = put(
        ("年度采集", "采集人", "甲"), ("年度采集", "采集日期", "2018-11-02"), ("年度采集", "住房面积", 70)
    )
    batch = imported(edited(workbook(), new))
    assert household.surveys.count() == household.living.count() == 1
    take_back(batch, cast["village"])
    assert household.surveys.count() == household.living.count() == PersonYear.objects.count() == 0


def test_undo_is_refused_when_a_household_was_changed_since(surveyed, workbook, imported, cast):
    batch = imported(edited(workbook(), put(("户", "村民小组", "二组"))))
    Household.objects.update(version=99)
    with pytest.raises(Overtaken):
        take_back(batch, cast["village"])
    batch.refresh_from_db()
    assert batch.state == ImportState.APPLIED and "又改过" in batch.reason
    assert Household.objects.get().villager_group == "二组"


def test_the_same_file_is_taken_once(surveyed, workbook, imported, cast, ground):
    data = edited(workbook(), put(("户", "村民小组", "二组")))
    batch = imported(data)
    with pytest.raises(Exception, match="已经导入过"):
        importing.take_in(cast["village"], ground.village, "别名.xlsx", data, clock.moment())
    take_back(batch, cast["village"])
    importing.take_in(cast["village"], ground.village, "采集.xlsx", data, clock.moment())


def test_of_two_imports_of_one_household_the_second_writes_nothing(surveyed, workbook, imported, cast):
    first = imported(edited(workbook(), put(("户", "村民小组", "二组"))), write=False)
    second = imported(edited(workbook(), put(("户", "家庭住址", "三号"))), user="town", write=False)
    confirm(first, cast["village"])
    with pytest.raises(Overtaken):
        confirm(second, cast["town"])
    second.refresh_from_db()
    household = Household.objects.get()
    assert second.state == ImportState.READY and "又改过" in second.reason
    assert (household.villager_group, household.address) == ("二组", "=路边")


def test_households_elsewhere_read_like_unknown_ones(make_household, ground, workbook, compared):
    make_household()
    make_household(village=ground.sibling_village)
    elsewhere = compared(workbook(ground.town))
    unknown = compared(edited(workbook(), put(("户", "户编号", "9999999999"))))
    told = {one.message for one in [*told_by(elsewhere), *told_by(unknown)]}
    assert told == {"没有这个编号，或者不在当前任职的区域内"}
    assert {code for *_, code in faults(elsewhere)} == {"I011"} and not elsewhere.changed


def test_a_number_held_elsewhere_says_only_that_it_is_taken(make_household, ground, workbook, compared):
    make_household()
    taken = make_household(village=ground.foreign_village).persons.first()
    change = put(("人口", "证件号码", taken.id_number), ("人口", "出生日期", taken.birth_date.isoformat()))
    found = compared(edited(workbook(), change))
    told = told_by(found)
    assert [(one.code, one.message, one.title) for one in told] == [("C012", "该证件号码已在册", "证件号码")]


@pytest.mark.parametrize(
    ("sheet", "title", "value", "code"),
    [
        ("人口", "证件号码", 530101197001011234, "C014"),
        ("人口", "证件号码", "5301**********9999", "I006"),
        ("人口", "证件号码", "123", "C003"),
        ("人口", "文化程度", "博士后后", "C002"),
        ("人口", "出生日期", "2020-02-30", "I009"),
        ("人口", "与户主关系", "户主", "C018"),
        ("户", "其他致贫原因", "因病、因残", "C052"),
        ("户", "户编号", None, "I010"),
        ("户", "银行账号", 6217000010001234567, "I005"),
        ("年度采集", "工资性收入", "1e308", "I007"),
        ("年度采集", "工资性收入", "很多", "I007"),
        ("年度采集", "年度", "2088", "I008"),
        ("年度采集", "不愁吃", "也许", "C002"),
    ],
)
def test_a_bad_cell_is_told_with_its_place(surveyed, workbook, compared, sheet, title, value, code):
    data = workbook()
    row = 3 if value == "户主" else 2
    book = openpyxl.load_workbook(io.BytesIO(data))
    letter = cell(book, sheet, title, row).column_letter
    found = compared(edited(data, put((sheet, title, value, row))))
    assert (sheet, row, letter, code) in faults(found)
    told = [one.message for one in told_by(found)]
    assert value == "户主" or all(str(value) not in message for message in told)


def test_one_bad_row_keeps_the_whole_file_out(make_household, workbook, imported):
    for _ in range(2):
        make_household()
    change = put(("户", "村民小组", "二组", 2), ("户", "贫困程度", "没有这样的", 3))
    batch = imported(edited(workbook(), change))
    assert (batch.state, batch.faults, batch.bad_rows.count()) == (ImportState.FAULTY, 1, 1)
    assert not Household.objects.filter(villager_group="二组").exists()
    assert "没有这样的" not in str(list(batch.bad_rows.values_list("faults")))


def test_blank_cells_leave_alone_and_a_closed_year_is_kept(surveyed, workbook, compared):
    household, _ = surveyed
    assert not compared(edited(workbook(), put(("户", "家庭住址", None)))).changed
    ClosedYear.objects.create(county=household.county, year=2018, closed_at=clock.moment())
    found = compared(edited(workbook(), put(("年度采集", "工资性收入", "1"))))
    assert [code for *_, code in faults(found)] == ["I015"]


def test_a_file_without_its_keys_is_refused_whole(surveyed, workbook, compared):
    with pytest.raises(WorkbookRefused, match="没有“户编号”列"):
        compared(edited(workbook(), put(("户", "户编号", "编号", 1))))


def test_a_strange_column_is_told(surveyed, workbook, compared):
    found = compared(edited(workbook(), put(("户", "家庭住址", "住在哪", 1))))
    assert [(row, code) for _, row, _, code in faults(found)] == [(1, "I002")]


def test_a_head_may_pass_to_another_member(surveyed, workbook, imported):
    household, _ = surveyed
    change = put(("人口", "与户主关系", "配偶", 2), ("人口", "与户主关系", "户主", 3))
    assert imported(edited(workbook(), change)).state == ImportState.APPLIED
    assert list(household.persons.order_by("pk").values_list("relation", flat=True)) == ["配偶", "户主"]


def test_words_of_early_forms_are_kept_and_not_offered_anew(surveyed, workbook, imported):
    household, _ = surveyed
    household.persons.update(education="大专及以上")
    data = workbook()
    book = openpyxl.load_workbook(io.BytesIO(data))
    offered = [
        cell.value for name in book.sheetnames for line in book[name] for cell in line if name == "_选项"
    ]
    lists = "".join(rule.formula1 for rule in book["人口"].data_validations.dataValidation)
    assert "大专及以上" not in offered and "大专及以上" not in lists
    assert imported(edited(data, put(("户", "村民小组", "二组")))).state == ImportState.APPLIED
    assert set(household.persons.values_list("education", flat=True)) == {"大专及以上"}


def test_twelve_thousand_bad_rows_are_all_told(cast, compared, tmp_path):
    path, titles = tmp_path / "long.xlsx", ["户编号", "村民小组", "贫困程度", "数据版本"]
    rows = ([f"{number:010d}", "一组", "无此项", "1"] for number in range(12_000))
    write_long(path, titles, rows, made_at=clock.moment(), title="户")
    found = compared(path.read_bytes())
    assert (found.rows, len(found.bad), found.unchanged) == (12_000, 12_000, 0)
    assert faults(found)[-1] == ("户", 12_001, "A", "I011")


def test_undo_after_the_changes_were_cleared_is_refused(surveyed, workbook, imported, cast):
    batch = imported(edited(workbook(), put(("户", "村民小组", "二组"))))
    batch.changes.all().delete()
    with pytest.raises(Overtaken, match="七天"):
        take_back(batch, cast["village"])


def test_a_user_without_the_right_compares_nothing(surveyed, workbook, compared):
    with pytest.raises(Exception, match="不能登记贫困户"):
        compared(workbook(), user="helper")
    assert not ImportBatch.objects.exists()
