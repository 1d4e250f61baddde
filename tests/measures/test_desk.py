"""The consultation desk: asked on the public page or taken down, taken, handed over, answered, closed, rated."""

import datetime
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from measures.models import DeskRequest, DeskState, Policy
from office import clock
from office.models import Outcome, TrailRow
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
PHONE = "13800005678"
DAY = datetime.date(2018, 11, 20)


def typed(place, **fields) -> dict:
    base = {
        "topic": "政策咨询",
        "area": place.code,
        "asker": "演示问",
        "phone": PHONE,
        "question": "演示母亲八十岁，高龄补贴怎么领",
    }
    return {**base, **fields}


@pytest.fixture
def asked(ground):
    """asked(area=…, unit=…) is a request that waits, with the code of its page."""

    def make(area=None, **facts) -> tuple[DeskRequest, str]:
        said = {
            "topic": "政策咨询",
            "asker": "演示问",
            "phone": PHONE,
            "question": "高龄补贴怎么领",
            "channel": "电话",
        }
        return DeskRequest.ask(at=clock.moment(), days=5, area=area or ground.town, **{**said, **facts})

    return make


def step(client: Client, one: DeskRequest, name: str, **sent):
    return client.post(f"/desk/{one.pk}/{name}/", sent)


def test_anybody_asks_and_looks_after_it(client, signed_in, ground):
    answer = client.post("/ask/", typed(ground.town))
    assert answer.status_code == 303
    address = answer["Location"]
    assert re.fullmatch(r"/ask/[\w-]{24}/", address)
    page = client.get(address).content.decode()
    assert "高龄补贴怎么领" in page and "11月25日前答复" in page
    assert PHONE not in page and "演示问" not in page
    one, town = DeskRequest.objects.get(), signed_in("town")
    assert (one.state, one.channel, one.due_on) == (DeskState.WAITING, "公开页", datetime.date(2018, 11, 25))
    assert step(town, one, "take").status_code == 303
    policy = Policy.objects.get(code="AGE-80")
    assert step(town, one, "reply", answer="向村里申请，按月发放。", policies=[policy.pk]).status_code == 303
    page = client.get(address).content.decode()
    assert "向村里申请，按月发放。" in page and "/policies/AGE-80/" in page
    assert client.post(address, {"score": "5", "score_word": "很快"}).status_code == 303
    assert client.post(address, {"score": "1"}).status_code == 409
    assert step(town, one, "close").status_code == 303
    one.refresh_from_db()
    assert (one.state, one.score, one.score_word) == (DeskState.CLOSED, 5, "很快")
    assert [each.action for each in one.steps.all()] == ["收到", "受理", "答复", "办结"]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"asker": ""}, "请写姓名"),
        ({"asker": "演" * 21}, "最多 20 个字"),
        ({"phone": "12345"}, "电话应是"),
        ({"phone": ""}, "请写联系电话"),
        ({"question": "低保"}, "至少 5 个字"),
        ({"question": "问" * 501}, "最多 500 个字"),
        ({"area": "999999999999"}, "没有这个镇街"),
        ({"topic": "闲聊"}, "没有“闲聊”这一类"),
    ],
)
def test_bad_input_is_refused_in_plain_words_and_kept(client, ground, fields, why):
    answer = client.post("/ask/", typed(ground.town, **fields))
    page = answer.content.decode()
    assert answer.status_code == 422 and why in page
    assert "asker" in fields or "演示问" in page
    assert not DeskRequest.objects.exists()


def test_full_width_digits_and_a_landline_are_read(client, ground):
    assert client.post("/ask/", typed(ground.town, phone="１３８００００５６７８")).status_code == 303
    assert client.post("/ask/", typed(ground.town, phone="0632-6611234")).status_code == 303
    assert {one.phone for one in DeskRequest.objects.all()} == {PHONE, "0632-6611234"}


def test_a_number_in_the_question_is_masked(client, ground):
    client.post("/ask/", typed(ground.town, question="990405195006150012的低保停了"))
    assert DeskRequest.objects.get().question == "9904**********0012的低保停了"


