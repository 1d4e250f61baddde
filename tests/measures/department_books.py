"""Workbooks as departments send them, and how their differences read."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from households.models import Person
from measures.models import DepartmentList, ListDifference
from office.jobs import run_job
from office.models import Job
from tests.conftest import identity_number

LISTS = "/departments/"
HEAD = ["姓名", "证件号码", "村", "等级", "备注"]


def book(*rows: list, head: list | None = None, name: str = "名单.xlsx") -> SimpleUploadedFile:
    made = Workbook()
    sheet = made.active
    for row in [head or HEAD, *rows]:
        sheet.append(row)
    data = io.BytesIO()
    made.save(data)
    return SimpleUploadedFile(name, data.getvalue())


def said(person: Person, value: str = "", name: str | None = None) -> list:
    return [name or person.name, person.id_number, "演示东村", value, ""]


def work_off() -> None:
    for job in Job.objects.waiting().order_by("queued_at"):
        run_job(str(job.pk))


def found(listed: DepartmentList) -> list[tuple]:
    rows = ListDifference.objects.filter(department_list=listed).order_by("pk")
    return [(row.kind, row.title, *row.told[1:]) for row in rows]


def stranger(serial: int = 70) -> list:
    return ["演示生", identity_number(serial), "演示西村", "", ""]
