"""`/imports/` and `import_register`: from the download over the check to confirmation and undo."""

import io
import json
import os
import time
from io import StringIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from households.models import Household, ImportBatch, ImportRow, RegisterWorkbook
from households.workbook.jobs import workbook_path
from office import clock
from office.jobs import run_job, run_now
from office.models import Job, TrailRow
from tests.households.test_import import edited, put


def work_off():
    for job in Job.objects.waiting().order_by("queued_at"):
        run_job(str(job.pk))


@pytest.fixture
def downloaded(make_household, signed_in, url, ground):
    """A household, and the workbook its clerk downloads."""
    make_household(phone="13800001234")
    client = signed_in("village")
    answer = client.post(url("households:import-workbook-new"), {"area": ground.village.code, "year": 2018})
    assert answer.status_code == 303
    work_off()
    made = RegisterWorkbook.objects.get()
    file = client.get(url("households:import-workbook", made.pk))
    assert file.status_code == 200 and "no-store" in file["Cache-Control"]
    return b"".join(file.streaming_content)


@pytest.fixture
def upload(signed_in, url):
    def send(data, role="village", name="采集.xlsx"):
        file = SimpleUploadedFile(name, data)
        answer = signed_in(role).post(url("households:imports"), {"file": file})
        work_off()
        return answer

    return send


def test_the_way_from_download_to_undo(downloaded, upload, signed_in, url):
    answer = upload(edited(downloaded, put(("户", "村民小组", "二组"), ("户", "联系电话", "13900005678"))))
    batch = ImportBatch.objects.get()
    assert answer.status_code == 303 and answer["Location"] == url("households:import", batch.pk)
    client = signed_in("village")
    page = client.get(answer["Location"]).content.decode()
    assert "一组" in page and "二组" in page and "139****5678" in page and "13900005678" not in page
    assert client.post(url("households:import-confirm", batch.pk)).status_code == 303
    work_off()
    assert Household.objects.get().villager_group == "二组"
    assert client.post(url("households:import-confirm", batch.pk)).status_code == 409
    assert client.post(url("households:import-undo", batch.pk)).status_code == 303
    work_off()
    assert Household.objects.get().villager_group == "一组"
    assert "已撤销" in client.get(answer["Location"]).content.decode()


def test_errors_are_listed_and_the_bad_rows_downloaded(downloaded, upload, signed_in, url):
    upload(edited(downloaded, put(("户", "村民小组", "@二组"), ("户", "贫困程度", "无此项"))))
    batch = ImportBatch.objects.get()
    client = signed_in("village")
    page = client.get(url("households:import", batch.pk)).content.decode()
    assert "选项不在规定的表内" in page and "贫困程度" in page and "C002" in page
    file = client.get(url("households:import-bad-rows", batch.pk))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(file.streaming_content)))
    row = [one.value for one in book["户"][2]]
    assert row[0] == "2" and "选项不在规定的表内" in row[1] and "@二组" in row
    assert all(one.data_type != "f" for line in book["户"] for one in line)
    assert Household.objects.get().villager_group == "一组"


def test_what_is_no_workbook_says_so_on_its_page(upload, signed_in, url, cast):
    upload("户编号,姓名".encode("gbk"), name="采集.xlsx")
    batch = ImportBatch.objects.get()
    assert "csv" in signed_in("village").get(url("households:import", batch.pk)).content.decode()


def test_the_same_file_twice_is_refused_at_once(downloaded, upload, signed_in, url):
    data = edited(downloaded, put(("户", "村民小组", "二组")))
    upload(data)
    signed_in("village").post(url("households:import-confirm", ImportBatch.objects.get().pk))
    work_off()
    answer = upload(data)
    assert answer.status_code == 422 and "已经导入过" in answer.content.decode()


def test_another_clerk_of_the_same_area_sees_neither_file_nor_upload(downloaded, upload, signed_in, url):
    upload(downloaded)
    client = signed_in("town")
    assert client.get(url("households:import", ImportBatch.objects.get().pk)).status_code == 404
    assert client.get(url("households:import-workbook", RegisterWorkbook.objects.get().pk)).status_code == 404


def test_a_workbook_asked_for_elsewhere_is_refused(signed_in, url, ground):
    asked = {"area": ground.sibling_village.code, "year": 2018}
    assert signed_in("village").post(url("households:import-workbook-new"), asked).status_code == 422
    assert not Job.objects.exists()


def test_uploads_are_sealed_on_disk_and_no_value_of_a_bad_row_is_in_the_database(
    downloaded, upload, settings
):
    client_file = edited(downloaded, put(("户", "联系电话", "13700009999"), ("户", "贫困程度", "无此项")))
    upload(client_file)
    (kept,) = (settings.MEDIA_ROOT / "imports").glob("*")
    assert kept.read_bytes().startswith(b"v1:") and b"PK\x03\x04" not in kept.read_bytes()[:200]
    assert "无此项" not in str(list(ImportRow.objects.values_list()))
    assert "13700009999" not in str(list(TrailRow.objects.values_list("detail")))
    assert "13700009999" not in str(list(Job.objects.values_list("params", "result", "error", "message")))


def run_command(*args):
    out, code = StringIO(), 0
    try:
        call_command("import_register", *args, stdout=out)
    except SystemExit as ended:
        code = ended.code
    return code, json.loads(out.getvalue())


def test_the_command_answers_json_and_writes(downloaded, tmp_path):
    path = tmp_path / "采集.xlsx"
    path.write_bytes(edited(downloaded, put(("户", "村民小组", "二组"))))
    counts = {"rows": 4, "created": 0, "updated": 1, "unchanged": 3, "errors": []}
    assert run_command(str(path), "--user", "village", "--dry-run") == (0, counts)
    assert Household.objects.get().villager_group == "一组" and not ImportBatch.objects.exists()
    assert run_command(str(path), "--user", "village") == (0, counts)
    assert Household.objects.get().villager_group == "二组"
    code, answer = run_command(str(path), "--user", "village")
    assert code == 1 and "已经导入过" in answer["errors"][0]["message"]


def test_the_command_names_the_cell_or_refuses_the_file_whole(downloaded, tmp_path):
    path = tmp_path / "采集.xlsx"
    path.write_bytes(edited(downloaded, put(("户", "贫困程度", "无此项"))))
    code, answer = run_command(str(path), "--user", "village")
    (error,) = answer["errors"]
    assert code == 1 and (error["sheet"], error["row"], error["code"]) == ("户", 2, "C002")
    path.write_bytes(b"")
    for options in ((), ("--dry-run",)):
        code, answer = run_command(str(path), "--user", "village", *options)
        (error,) = answer["errors"]
        assert code == 1 and (error["sheet"], error["row"], error["column"]) == (None, None, None)
        assert answer["rows"] == 0


def test_a_download_lies_sealed(downloaded):
    lies = workbook_path(RegisterWorkbook.objects.get().pk).read_bytes()
    assert downloaded.startswith(b"PK") and b"PK\x03\x04" not in lies


def test_files_and_rows_go_after_seven_days(downloaded, upload):
    upload(edited(downloaded, put(("户", "贫困程度", "无此项"))))
    path = workbook_path(RegisterWorkbook.objects.get().pk)
    os.utime(path, (time.time() - 8 * 86400,) * 2)
    old = clock.now().replace(year=2010)
    ImportBatch.objects.update(uploaded_at=old)
    RegisterWorkbook.objects.update(made_at=old)
    run_now("register-uploads-expire", params={"period": "2018-11-20"})
    assert not ImportRow.objects.exists() and not RegisterWorkbook.objects.exists() and not path.exists()
