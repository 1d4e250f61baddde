"""Who takes a report is named in the file and in the trail, under one number; what is kept on the server is not touched."""

import datetime
import io
import json
from urllib.parse import unquote

import openpyxl
import pytest

from office.jobs import run_now
from office.models import TrailRow
from reporting.jobs import parameters
from reporting.models import ReportRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(ground, make_household):
    make_household()
    asked = parameters("exit-tally", ground.county, 2016, datetime.date(2018, 11, 20))
    return ReportRun.objects.get(pk=run_now("report", params=asked).result["run"])


def taken(client, run, form):
    """The file and its name as they come, and the number that the trail has."""
    answer = client.get(f"/reports/files/{run.files.get(format=form).pk}/")
    content = b"".join(answer.streaming_content)
    assert len(content) == int(answer["Content-Length"])
    number = TrailRow.objects.filter(action="下载报表").latest("id").detail["下载编号"]
    return content, unquote(answer["Content-Disposition"]), number


def test_the_opened_workbook_names_its_downloader_and_the_number_of_the_trail(run, signed_in):
    numbers = set()
    for name, post in (("district", "区扶贫办"), ("leader", "领导小组")):
        content, _, number = taken(signed_in(name), run, "xlsx")
        for sheet in openpyxl.load_workbook(io.BytesIO(content)):
            line = sheet.cell(sheet.max_row, 1).value
            assert f"下载人：演示{name}（{post}" in line and f"下载编号：{number}" in line
            assert f"演示{name}" in sheet.oddFooter.left.text and number in sheet.oddFooter.left.text
        numbers.add(number)
    assert len(numbers) == 2


def test_json_names_the_downloader_beside_what_it_always_has(run, signed_in):
    content, _, number = taken(signed_in("leader"), run, "json")
    found = json.loads(content)
    told = found.pop("downloaded")
    assert told["下载编号"] == number and told["下载人"].startswith("演示leader")
    assert found["run"] == str(run.pk) and found["cells"]


def test_csv_has_records_only_and_the_number_in_its_name(run, signed_in, settings):
    content, name, number = taken(signed_in("leader"), run, "csv")
    kept = settings.MEDIA_ROOT / run.files.get(format="csv").name
    assert content == kept.read_bytes() and f"_{number}.csv" in name


def test_the_kept_file_stays_as_it_was_made(run, signed_in, settings):
    file = run.files.get(format="xlsx")
    before = (settings.MEDIA_ROOT / file.name).read_bytes()
    assert taken(signed_in("leader"), run, "xlsx")[0] != before
    assert (settings.MEDIA_ROOT / file.name).read_bytes() == before


def test_a_plan_table_is_stamped_too(plan, signed_in):
    answer = signed_in("leader").get(f"/plans/{plan.pk}/xlsx/")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    number = TrailRow.objects.get(action="导出规划表").detail["下载编号"]
    assert "演示leader" in sheet.cell(sheet.max_row, 1).value and number in sheet.oddFooter.left.text
