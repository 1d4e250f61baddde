"""`/lines/`: published beside computed; a new figure never overwrites an old one."""

import datetime
from decimal import Decimal

import pytest

from households.models import ClosedYear, CountyStandard, Cpi, PovertyLine, SubsistenceStandard
from office.models import TrailRow

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2018, 1, 5, 4, tzinfo=datetime.UTC)
GOOD = {"standard": "省定标准", "year": "2018", "published": "3579", "source": "演示发〔2018〕1号"}


@pytest.fixture
def lines(ground):
    """省定 2015 = 3372, 2017 = 3509 published; index 102.0 in 2016 to 2018."""
    PovertyLine.publish("省定标准", 2015, 3372, source="演示", at=NOON)
    PovertyLine.publish("省定标准", 2017, 3509, source="演示", at=NOON)
    PovertyLine.publish("国家标准", 2015, 2800, source="演示", at=NOON)
    for year in (2016, 2017, 2018):
        Cpi.objects.create(kind="农村居民", year=year, value=Decimal("102.00"), source="演示")
    CountyStandard.objects.create(county=ground.county, standard="省定标准", from_year=2015)
    CountyStandard.objects.create(county=ground.other_county, standard="国家标准", from_year=2015)
    SubsistenceStandard.objects.create(county=ground.county, year=2017, amount=3400, source="演示")


def test_published_stands_beside_computed(lines, signed_in):
    html = signed_in("village").get("/lines/").content.decode()
    row = html[html.index("2017年</th>") :]
    row = row[: row.index("</tr>")]
    assert row.index("缺") < row.index("3509") < row.index("3508")
    assert "3579" in html  # 2018, computed from the published 3509


def test_county_standard_and_two_lines_of_the_own_area_only(lines, ground, signed_in):
    html = signed_in("district").get("/lines/").content.decode()
    assert "2015年起　省定标准" in html
    assert ground.other_county.name not in html
    assert "低于省定标准3509元" in html


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("district", 303),
        ("town", 403),
        ("leader", 403),
        ("department", 403),
        ("auditor", 403),
        ("outsider", 403),
    ],
)
def test_only_the_district_publishes(lines, signed_in, role, status):
    assert signed_in(role).post("/lines/", GOOD).status_code == status
    assert PovertyLine.objects.filter(year=2018).count() == (1 if status == 303 else 0)


def test_form_is_shown_to_who_may_use_it(lines, signed_in):
    assert 'data-action="publish-line"' in signed_in("district").get("/lines/").content.decode()
    assert 'data-action="publish-line"' not in signed_in("town").get("/lines/").content.decode()


def test_a_new_figure_keeps_the_old_one_and_is_in_the_trail(lines, signed_in):
    client = signed_in("district")
    response = client.post("/lines/", {**GOOD, "year": "2017", "published": "3510"})
    assert (response.status_code, response.headers["Location"]) == (303, "/lines/")
    assert PovertyLine.objects.line("省定标准", 2017).value == 3510
    assert PovertyLine.objects.filter(year=2017, published=3509, replaced_at__isnull=False).exists()
    assert TrailRow.objects.filter(action="公布扶贫标准").count() == 1
    html = client.get("/lines/").content.decode()
    assert "已登记：2017年省定标准3510元" in html
    assert "<s>3509</s>" in html


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("published", "三千五", "标准是整数的元"),
        ("published", "1e308", "标准是整数的元"),
        ("published", "-5", "标准不能少于 100 元"),
        ("published", "", "这个字段是必填项"),
        ("year", "1999", "年度不能早于 2000"),
        ("standard", "县定标准", "县定标准"),
        ("source", "", "这个字段是必填项"),
    ],
)
def test_bad_input_is_refused_with_its_reason_and_kept(lines, signed_in, field, value, message):
    response = signed_in("district").post("/lines/", {**GOOD, field: value})
    html = response.content.decode()
    assert response.status_code == 422
    assert message in html
    assert 'value="演示发〔2018〕1号"' in html or field == "source"
    if value and field in ("published", "year"):
        assert f'value="{value}"' in html
    assert not PovertyLine.objects.filter(year=2018).exists()


