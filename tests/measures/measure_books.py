"""Workbooks of measures as they are asked for, downloaded, filled in and sent back."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from measures.models import MeasureImport, MeasureWorkbook, Policy
from measures.workbook.columns import SHEET
from tests.measures.department_books import work_off

ROOM = "/measures/workbooks/"


def downloaded(client, area, code: str = "AGE-80", year: int = 2018) -> bytes:
    asked = {"policy": Policy.objects.get(code=code).pk, "year": year, "area": area.code}
    answer = client.post(f"{ROOM}make/", asked)
    assert answer.status_code == 303, answer.content.decode()
    work_off()
    made = MeasureWorkbook.objects.latest("made_at")
    return b"".join(client.get(f"{ROOM}{made.pk}/file/"))


def table(data: bytes) -> list[list]:
    """Rows of the sheet, its head first."""
    return [list(row) for row in load_workbook(io.BytesIO(data))[SHEET].values]


def filled(data: bytes, *rows: tuple[int, dict]) -> bytes:
    """(line from 2, column → value) is typed into the workbook."""
    book = load_workbook(io.BytesIO(data))
    sheet = book[SHEET]
    heads = {str(cell.value).partition("（")[0]: cell.column for cell in sheet[1]}
    for line, typed in rows:
        for title, value in typed.items():
            sheet.cell(line, heads[title]).value = value
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def sent(client, data: bytes, name: str = "措施.xlsx") -> MeasureImport:
    answer = client.post(ROOM, {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 303, answer.content.decode()
    work_off()
    return MeasureImport.objects.latest("uploaded_at")


def step(client, batch: MeasureImport, word: str) -> MeasureImport:
    answer = client.post(f"{ROOM}uploads/{batch.pk}/{word}/")
    assert answer.status_code == 303, answer.content.decode()
    work_off()
    batch.refresh_from_db()
    return batch
