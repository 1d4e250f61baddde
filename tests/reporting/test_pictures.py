"""Every official form as LibreOffice prints it: no empty page, nothing cut off, no column too narrow for its figure.

The pictures are left under DATA_DIR/pictures, to be looked at (`make soak`).
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from office.stamp import Stamp, stamped
from office.text_cells import text_width
from reporting.definitions import DEFINITIONS
from reporting.files import as_workbook
from reporting.models import ReportRun
from reporting.report import Request
from tests.reporting.test_details import ask, fetched
from tests.reporting.test_nesting import made
from tests.reporting.test_other_workbooks import PLANS, plan_book, planned_villages
from tests.reporting.test_workbooks import MADE, TODAY, county  # noqa: F401

pytestmark = [pytest.mark.soak, pytest.mark.django_db]
TOOLS = ("soffice", "pdftotext", "pdftoppm")
FOLDER = Path(os.environ.get("DATA_DIR", "var/test")) / "pictures"
PATIENCE = 600
# Too narrow for its number a cell shows only these.
NARROW = re.compile("#{3,}")


def called(*command: object) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, timeout=PATIENCE, check=True)
    return done.stdout.decode()


def too_small(sheet) -> bool:
    """Fitted to the width of the page, ten points would come out below six: so many characters go on A3 or A4."""
    width = sum(one.width for one in sheet.column_dimensions.values())
    return width > {8: 340, 9: 240}[int(sheet.page_setup.paperSize)]


def cut_cells(sheet):
    """Texts that need more lines than their row is high."""
    covered = {
        cell.coordinate for box in sheet.merged_cells.ranges for row in sheet[box.coord] for cell in row
    }
    last = sheet.max_row - 2  # below it stands who took the file
    for row in sheet.iter_rows(min_row=3, max_row=last):
        height = sheet.row_dimensions[row[0].row].height or 15
        for cell in row:
            if not isinstance(cell.value, str) or cell.coordinate in covered:
                continue
            width = sheet.column_dimensions[cell.column_letter].width
            if text_width(cell.value.replace("\n", "")) > width * 1.1 * (height // 14):
                yield cell


def drawn(sheet, pages) -> bool:
    """On the page of a chart the name of its first bar stands twice: in the table, and at the bar."""
    title, name = plain(sheet["A1"].value), plain(sheet["A4"].value)
    return not sheet._charts or any(title in plain(page) and plain(page).count(name) > 1 for page in pages)


def plain(text: object) -> str:
    return re.sub(r"\s", "", str(text))


@pytest.fixture
def others(county, signed_in):  # noqa: F811
    """By name the workbooks of figures that are no report of a kind, as the district fetches them."""
    client = signed_in("district")
    return {
        **{name: plan_book(*plan) for name, plan in PLANS.items()},
        "nested-coverage": as_workbook(made("coverage", county, nested=True), MADE),
        "distribution": client.get("/plans/distribution/xlsx/").content,
        "planned-villages": planned_villages(client),
        "details": fetched(client, ask(client, made("causes", county, nested=False))),
    }


@pytest.fixture
def printed(county, others, tmp_path):  # noqa: F811
    """(kind, workbook, pdf) of every kind, stamped as it is handed out, and of the others."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    assert not missing, f"the pictures need {', '.join(missing)}"
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    books = []
    for kind, definition in DEFINITIONS.items():
        request = Request(county, 2018, TODAY)
        figures = definition.figures(request, lambda *_: None)
        run = ReportRun(
            kind=kind, area=county, year=2018, as_of=TODAY, figures_stored=figures.stored(),
            checksum=figures.checksum(),
        )  # fmt: skip
        book = FOLDER / f"{kind}.xlsx"
        book.write_bytes(
            stamped(
                as_workbook(run, MADE, definition.sheets(request)),
                Stamp("演示甲（区扶贫办）", MADE, "ABCDEFGHJK"),
            )
        )
        books.append(book)
    for name, content in others.items():
        books.append(FOLDER / f"{name}.xlsx")
        books[-1].write_bytes(content)
    home = f"-env:UserInstallation=file://{tmp_path}/office"
    called("soffice", "--headless", home, "--convert-to", "pdf", "--outdir", FOLDER, *books)
    return [(book.stem, book, book.with_suffix(".pdf")) for book in books]


def test_every_form_prints_whole_and_readable(printed):
    wrong = []
    for kind, book, pdf in printed:
        assert pdf.exists(), kind
        called("pdftoppm", "-r", 70, "-png", pdf, FOLDER / kind)
        pages = called("pdftotext", "-raw", pdf, "-").removesuffix("\f").split("\f")
        whole = plain("".join(pages))
        wrong += [
            f"{kind}: page {number} is empty" for number, page in enumerate(pages, 1) if len(plain(page)) < 40
        ]
        wrong += [f"{kind}: {found} where a figure should be" for found in NARROW.findall("".join(pages))]
        sheets = openpyxl.load_workbook(book).worksheets
        # A short sheet is one page: what is wider than the paper would be on a second one.
        if len(pages) > sum(-(-sheet.max_row // 25) for sheet in sheets):
            wrong.append(f"{kind}: {len(pages)} pages for {len(sheets)} sheets")
        for sheet in sheets:
            wrong += [f"{kind} {sheet.title}: too small to be read"] * too_small(sheet)
            wrong += [
                f"{kind} {sheet.title} {cell.coordinate}: {cell.value!r} is cut" for cell in cut_cells(sheet)
            ]
            for row in sheet.iter_rows(max_row=3 + 4):
                for cell in row:
                    if isinstance(cell.value, str) and plain(cell.value) not in whole:
                        wrong.append(
                            f"{kind} {sheet.title} {cell.coordinate}: {cell.value!r} is not on paper"
                        )
        wrong += [f"{kind}: a chart is not drawn" for sheet in sheets if not drawn(sheet, pages)]
        if kind not in DEFINITIONS:
            continue
        if plain("演示甲（区扶贫办）") not in whole:
            wrong.append(f"{kind}: who took it is not on paper")
        if "合计" not in whole and "全区" not in whole:
            wrong.append(f"{kind}: no row of the whole")
    assert not wrong, "\n".join(wrong)