def test_full_width_digits_are_read(lines, signed_in):
    response = signed_in("district").post("/lines/", {**GOOD, "published": "３５７９", "year": "２０１８"})
    assert response.status_code == 303
    assert PovertyLine.objects.get(year=2018).published == 3579


INDEX = {"kind": "农村居民", "year": "2019", "value": "１０２．３", "source": "演示统计公报"}


def test_a_price_index_is_entered_and_the_line_of_its_year_computed(lines, signed_in):
    """R026, R027: until then the line of the year is missing, never last year's."""
    client = signed_in("district")
    assert client.post("/lines/indexes/", INDEX).status_code == 303
    assert PovertyLine.objects.line("省定标准", 2019).value == 3661  # 3579 × 1.023
    assert client.post("/lines/indexes/", {**INDEX, "value": "103"}).status_code == 303
    assert Cpi.objects.get(year=2019).value == 103
    assert TrailRow.objects.filter(action="登记价格指数").latest("pk").detail["原来"] == "102.30"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("1e308", "不能大于 200"),
        ("abc", "请填数字"),
        ("0.3", "不能小于 50"),
        ("102.345", "最多两位"),
        ("", "必填"),
    ],
)
def test_a_bad_index_is_refused_and_kept(lines, signed_in, value, message):
    response = signed_in("district").post("/lines/indexes/", {**INDEX, "value": value})
    html = response.content.decode()
    assert response.status_code == 422 and message in html
    assert f'value="{value}"' in html if value else True
    assert not Cpi.objects.filter(year=2019).exists()


def test_the_standard_of_a_county_is_entered_for_years_that_are_not_closed(lines, ground, signed_in):
    client = signed_in("district")
    sent = {"county": ground.county.pk, "standard": "市定标准", "from_year": "2018"}
    ClosedYear.objects.create(county=ground.county, year=2017, closed_at=NOON)
    assert client.post("/lines/standards/", sent).status_code == 303
    assert CountyStandard.applied(ground.county, 2018) == "市定标准"
    assert CountyStandard.applied(ground.county, 2017) == "省定标准"
    refused = client.post("/lines/standards/", {**sent, "from_year": "2016"})
    assert refused.status_code == 422 and "2017年已经封存" in refused.content.decode()
    assert CountyStandard.applied(ground.county, 2017) == "省定标准"


def test_a_low_standard_of_subsistence_warns_as_soon_as_it_is_entered(lines, ground, signed_in):
    """R031: 3900 against 3509, then 3400 for the next year against 3579."""
    client = signed_in("district")
    sent = {"county": ground.county.pk, "year": "2018", "amount": "3400", "source": "演示民发〔2018〕1号"}
    assert client.post("/lines/subsistence/", sent).status_code == 303
    assert "2018年农村低保标准3400元，低于省定标准3579元" in client.get("/lines/").content.decode()
    assert client.post("/lines/subsistence/", {**sent, "amount": "3900"}).status_code == 303
    assert SubsistenceStandard.objects.get(year=2018).amount == 3900


@pytest.mark.parametrize("address", ["/lines/standards/", "/lines/subsistence/"])
def test_nothing_is_entered_for_another_county(lines, ground, signed_in, address):
    sent = {"county": ground.other_county.pk, "standard": "市定标准", "from_year": "2018"}
    sent |= {"year": "2018", "amount": "3400", "source": "演示"}
    response = signed_in("district").post(address, sent)
    assert response.status_code == 422 and "不在当前任职的区域内" in response.content.decode()
    assert not CountyStandard.objects.filter(standard="市定标准").exists()
    assert not SubsistenceStandard.objects.filter(year=2018).exists()
