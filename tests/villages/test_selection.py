from dataclasses import replace
from decimal import Decimal

import pytest

from villages.selection import Figures, selection_verdict

POOR = Figures(
    incidence=Decimal("12.00"),
    province_incidence=Decimal("5.00"),
    net_income=Decimal("5000"),
    province_net_income=Decimal("10620"),
    collective_income=Decimal(0),
)


def test_a_village_with_all_three_is_chosen_with_three_reasons():
    verdict = selection_verdict(POOR)
    assert verdict.chosen is True
    assert [finding.name for finding in verdict.findings] == ["一高", "一低", "一无"]
    assert "2 倍" in verdict.reasons[0] and "60%" in verdict.reasons[1]


@pytest.mark.parametrize(
    ("figure", "edge", "beyond"),
    [
        ("incidence", "10.00", "9.99"),
        ("net_income", "6371.99", "6372.00"),
        ("collective_income", "0", "0.01"),
    ],
)
def test_each_bar_holds_at_its_edge_and_not_beyond(figure, edge, beyond):
    assert selection_verdict(replace(POOR, **{figure: Decimal(edge)})).chosen is True
    assert selection_verdict(replace(POOR, **{figure: Decimal(beyond)})).chosen is False


@pytest.mark.parametrize("figure", ["incidence", "net_income", "collective_income"])
def test_a_missing_figure_leaves_the_verdict_open_unless_another_already_fails(figure):
    verdict = selection_verdict(replace(POOR, **{figure: None}))
    assert verdict.chosen is None
    assert any("没有填" in reason for reason in verdict.reasons)
    other = "net_income" if figure != "net_income" else "collective_income"
    assert selection_verdict(replace(POOR, **{figure: None, other: Decimal(99999)})).chosen is False
