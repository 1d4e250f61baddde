"""The chart of a form: bars beside its rows, which the spreadsheet program draws from the cells themselves.

It must still tell its series apart on a black and white printer: each has a pattern of its own, and every bar its figure.
"""

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import AxDataSource, StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.colors import ColorChoice
from openpyxl.drawing.fill import PatternFillProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import RichTextProperties
from openpyxl.worksheet.worksheet import Worksheet

from office.official_form import OfficialForm

# Grey, white, slanted, darker, squared: told apart in black and white, and none so dark that a figure on it is not read.
INK = "33475B"
PATTERNS = ("grey", "white", "wdUpDiag", "dark", "lgGrid")
FILLED = {"white": "FFFFFF", "grey": "B4BEC8", "dark": "7C8A98"}
PALE = "D5DAE0"
WIDE = 9.0  # characters of a column that the chart lies on
FREE = 540_000  # EMU of its last column that it takes: the frame must not lie on the edge of the page
CHART_ROWS = 26  # from the head of the form down
# Bars that carry their figures, upright and lying; those of more would lie over each other.
FEW = {False: 16, True: 48}


def draw_chart(sheet: Worksheet, form: OfficialForm, head_row: int, body_row: int) -> None:
    """The first column names the bars, each other one is a series, named by its head."""
    asked = form.chart
    assert asked is not None
    chart = BarChart()
    chart.type = "bar" if asked.lying else "col"
    chart.title, chart.style = None, 1
    last = body_row + len(form.rows) - 1
    for place in range(2, form.width + 1):
        values = Reference(sheet, min_col=place, min_row=body_row, max_row=last)
        series = Series(values)
        head = sheet.cell(head_row, place).coordinate
        series.tx = SeriesLabel(strRef=StrRef(f"'{sheet.title}'!{head}"))
        series.cat = AxDataSource(strRef=StrRef(f"'{sheet.title}'!$A${body_row}:$A${last}"))
        series.graphicalProperties = _pattern(place - 2)
        series.invertIfNegative = False
        chart.series.append(series)
    chart.gapWidth = 60
    if asked.stacked:
        chart.grouping, chart.overlap = "stacked", 100
    chart.x_axis.title, chart.y_axis.title = asked.across, asked.unit
    # The unit is a character or two: upright, where a program would lay the title of an axis on its side.
    chart.y_axis.title.tx.rich.bodyPr = RichTextProperties(rot=0, vert="horz")  # type: ignore[union-attr]
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
    chart.y_axis.numFmt = "#,##0"
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=LineProperties(solidFill=PALE)))
    chart.x_axis.tickLblPos = "low"
    if asked.lying:
        chart.x_axis.scaling.orientation = "maxMin"  # from the top down, as the rows are
        chart.y_axis.crosses = "max"
    if form.width == 2:
        chart.legend = None
    else:
        chart.legend.position = "b"
    if len(form.rows) * (1 if asked.stacked else form.width - 1) <= FEW[asked.lying]:
        chart.dataLabels = DataLabelList()
        chart.dataLabels.showVal = True
        for word in ("showSerName", "showCatName", "showLegendKey", "showPercent", "showLeaderLines"):
            setattr(chart.dataLabels, word, False)
    # Laid over cells, so that it ends with the page in every program, whatever its font makes of a column.
    chart.anchor = TwoCellAnchor(  # type: ignore[assignment]
        _from=AnchorMarker(col=form.width + 1, row=head_row - 1),
        to=AnchorMarker(col=form.breadth - 1, colOff=FREE, row=head_row - 1 + CHART_ROWS),
    )
    sheet.add_chart(chart)


def _pattern(place: int) -> GraphicalProperties:
    kind = PATTERNS[place % len(PATTERNS)]
    look = GraphicalProperties(ln=LineProperties(solidFill=INK, w=9525))
    if kind in FILLED:
        look.solidFill = FILLED[kind]
    else:
        look.pattFill = PatternFillProperties(
            prst=kind,  # type: ignore[arg-type]
            fgClr=ColorChoice(srgbClr=INK),  # type: ignore[arg-type]
            bgClr=ColorChoice(srgbClr="FFFFFF"),  # type: ignore[arg-type]
        )
    return look
