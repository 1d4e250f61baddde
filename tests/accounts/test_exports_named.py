"""An exported workbook says who made it, when, of what and for what: on a last sheet and at the foot of its pages."""

import io

import pytest
from openpyxl import load_workbook

from office.models import Export, TrailRow
from tests.accounts.test_exports import ask, done, fetched, three  # noqa: F401

pytestmark = pytest.mark.django_db


def test_the_workbook_names_who_made_it_behind_its_rows_and_at_the_foot_of_the_page(three, signed_in):  # noqa: F811
    client = signed_in("town")
    content = fetched(client, done(ask(client, "households:list", "cause=因病")))
    book, export = load_workbook(io.BytesIO(content)), Export.objects.get()
    told = dict(book["来源"].iter_rows(min_row=2, values_only=True))
    assert told["导出人"].startswith("演示town（镇街经办") and told["导出编号"] == str(export.pk)
    assert told["行数"] == "1" and "因病" in told["条件"] and told["用途"] and told["导出时间"]
    assert TrailRow.objects.filter(action="下载导出文件", subject_id=str(export.pk)).count() == 1
    feet = [sheet.oddFooter.left.text for sheet in book]
    assert (
        all("演示town导出" in foot and str(export.pk) in foot for foot in feet) and book.active.max_row == 2
    )
