"""A report with the rows behind its figures: the lists that the figures open, with the rights and masks of these."""

import datetime
import io
import uuid

import openpyxl
import pytest

from accounts.models import Duty
from accounts.roles import CAPABILITIES, Capability, Role
from office import form_with_lists, jobs
from office.models import Export, Job, JobState, TrailRow
from reporting.definitions import DEFINITIONS
from reporting.details import INDEX
from reporting.jobs import parameters
from reporting.models import ReportRun
from tests.test_canary import canary, found_in  # noqa: F401

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)


def made(kind, area, year=2018):
    job = jobs.run_now("report", params=parameters(kind, area, year, DAY))
    assert job.state == JobState.DONE, job.error
    return ReportRun.objects.get(pk=job.result["run"])


@pytest.fixture
def run(ground, make_household):
    for village, persons, cause in (
        (ground.village, 2, "因病"),
        (ground.sibling_village, 3, "因残"),
        (ground.other_village, 4, "因病"),
    ):
        make_household(village=village, persons=persons, poverty_cause=cause, phone="13966150372")
    return made("causes", ground.county)


def ask(client, run, row=None, column="", block=None, **more):
    block = block or DEFINITIONS[run.kind].blocks(run.request)[0].key
    asked = {"block": block, "row": row or run.area.code, "column": column, "once": uuid.uuid4().hex, **more}
    return client.post(f"/reports/runs/{run.pk}/details/", asked)


def fetched(client, answer):
    assert answer.status_code == 303, answer.content.decode()
    pk = answer["Location"].rstrip("/").rsplit("/", 1)[-1]
    jobs.run_job(pk)
    job = Job.objects.get(pk=pk)
    assert job.state == JobState.DONE, job.error
    return b"".join(client.get(job.result["url"]).streaming_content)


def opened(client, answer):
    return openpyxl.load_workbook(io.BytesIO(fetched(client, answer)))


def index(book):
    return [row for row in book[INDEX].iter_rows(min_row=4, values_only=True) if row[1]]


def test_all_figures_of_an_area_come_with_their_lists_each_as_long_as_the_figure_says(run, signed_in):
    book = opened(signed_in("district"), ask(signed_in("district"), run))
    figures, lines = run.figures, index(book)
    assert len(lines) == len({cell.list_url for cell in figures.cells if cell.row == run.area.code} - {None})
    assert {name for _, _, count, name in lines if not count} == {"没有"}
    for headings, values, count, name in lines:
        assert count == int(values.split(" 户")[0]), headings
        if not count:
            continue
        sheet = book[name]
        assert sheet.max_row - 1 == count, headings
        assert sheet.cell(1, 1).value == "户编号"
    assert book.sheetnames[: len(DEFINITIONS["causes"].blocks(run.request))] == [
        block.sheet or block.word for block in DEFINITIONS["causes"].blocks(run.request)
    ]


def test_one_figure_of_one_town_comes_with_its_rows_alone(run, ground, signed_in):
    client, column = signed_in("district"), "total_households"
    book = opened(client, ask(client, run, row=ground.town.code, column=column))
    ((_, values, count, name),) = index(book)
    assert values == "2 户" and count == 2
    assert (
        {row[0] for row in book[name].iter_rows(min_row=2, values_only=True)}
        == set(
            run.area.children.get(code=ground.town.code).children.values_list("households__number", flat=True)
        )
        if hasattr(ground.village, "households")
        else book[name].max_row == 3
    )


def test_the_file_names_who_took_it_and_its_making_is_in_the_trail(run, signed_in):
    client = signed_in("leader")
    book, export = opened(client, ask(client, run)), Export.objects.get()
    for sheet in book:
        assert "演示leader" in sheet.oddFooter.left.text and str(export.pk) in sheet.oddFooter.left.text
    row = TrailRow.objects.get(action="导出清单")
    assert row.subject_id == str(export.pk) and "报表记录" in row.detail["条件"] and row.detail["列"]
    assert TrailRow.objects.filter(action="下载导出文件", subject_id=str(export.pk)).exists()


def test_numbers_stay_masked(run, canary, ground, signed_in):  # noqa: F811
    whole = made("causes", ground.county)
    client = signed_in("district")
    content = fetched(client, ask(client, whole))
    book = openpyxl.load_workbook(io.BytesIO(content))
    text = "\n".join(
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell
    )
    assert not found_in(text) and "13966150372" not in text


