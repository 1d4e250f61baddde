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
from urllib.parse import urljoin

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from households.models import Household, ImportBatch, ImportRow, ImportState, RegisterWorkbook
from households.workbook.comparing import UNKNOWN
from households.workbook.jobs import workbook_path
from office import clock
from office.jobs import run_job, run_now
from office.long_workbook import write_long
from office.models import Job, TrailRow
from tests.households.test_import import edited, put

FAULT = re.compile(
    r'<tr>\s*<th scope="row" class="nb s1">([^<]*)</th>\s*<td class="n s1">(\d+)</td>\s*'
    r'<td class="nb s2">([^<]*)</td>\s*<td class="nb s1">([^<]*)</td>\s*<td class="s4">([^<]*)</td>'
)


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


def told_on_pages(client, address) -> dict[int, tuple[str, str, str, str]]:
    """(sheet, column, rule, reason) by row, from the first page of errors to the last."""
    told: dict[int, tuple[str, str, str, str]] = {}
    while address:
        html = client.get(address).content.decode()
        for sheet, line, column, rule, reason in FAULT.findall(html):
            assert int(line) not in told
            told[int(line)] = (sheet, column, rule, reason)
        following = re.search(r'href="([^"]*after=[^"]*)"', html)
        address = following and urljoin(address, following[1].replace("&amp;", "&"))
    return told


def test_twelve_thousand_bad_rows_come_through_the_door_and_each_is_told(
    downloaded, upload, signed_in, url, tmp_path
):
    """Uploaded, checked in the job: every row stands on the pages of errors with sheet, row, column and reason, and
    with its values and its reason in the file of bad rows; nothing is written."""
    path, titles, many = tmp_path / "long.xlsx", ["户编号", "村民小组", "家庭住址", "数据版本"], 12_000
    known = Household.objects.get().number
    lines = [[f"{number:010d}", f"演示{number}组", "一号", "1"] for number in range(5, 5 + many)]
    # One good row after them: it is neither told nor in the file.
    lines.append([known, "二组", "二号", "1"])
    write_long(path, titles, lines, made_at=clock.moment(), title="户")
    upload(path.read_bytes())
    batch, client = ImportBatch.objects.get(), signed_in("village")
    assert (batch.state, batch.rows, batch.faults) == (ImportState.FAULTY, many + 1, many)
    told = told_on_pages(client, url("households:import", batch.pk, show="errors"))
    unknown = ("户", "A　户编号", "I011", UNKNOWN)
    assert told == dict.fromkeys(range(2, many + 2), unknown)
    file = io.BytesIO(taken_apart(client, url("households:import-bad-rows", batch.pk)))
    rows = openpyxl.load_workbook(file, read_only=True)["户"].iter_rows(min_row=2, values_only=True)
    reason = f"A列 户编号：{UNKNOWN}"
    assert list(rows) == [
        (str(line), reason, f"{line + 3:010d}", f"演示{line + 3}组", "一号", "1")
        for line in range(2, many + 2)
    ]
    assert Household.objects.get().villager_group == "一组"


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