def test_one_address_asks_so_often_an_hour_and_no_more(client, ground, settings):
    settings.DESK_ASKED_PER_HOUR = 2
    for _ in range(2):
        assert client.post("/ask/", typed(ground.town)).status_code == 303
    answer = client.post("/ask/", typed(ground.town))
    assert answer.status_code == 429 and "过一会儿再提" in answer.content.decode()
    assert "演示问" in answer.content.decode()
    assert client.post("/ask/", typed(ground.town), REMOTE_ADDR="10.0.0.9").status_code == 303
    settings.DESK_ASKED_BY_ALL_PER_HOUR = 3
    assert client.post("/ask/", typed(ground.town), REMOTE_ADDR="10.0.0.8").status_code == 429
    DeskRequest.objects.update(received_at=clock.moment() - datetime.timedelta(minutes=61))
    assert client.post("/ask/", typed(ground.town)).status_code == 303


def test_what_a_client_says_of_its_address_does_not_count(client, ground, settings):
    settings.DESK_ASKED_PER_HOUR = 1
    assert client.post("/ask/", typed(ground.town)).status_code == 303
    forged = client.post("/ask/", typed(ground.town), HTTP_X_FORWARDED_FOR="10.9.8.7")
    assert forged.status_code == 429


def test_a_long_body_is_refused_before_it_is_read(client, ground):
    answer = client.post("/ask/", typed(ground.town, question="问" * 40_000))
    assert answer.status_code == 413 and "内容太长" in answer.content.decode()


def test_a_code_that_is_none_is_not_found(client, asked):
    one, code = asked()
    assert client.get(f"/ask/{code}/").status_code == 200
    for wrong in (code[:-1], code.swapcase(), str(one.pk), str(one.uid)):
        assert client.get(f"/ask/{wrong}/").status_code == 404
        assert client.post(f"/ask/{wrong}/", {"score": "5"}).status_code == 404


@pytest.mark.parametrize("score", ["0", "6", "", "好"])
def test_a_score_is_one_to_five(client, asked, signed_in, score):
    one, code = asked()
    assert client.post(f"/ask/{code}/", {"score": "5"}).status_code == 409
    town = signed_in("town")
    step(town, one, "take")
    step(town, one, "reply", answer="可以申请")
    assert client.post(f"/ask/{code}/", {"score": score}).status_code == 422
    assert client.post(f"/ask/{code}/", {"score": "3", "score_word": "长" * 101}).status_code == 422