def test_a_list_longer_than_a_sheet_goes_on_in_the_next(run, signed_in, monkeypatch):
    monkeypatch.setattr(form_with_lists, "MAX_ROWS", 3)
    client = signed_in("district")
    book = opened(client, ask(client, run, column="total_households"))
    ((_, _, count, names),) = index(book)
    first, second = names.split("、")
    assert count == 3 and [book[name].max_row for name in (first, second)] == [3, 2]
    numbers = [
        row[0] for name in (first, second) for row in book[name].iter_rows(min_row=2, values_only=True)
    ]
    assert len(set(numbers)) == 3
    assert first.endswith("（第1张共2张）") and second.endswith("（第2张共2张）")
    assert book[first].oddFooter.center.text == "下接第2张表"
    assert book[second].oddFooter.center.text == "上接第1张表"


def test_much_goes_to_the_workers_of_long_work(run, signed_in, monkeypatch):
    monkeypatch.setattr("office.exports.LONG", 2)
    ask(signed_in("district"), run)
    assert Job.objects.latest("queued_at").queue == "bulk"


def test_a_list_one_may_not_see_is_left_out_and_named_and_alone_it_is_refused(run, signed_in, monkeypatch):
    able = CAPABILITIES[Role.LEADER] - {Capability.REGISTER_VIEW}
    monkeypatch.setitem(CAPABILITIES, Role.LEADER, able)
    assert ask(signed_in("leader"), run).status_code == 403
    assert not Export.objects.exists()


def test_of_several_lists_those_one_may_not_see_are_named(run, ground, signed_in, monkeypatch):
    sheet = made("assessment", ground.county)
    able = CAPABILITIES[Role.LEADER] - {Capability.REGISTER_VIEW}
    monkeypatch.setitem(CAPABILITIES, Role.LEADER, able)
    book = opened(signed_in("leader"), ask(signed_in("leader"), sheet, block="people"))
    told = {headings: name for headings, _, _, name in index(book)}
    hidden = [headings for headings, name in told.items() if name == "当前任职不能看"]
    assert hidden and all("减贫任务" in one or "疑点" in one for one in hidden)
    assert {name for name in told.values() if name in book.sheetnames} and len(hidden) < len(told)


def test_who_lost_the_right_gets_no_file(run, cast, signed_in):
    client = signed_in("district")
    answer = ask(client, run)
    Duty.objects.filter(user=cast["district"]).update(end_on=datetime.date(2018, 1, 1))
    pk = answer["Location"].rstrip("/").rsplit("/", 1)[-1]
    jobs.run_job(pk)
    assert Job.objects.get(pk=pk).state == JobState.FAILED


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"row": "370406000000"}, 404),
        ({"column": "nothing"}, 404),
        ({"block": "nothing"}, 404),
        ({"once": "again"}, 422),
        ({"row": "x" * 21}, 422),
    ],
)
def test_what_is_not_there_is_not_made(run, signed_in, changes, status):
    assert ask(signed_in("district"), run, **changes).status_code == status
    assert not Job.objects.exclude(kind="report").exists()


def test_another_format_is_refused_by_the_job(run, signed_in):
    block = DEFINITIONS["causes"].blocks(run.request)[0].key
    query = f"run={run.pk}&block={block}&row={run.area.code}"
    asked = {"list": "reporting:run-details", "query": query, "format": "csv", "once": uuid.uuid4().hex}
    answer = signed_in("district").post("/exports/", asked)
    pk = answer["Location"].rstrip("/").rsplit("/", 1)[-1]
    jobs.run_job(pk)
    assert Job.objects.get(pk=pk).error == "带明细的报表只有 Excel 一种"


def test_the_page_offers_it_where_a_figure_opens_a_list(run, signed_in):
    page = signed_in("leader").get(f"/reports/runs/{run.pk}/").content.decode()
    assert 'data-action="report-details"' in page and "这组全部的数" in page


def test_the_trail_says_in_words_of_which_figures_the_rows_were_taken(signed_in, run, ground):
    column = "total_households"
    fetched(client := signed_in("district"), ask(client, run, column=column))
    said = TrailRow.objects.filter(action="导出清单").latest("pk").detail["条件"]
    assert DEFINITIONS["causes"].title in said and "全区　合计" in said
    assert str(run.pk) in said and "total_households" not in said
