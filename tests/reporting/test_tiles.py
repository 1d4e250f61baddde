"""The tile map: steps, words and bounds of its shades, and a grid that stands on one sheet."""

from decimal import Decimal

import pytest

from reporting.board.tiles import (
    SHEET_HEIGHT,
    SHEET_WIDTH,
    Tile,
    columns,
    round_step,
    scale,
)
from reporting.chart import FlowStep, flow_chart


@pytest.mark.parametrize(
    ("shade", "value", "step", "word"),
    [
        ("persons", 0, "0", "没有"),
        ("persons", 1, "1", "少"),
        ("persons", 99, "1", "少"),
        ("persons", 100, "2", "较少"),
        ("persons", 450, "5", "多"),
        ("incidence", Decimal("0.00"), "0", "没有"),
        ("incidence", Decimal("1.99"), "1", "很低"),
        ("incidence", Decimal("2.00"), "2", "较低"),
        ("incidence", Decimal("29.99"), "4", "高"),
        ("incidence", Decimal("30.00"), "5", "深度贫困"),
        ("incidence", None, "x", "缺农村人口"),
        ("progress", Decimal("120.0"), "1", "完成"),
        ("progress", Decimal("99.9"), "2", "接近完成"),
        ("progress", Decimal("0.0"), "5", "刚开始"),
        ("progress", None, "x", "没有计划"),
    ],
)
def test_the_step_and_its_word(shade, value, step, word):
    measure = scale(shade, [450, 20])
    assert (measure.step(value), measure.word(measure.step(value))) == (step, word)
    assert word in [said for _, said, _ in measure.key()]


@pytest.mark.parametrize(("most", "width"), [(0, 1), (5, 1), (6, 2), (10, 2), (25, 5), (26, 10), (2456, 500)])
def test_bounds_of_persons_are_round(most, width):
    assert round_step(most) == width


def test_ranges_meet_without_gap_or_overlap():
    persons = [said for *_, said in scale("persons", [2456]).key()]
    assert persons == ["0", "1—499 人", "500—999 人", "1000—1499 人", "1500—1999 人", "2000 人以上"]


@pytest.mark.parametrize("sizes", [[1], [6], [12], [40], [46], [300], [25, 26, 44, 40, 46, 30]])
def test_the_grid_stands_on_one_sheet_and_is_as_large_as_can_be(sizes):
    def height(across: int) -> float:
        """A tile is 160 to 100; beside the groups' names, with a little between rows and groups."""
        width = (SHEET_WIDTH - (320 if len(sizes) > 1 else 0) - 3 * (across - 1)) / across
        return sum(-(-size // across) for size in sizes) * (width / 1.6 + 3) + 20 * len(sizes)

    found = columns(sizes, grouped=len(sizes) > 1)
    assert height(found) <= SHEET_HEIGHT + 30
    assert found == 3 or height(found - 1) > SHEET_HEIGHT


def test_long_names_are_set_smaller():
    def size(name: str) -> str:
        return Tile(name, "", "", None, "", "", "", "0").size

    assert [size("演示东村"), size("张山子镇人民政"), size("台儿庄经济开发区管委会")] == [
        "",
        "long",
        "longer",
    ]


def test_each_bar_of_the_flows_begins_where_the_one_before_it_ended():
    chart = flow_chart(
        [
            FlowStep("", "年初", 100),
            FlowStep("＋", "纳入", 20),
            FlowStep("−", "退出", 60),
            FlowStep("", "现", 60),
        ]
    )
    first, into, out, last = chart.bars
    assert [bar.label for bar in chart.bars] == ["100", "＋20", "−60", "60"]
    assert (first.x, first.width) == ("66.0", "190.0") and (into.x, into.width) == ("256.0", "38.0")
    assert out.x == "180.0" and float(out.x) + float(out.width) == float(into.x) + float(into.width)
    assert float(last.width) == pytest.approx(float(out.x) - 66, abs=0.1)
    assert flow_chart([FlowStep("", "无", 0)]).bars[0].width == "0.0"
