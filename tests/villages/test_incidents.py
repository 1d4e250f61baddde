"""前哨: found, reported in time, handled by whom and by when, closed with its result."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from office import clock
from office.models import TrailRow
from villages.models import Incident, IncidentState

pytestmark = pytest.mark.django_db
PAGE = "/incidents/"
DAY = datetime.date(2018, 11, 20)


def typed(place, **fields) -> dict:
    base = {
        "area": place.code,
        "kind": "突发困难",
        "level": "一般",
        "found_by": "走访巡查",
        "found_on": "2018-11-20",
        "what": "演示户房屋失火，无人受伤",
    }
    return {**base, **fields}


@pytest.fixture
def incident(ground):
    def make(area=None, days=3, **facts) -> Incident:
        said = {
            "kind": "信访",
            "level": "一般",
            "found_by": "群众反映",
            "found_on": DAY,
            "what": "演示反映的事",
        }
        return Incident.find(
            by=None, at=clock.moment(), days=days, area=area or ground.village, **{**said, **facts}
        )

    return make


def step(client, one, name, **sent):
    return client.post(f"{PAGE}{one.pk}/{name}/", sent)


HANDLING = {"handler": "演示镇民政办", "close_by": "2018-11-25", "note": "临时救助"}


def test_the_whole_way(signed_in, ground):
    village, town = signed_in("village"), signed_in("town")
    assert village.post(f"{PAGE}new/", typed(ground.village)).status_code == 303
    one = Incident.objects.get()
    assert (one.state, one.report_by) == (IncidentState.FOUND, datetime.date(2018, 11, 23))
    assert step(village, one, "report", note="已安置").status_code == 303
    assert step(village, one, "handle", **HANDLING).status_code == 403
    assert step(town, one, "handle", **HANDLING).status_code == 303
    assert (
        step(signed_in("district"), one, "handle", **{**HANDLING, "handler": "区住建局"}).status_code == 303
    )
    assert step(town, one, "close", result="已修缮入住").status_code == 303
    one.refresh_from_db()
    assert (one.state, one.handler, one.result) == (IncidentState.CLOSED, "区住建局", "已修缮入住")
    assert [each.action for each in one.steps.all()] == [
        "发现",
        "上报",
        "演示镇民政办处置",
        "区住建局处置",
        "办结",
    ]
    page = village.get(f"{PAGE}{one.pk}/").content.decode()
    assert "已修缮入住" in page and "已安置" in page
    actions = set(TrailRow.objects.values_list("action", flat=True))
    assert {"发现涉贫事件", "上报涉贫事件", "处置涉贫事件", "办结涉贫事件"} <= actions


def test_a_step_out_of_turn_is_told_and_changes_nothing(incident, signed_in):
    one, town = incident(), signed_in("town")
    assert step(town, one, "handle", **HANDLING).status_code == 409
    assert step(town, one, "close", result="已办").status_code == 409
    step(town, one, "report")
    assert step(town, one, "report").status_code == 409
    assert step(town, one, "close", result="已办").status_code == 409
    one.refresh_from_db()
    assert one.state == IncidentState.REPORTED


def test_a_major_one_is_to_be_reported_within_a_day(signed_in, ground):
    signed_in("village").post(f"{PAGE}new/", typed(ground.village, level="重大"))
    assert Incident.objects.get().report_by == datetime.date(2018, 11, 21)


def test_what_is_late_is_counted_and_listed(incident, signed_in, office_day):
    one, _ = incident(days=1), incident(days=9)
    client = signed_in("district")
    office_day(datetime.date(2018, 11, 22))
    page = client.get(f"{PAGE}?state=逾期").content.decode()
    assert "逾期 1 件" in page and 'data-total="1"' in page
    step(client, one, "report")
    assert 'data-total="0"' in client.get(f"{PAGE}?state=逾期").content.decode()
    office_day(datetime.date(2018, 12, 20))
    assert 'data-total="2"' in client.get(f"{PAGE}?state=逾期").content.decode()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"what": "火灾"}, "至少 5 个字"),
        ({"what": "火" * 501}, "最多 500 个字"),
        ({"found_on": "2018-11-21"}, "不能晚于今天"),
        ({"found_on": "2008-01-01"}, "太早"),
        ({"found_on": "2018-02-30"}, "日期认不出来"),
        ({"level": ""}, "请选程度"),
        ({"kind": ""}, "请选类别"),
        ({"area": "370405102201"}, "不在当前任职的范围内"),
    ],
)
def test_bad_input_is_refused_in_plain_words(signed_in, ground, fields, why):
    answer = signed_in("village").post(f"{PAGE}new/", typed(ground.village, **fields))
    assert answer.status_code == 422 and why in answer.content.decode()
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"handler": ""}, "请写处置的单位"),
        ({"close_by": "2018-11-19"}, "不能早于今天"),
        ({"note": ""}, "请写怎么处置"),
    ],
)
def test_handling_says_who_how_and_until_when(incident, signed_in, sent, why):
    one, town = incident(), signed_in("town")
    step(town, one, "report")
    answer = step(town, one, "handle", **{**HANDLING, **sent})
    assert answer.status_code == 422 and why in answer.content.decode()


def test_seen_in_the_own_area_alone(incident, signed_in, ground):
    one = incident(area=ground.other_village)
    for who, status in (("district", 200), ("other_town_user", 200), ("town", 404), ("village", 404)):
        assert signed_in(who).get(f"{PAGE}{one.pk}/").status_code == status
    assert 'data-total="0"' in signed_in("village").get(PAGE).content.decode()
    assert signed_in("department").get(PAGE).status_code == 403


def test_what_happened_is_sealed_and_numbers_are_masked(signed_in, ground):
    signed_in("village").post(f"{PAGE}new/", typed(ground.village, what="990405195006150012反映低保被停"))
    one = Incident.objects.get()
    assert one.what == "9904**********0012反映低保被停"
    with connection.cursor() as cursor:
        for table in ("villages_incident", "villages_incidentstep", "office_trailrow"):
            cursor.execute(f"SELECT * FROM {table}")
            assert "反映低保被停" not in str(cursor.fetchall())


def test_the_database_keeps_a_result_with_every_end(incident):
    one = incident()
    for wrong in ({"state": "已办结"}, {"state": "处置中"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Incident.objects.filter(pk=one.pk).update(**wrong)


def test_the_list_takes_as_many_statements_for_fifty_rows_as_for_five(incident, signed_in):
    client, counts = signed_in("district"), []
    client.get(PAGE)
    for size in (5, 45):
        for _ in range(size):
            one = incident()
        taken = []
        for page in (PAGE, f"{PAGE}{one.pk}/"):
            with CaptureQueriesContext(connection) as seen:
                assert client.get(page).status_code == 200
            taken.append(len(seen))
        counts.append(taken)
    assert counts[0] == counts[1] and max(counts[0]) <= 12
