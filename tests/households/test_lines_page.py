"""`/lines/`: published beside computed; a new figure never overwrites an old one."""

import datetime
from decimal import Decimal

import pytest

from households.models import CountyStandard, Cpi, PovertyLine, SubsistenceStandard
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
