"""The page of an official form: paper, what is repeated on every page, and how many pages it takes."""

from collections.abc import Sequence

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from office.form_chart import WIDE
from office.official_form import OfficialForm

# Number of the paper in the file, and its sides in points.
PAPERS = {"A3": (8, (841.9, 1190.6)), "A4": (9, (595.3, 841.9))}
MARGINS = (0.55, 0.47, 0.6, 0.63)  # inches, from the top round; the left one leaves room for binding
# Points of a column: of each character, and of its two edges.
COLUMN, EDGES = 5.25, 3.75
ROW = 15.0  # points of a row that nothing says the height of
# Characters of all columns beyond which a form goes on A3.
WIDEST = 190
# A form that is so many pages long is drawn in on one: nobody signs below an empty head on a second page, and an area
# of several lines is not torn apart.
DRAWN_IN = 1.5


def set_print(
    sheet: Worksheet, form: OfficialForm, widths: Sequence[float], rows: tuple[int, int, int]
) -> None:
    """`widths` of the form's own columns, in characters; `rows`: the first of its head, the first of its body, the last
    of all."""
    head_row, body_row, last_row = rows
    last = get_column_letter(form.breadth)
    sheet.freeze_panes = f"{get_column_letter(min(form.fixed_columns, form.width - 1) + 1)}{body_row}"
    sheet.print_area = f"A1:{last}{last_row}"
    sheet.print_title_rows = f"{head_row}:{body_row - 1}"
    setup, margins = sheet.page_setup, sheet.page_margins
    number, sides = PAPERS[form.paper or ("A3" if sum(widths) > WIDEST else "A4")]
    setup.paperSize, setup.orientation = number, "portrait" if form.wall else "landscape"
    columns = [*widths, *[WIDE] * (form.breadth - form.width)]
    heights = [sheet.row_dimensions[row].height or ROW for row in range(1, last_row + 1)]
    drawn_in = _pages(columns, heights, sides if form.wall else sides[::-1]) <= DRAWN_IN
    setup.fitToWidth, setup.fitToHeight = 1, 1 if drawn_in else 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    margins.top, margins.right, margins.bottom, margins.left = MARGINS
    margins.header = margins.footer = 0.3
    if sheet.oddFooter is not None:
        sheet.oddFooter.center.text = "第 &P 页　共 &N 页"


def _pages(columns: Sequence[float], heights: Sequence[float], paper: tuple[float, float]) -> float:
    """How many pages of this width and height (points) are filled, all columns side by side."""
    top, right, bottom, left = (72 * each for each in MARGINS)
    scale = min(1.0, (paper[0] - left - right) / sum(each * COLUMN + EDGES for each in columns))
    return sum(heights) * scale / (paper[1] - top - bottom)