def test_the_desk_takes_down_a_call_and_tells_the_address_of_the_answer(signed_in, ground, make_household):
    client, home = signed_in("town"), make_household()
    sent = {**typed(ground.town), "channel": "来访", "household": home.number}
    answer = client.post("/desk/new/", sent, follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200 and home.number in page and "/ask/" in page
    one = DeskRequest.objects.get()
    assert (one.channel, one.household) == ("来访", home)
    assert client.post("/desk/new/", {**sent, "household": "000"}).status_code == 422
    assert client.post("/desk/new/", {**sent, "area": ground.other_town.code}).status_code == 422
    assert client.post("/desk/new/", {**sent, "channel": "公开页"}).status_code == 422


def test_a_request_is_handed_to_a_unit_and_only_that_one_sees_it(asked, signed_in, ground):
    (one, _), district = asked(), signed_in("district")
    department = signed_in("department")
    make_user("disabled", "department", ground.county, "残联")
    assert department.get(f"/desk/{one.pk}/").status_code == 404
    assert step(district, one, "hand-over", unit="民政", due_on="2018-11-23", note="低保").status_code == 409
    step(district, one, "take")
    assert step(district, one, "hand-over", due_on="2018-11-23", note="低保").status_code == 422
    assert step(district, one, "hand-over", unit="民政", due_on="2018-11-19", note="低保").status_code == 422
    assert step(district, one, "hand-over", unit="民政", due_on="2018-11-23", note="").status_code == 422
    assert (
        step(district, one, "hand-over", unit="民政", due_on="2018-11-23", note="低保业务").status_code == 303
    )
    assert department.get(f"/desk/{one.pk}/").status_code == 200
    assert 'data-total="1"' in department.get("/desk/").content.decode()
    assert step(department, one, "take").status_code == 303
    assert step(department, one, "reply", answer="已核实").status_code == 303
    one.refresh_from_db()
    assert (one.state, str(one.answered_by)) == (DeskState.ANSWERED, "演示department")
    assert [each.action for each in one.steps.all()] == ["收到", "受理", "转民政", "受理", "答复"]


def test_a_request_is_handed_to_a_town(asked, signed_in, ground):
    (one, _), district = asked(area=ground.county), signed_in("district")
    assert signed_in("town").get(f"/desk/{one.pk}/").status_code == 404
    step(district, one, "take")
    sent = {"area": ground.town.code, "due_on": "2018-11-23", "note": "入户了解"}
    assert step(district, one, "hand-over", **sent).status_code == 303
    assert step(signed_in("town"), one, "take").status_code == 303
    assert step(signed_in("other_town_user"), one, "take").status_code == 404


def test_a_step_out_of_turn_is_told_and_changes_nothing(asked, signed_in):
    (one, _), town = asked(), signed_in("town")
    assert step(town, one, "reply", answer="可以").status_code == 409
    assert step(town, one, "close").status_code == 409
    assert step(town, one, "take").status_code == 303
    assert step(town, one, "take").status_code == 409
    assert step(town, one, "close", note="").status_code == 422
    assert step(town, one, "close", note="联系不上").status_code == 303
    assert step(town, one, "reply", answer="可以").status_code == 409
    one.refresh_from_db()
    assert (one.state, one.answer) == (DeskState.CLOSED, "")


def test_what_is_late_is_counted_and_listed(asked, signed_in, office_day):
    asked(), asked()
    client = signed_in("district")
    assert "逾期 " not in client.get("/desk/").content.decode().split("<form")[0]
    office_day(datetime.date(2018, 11, 26))
    page = client.get("/desk/?state=逾期").content.decode()
    assert "逾期 2 件" in page and 'data-total="2"' in page
    step(client, DeskRequest.objects.first(), "take")
    assert 'data-total="2"' in client.get("/desk/?state=逾期").content.decode()
    step(client, DeskRequest.objects.first(), "reply", answer="可以")
    assert 'data-total="1"' in client.get("/desk/?state=逾期").content.decode()


def test_the_results_count_and_average(asked, signed_in, client):
    town = signed_in("town")
    for score in (5, 4):
        one, code = asked()
        step(town, one, "take")
        step(town, one, "reply", answer="可以")
        client.post(f"/ask/{code}/", {"score": score})
    asked()
    answer = signed_in("district").get("/desk/results/")
    (row,) = answer.context["rows"]
    assert (row.count, row.waiting, row.late, row.rated, row.score) == (3, 1, 0, 2, 4.5)
    assert dict(answer.context["scores"])["5 很满意"] == 1 and answer.context["rated"] == 2


def test_the_phone_is_shown_once_for_a_reason_and_noted(asked, signed_in, settings):
    (one, _), client = asked(), signed_in("town")
    page = client.get(f"/desk/{one.pk}/").content.decode()
    assert PHONE not in page and "138****5678" in page
    assert step(client, one, "contact", reason="").status_code == 422
    shown = step(client, one, "contact", reason="回电答复")
    assert shown.status_code == 200 and PHONE in shown.content.decode()
    row = TrailRow.objects.get(action="查看完整号码")
    assert row.detail["原因"] == "回电答复" and PHONE not in str(row.detail)
    settings.REVEALS_PER_HOUR = 1
    again = step(client, one, "contact", reason="再看一次")
    assert again.status_code == 429 and PHONE not in again.content.decode()
    assert TrailRow.objects.filter(action="查看完整号码", outcome=Outcome.REFUSED).count() == 1


def test_contact_question_and_answer_are_sealed(asked, signed_in):
    (one, code), town = asked(question="演示老人患病怎么报销"), signed_in("town")
    step(town, one, "take")
    step(town, one, "reply", answer="先治疗后结算")
    with connection.cursor() as cursor:
        for table in ("measures_deskrequest", "measures_deskstep", "office_trailrow", "django_session"):
            cursor.execute(f"SELECT * FROM {table}")
            text = str(cursor.fetchall())
            for word in (PHONE, "演示问", "患病怎么报销", "先治疗后结算", code):
                assert word not in text, (table, word)
    one.refresh_from_db()
    assert one.answer == "先治疗后结算"


def test_the_list_takes_as_many_statements_for_fifty_rows_as_for_five(asked, signed_in):
    client, counts = signed_in("district"), []
    client.get("/desk/")
    for size in (5, 45):
        for _ in range(size):
            one, code = asked()
        taken = []
        for page in ("/desk/", "/desk/results/", f"/desk/{one.pk}/", f"/ask/{code}/"):
            with CaptureQueriesContext(connection) as seen:
                assert client.get(page).status_code == 200
            taken.append(len(seen))
        counts.append(taken)
    assert counts[0] == counts[1] and max(counts[0]) <= 12
