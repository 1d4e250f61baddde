"""`/imports/` and `import_register`: from the download over the check to confirmation and undo."""

import contextlib
import io
import json
import os
import re
import tempfile
import time
from io import StringIO
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from households.models import Household, ImportBatch, ImportRow, RegisterWorkbook
from households.workbook.jobs import workbook_path
from office import clock
from office.jobs import run_job, run_now
from office.long_workbook import write_long
from office.models import Job, TrailRow
from tests.households.test_import import edited, put


def work_off():
    for job in Job.objects.waiting().order_by("queued_at"):
        run_job(str(job.pk))


def taken_apart(client, address) -> bytes:
    """The file that is asked for, made and fetched."""
    assert client.post(address).status_code == 303
    work_off()
    assert Job.objects.order_by("-queued_at").first().result["url"] == address
    return b"".join(client.get(address).streaming_content)


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
    book = openpyxl.load_workbook(
        io.BytesIO(taken_apart(client, url("households:import-bad-rows", batch.pk)))
    )
    row = [one.value for one in book["户"][2]]
    assert row[0] == "2" and "选项不在规定的表内" in row[1] and "@二组" in row
    assert all(one.data_type != "f" for line in book["户"] for one in line)
    assert Household.objects.get().villager_group == "一组"


def test_many_bad_rows_are_told_on_the_pages_and_stand_in_the_file(
    downloaded, upload, signed_in, url, tmp_path
):
    """The way of twelve thousand at a size for every day (P12 of the bench has those at the comparison)."""
    path, titles, many = tmp_path / "long.xlsx", ["户编号", "村民小组", "贫困程度", "数据版本"], 700
    lines = ([f"{number:010d}", f"演示{number}组", "无此项", "1"] for number in range(5, 5 + many))
    write_long(path, titles, lines, made_at=clock.moment(), title="户")
    upload(path.read_bytes())
    batch, client = ImportBatch.objects.get(), signed_in("village")
    told, address = set(), url("households:import", batch.pk, show="errors")
    while address:
        html = client.get(address).content.decode()
        told |= {int(line) for line in re.findall(r'<td class="n s1">(\d+)</td>', html)}
        following = re.search(r'href="([^"]*after=[^"]*)"', html)
        address = following and following[1].replace("&amp;", "&")
        address = (
            address
            if not address or address.startswith("/")
            else url("households:import", batch.pk) + address
        )
    assert told == set(range(2, many + 2))
    book = openpyxl.load_workbook(
        io.BytesIO(taken_apart(client, url("households:import-bad-rows", batch.pk)))
    )
    rows = list(book["户"].iter_rows(min_row=2, values_only=True))
    assert [int(row[0]) for row in rows] == list(range(2, many + 2))
    assert all("没有" in row[1] or "选项不在规定的表内" in row[1] for row in rows)
    assert rows[-1][3] == f"演示{many + 4}组"


@pytest.mark.parametrize("part", ["collected", "bad"])
def test_no_row_of_a_workbook_is_ever_in_the_clear_on_disk(
    downloaded, upload, signed_in, url, monkeypatch, part, settings
):
    """Every file that is opened for writing while it is made, whoever opens it, is read when it is closed."""
    upload(edited(downloaded, put(("户", "村民小组", "@演示暗组"), ("户", "贫困程度", "无此项"))))
    Household.objects.update(villager_group="演示暗组")
    monkeypatch.setattr(tempfile, "tempdir", str(tempfile.mkdtemp(dir=settings.DATA_DIR)))
    seen = []
    remove = os.unlink

    def kept(path, *args, **options):
        with contextlib.suppress(OSError):
            seen.append(Path(os.fspath(path)).read_bytes())
        return remove(path, *args, **options)

    monkeypatch.setattr(os, "unlink", kept)
    monkeypatch.setattr(os, "remove", kept)
    client = signed_in("village")
    if part == "bad":
        data = taken_apart(client, url("households:import-bad-rows", ImportBatch.objects.get().pk))
    else:
        area = Household.objects.get().village
        assert (
            client.post(url("households:import-workbook-new"), {"area": area.code, "year": 2018}).status_code
            == 303
        )
        work_off()
        made = RegisterWorkbook.objects.latest("made_at")
        data = b"".join(client.get(url("households:import-workbook", made.pk)).streaming_content)
    assert "演示暗组" in str([cell.value for cell in openpyxl.load_workbook(io.BytesIO(data))["户"][2]])
    seen += [file.read_bytes() for file in Path(settings.DATA_DIR).rglob("*") if file.is_file()]
    assert seen and not [one for one in seen if "演示暗组".encode() in one or one[:2] == b"PK"]


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
