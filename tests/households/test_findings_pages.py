"""`/findings/` and one finding: who sees it, confirms it, gives it to somebody; figures that count to their lists."""

import datetime
import re

import pytest

from households.doubts import of_households
from households.models import Household
from office.findings import Finding, Found, Subject, reconcile
from office.models import TrailRow

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)


def found(rule: str = "C085", severity: str = "warning", fingerprint: str = "1", **more) -> Found:
    return Found(
        rule, severity, {"C085": "没有帮扶责任人", "C012": "证件号码与他人重复"}[rule], fingerprint, **more
    )


def put(household: Household, *finds: Found) -> list[Finding]:
    subject = Subject("households.household", str(household.pk), household.village_id)
    reconcile([subject], {subject: finds}, DAY)
    return list(Finding.objects.of(household).order_by("rule"))


@pytest.fixture
def three(ground, make_household) -> list[Finding]:
    """A warning in each of two villages of the town, an error and a warning in the other town."""
    rows = put(make_household(village=ground.village), found())
    rows += put(make_household(village=ground.sibling_village), found())
    return rows + put(
        make_household(village=ground.other_village),
        found(),
        found("C012", "error", fields=("person.id_number",)),
    )


def total(response) -> int:
    return int(re.search(r'data-total="(\d+)"', response.content.decode())[1])


@pytest.mark.parametrize(
    ("role", "expected"), [("district", 4), ("leader", 4), ("town", 2), ("helper", 1), ("other_town_user", 2)]
)
def test_each_role_sees_the_findings_of_its_area(three, signed_in, role, expected):
    answer = signed_in(role).get("/findings/")
    assert answer.status_code == 200
    assert total(answer) == len(answer.context["page"].rows) == expected


@pytest.mark.parametrize("role", ["department", "auditor", "security", "admin", "outsider"])
def test_who_may_not_view_the_register_is_refused(three, signed_in, role):
    assert signed_in(role).get("/findings/").status_code == 403


def test_filters_narrow_and_every_figure_counts_to_its_list(three, signed_in, ground, cast):
    client = signed_in("district")
    three[0].confirm(by=cast["village"], on=DAY, reason="属实")
    three[1].assign(owner=cast["town"], due_on=None)
    for query, expected in [
        ({}, 3),
        ({"state": "核实保留"}, 1),
        ({"state": "all"}, 4),
        ({"rule": "C012"}, 1),
        ({"severity": "error"}, 1),
        ({"owner": "none"}, 2),
        ({"owner": cast["town"].pk}, 1),
        ({"owner": "me"}, 0),
        ({"area": ground.other_town.code}, 2),
        ({"area": ground.other_town.code, "rule": "C085"}, 1),
    ]:
        assert total(client.get("/findings/", query)) == expected, query
    first = client.get("/findings/", {"state": "all"})
    context = first.context
    assert [(part.area, part.count) for part in context["parts"]] == [
        (ground.town, 2),
        (ground.other_town, 2),
    ]
    assert context["rules"] == [("C085", "没有帮扶责任人", 3), ("C012", "证件号码与他人重复", 1)]
    for part in context["parts"]:
        assert total(client.get(context["parts_url"] + part.area.code)) == part.count
    for rule, _, count in context["rules"]:
        assert total(client.get(context["rules_url"] + rule)) == count


def test_a_filter_that_cannot_be_read_is_said(three, signed_in):
    assert signed_in("district").get("/findings/", {"rule": "C999"}).status_code == 422
    assert signed_in("town").get("/findings/", {"owner": "99999"}).status_code == 422


def test_rows_lead_to_the_finding_and_to_its_household(three, signed_in):
    page = signed_in("village").get("/findings/").content.decode()
    household = Household.objects.get(pk=three[0].subject_id)
    assert f'href="/findings/{three[0].pk}/"' in page
    assert f'href="/households/{household.number}/"' in page


def test_statements_are_equal_for_few_and_many_rows(
    three, make_household, signed_in, django_assert_max_num_queries
):
    client = signed_in("district")
    client.get("/findings/")
    counts = []
    for _ in range(2):
        with django_assert_max_num_queries(12) as seen:
            client.get("/findings/")
        counts.append(len(seen))
        for _ in range(5):
            put(make_household(), found())
    assert counts[0] == counts[1]


def test_confirming_keeps_the_reason_and_the_trail(three, signed_in, cast):
    finding = three[0]
    client = signed_in("village")
    page = client.get(f"/findings/{finding.pk}/").content.decode()
    assert 'data-action="confirm"' in page and 'data-action="assign"' not in page
    answer = client.post(
        f"/findings/{finding.pk}/confirm/",
        {"reason": "已入户核实，账号共用", "fingerprint": finding.fingerprint},
    )
    assert (answer.status_code, answer["Location"]) == (303, f"/findings/{finding.pk}/")
    finding.refresh_from_db()
    assert (finding.state, finding.reason, finding.confirmed_by) == (
        "核实保留",
        "已入户核实，账号共用",
        cast["village"],
    )
    row = TrailRow.objects.get(action="核实保留")
    assert (row.actor, row.area, row.subject_id) == (cast["village"], finding.area, str(finding.pk))
    assert row.detail["原因"] == "已入户核实，账号共用"
    home = Household.objects.get(pk=finding.subject_id)
    assert row.detail["对象"] == f"{home.head.name}户 {home.number}"
    page = client.get(f"/findings/{finding.pk}/").content.decode()
    assert "已入户核实" in page and 'data-action="confirm"' not in page


def test_a_number_written_into_the_reason_is_masked(three, signed_in):
    finding = three[0]
    sent = {"reason": "户主6228480000001234567共用", "fingerprint": finding.fingerprint}
    assert signed_in("village").post(f"/findings/{finding.pk}/confirm/", sent).status_code == 303
    finding.refresh_from_db()
    assert finding.reason == "户主6228***********4567共用"


def test_a_refused_confirmation_says_why_and_changes_nothing(three, signed_in, cast):
    warning, error = three[0], three[2]
    client = signed_in("district")

    def post(finding: Finding, **data) -> tuple[int, str]:
        answer = client.post(f"/findings/{finding.pk}/confirm/", {"fingerprint": finding.fingerprint, **data})
        return answer.status_code, answer.content.decode()

    status, page = post(warning, reason=" ")
    assert status == 422 and "请写明核实保留的原因" in page
    assert post(error, reason="属实")[0] == 422
    status, page = post(warning, reason="属实", fingerprint="2")
    assert status == 409 and "数据有变动" in page
    assert set(Finding.objects.values_list("state", flat=True)) == {"待核"}
    warning.confirm(by=cast["village"], on=DAY, reason="属实")
    status, page = post(warning, reason="我也核实")
    assert status == 409 and "已由演示village核实保留" in page
    assert TrailRow.objects.filter(action="核实保留").count() == 0


@pytest.mark.parametrize("role", ["helper", "approver", "leader"])
def test_readers_neither_confirm_nor_assign(three, signed_in, role):
    client, finding = signed_in(role), three[0]
    page = client.get(f"/findings/{finding.pk}/").content.decode()
    assert "data-action=" not in page
    data = {"reason": "属实", "fingerprint": finding.fingerprint}
    assert client.post(f"/findings/{finding.pk}/confirm/", data).status_code == 403
    assert client.post(f"/findings/{finding.pk}/assign/").status_code == 403


def test_a_finding_of_another_area_is_not_there(three, signed_in):
    client = signed_in("other_village_user")
    for address in ("", "confirm/", "assign/"):
        path = f"/findings/{three[0].pk}/{address}"
        assert (client.post(path) if address else client.get(path)).status_code == 404


def test_the_town_gives_a_finding_to_somebody_of_its_village(three, signed_in, cast):
    client, address = signed_in("town"), f"/findings/{three[0].pk}/assign/"
    answer = client.post(address, {"owner": cast["village"].pk, "due_on": "2018-11-30"})
    assert answer.status_code == 303
    three[0].refresh_from_db()
    assert (three[0].owner, three[0].due_on) == (cast["village"], datetime.date(2018, 11, 30))
    assert TrailRow.objects.get(action="分派疑点").detail["期限"] == "2018-11-30"
    assert total(signed_in("village").get("/findings/", {"owner": "me"})) == 1
    assert client.post(address, {"owner": ""}).status_code == 303
    three[0].refresh_from_db()
    assert three[0].owner is None


def test_an_assignment_that_cannot_be_is_said_beside_its_field(three, signed_in, cast):
    client, address = signed_in("district"), f"/findings/{three[0].pk}/assign/"
    for data, words in [
        ({"owner": cast["other_village_user"].pk}, "此人在这里没有登记贫困户的任职"),
        ({"owner": cast["leader"].pk}, "此人在这里没有登记贫困户的任职"),
        ({"owner": cast["village"].pk, "due_on": "2018-11-19"}, "核实期限不能早于今天"),
        ({"due_on": "2018-11-30"}, "有期限的要写明核实人"),
    ]:
        answer = client.post(address, data)
        assert answer.status_code == 422, data
        assert words in answer.content.decode()
    reconcile([Subject("households.household", three[0].subject_id, three[0].area_id)], {}, DAY)
    assert client.post(address, {"owner": cast["village"].pk}).status_code == 409


def test_the_household_page_shows_what_waits(make_household, signed_in, cast):
    household = make_household()
    (finding,) = put(household, found())
    client, address = signed_in("village"), f"/households/{household.number}/"
    assert f'href="/findings/{finding.pk}/"' in client.get(address).content.decode()
    finding.confirm(by=cast["village"], on=DAY, reason="属实")
    assert f'href="/findings/{finding.pk}/"' not in client.get(address).content.decode()


def test_an_overdue_finding_says_so(three, signed_in, cast):
    three[0].assign(owner=cast["village"], due_on=datetime.date(2018, 11, 19))
    assert "已逾期" in signed_in("village").get("/findings/").content.decode()
    assert "已逾期" in signed_in("village").get(f"/findings/{three[0].pk}/").content.decode()


def test_nothing_waits_says_so(ground, signed_in):
    assert "没有待核的疑点" in signed_in("district").get("/findings/").content.decode()
    assert not of_households([], DAY).total()


def test_no_identity_number_reaches_the_pages(make_household, signed_in):
    household = make_household()
    head = household.head
    (finding,) = put(household, found("C012", "error", part=head.number, fields=("person.id_number",)))
    client = signed_in("village")
    for address in ("/findings/", f"/findings/{finding.pk}/"):
        page = client.get(address).content.decode()
        assert head.id_number not in page and head.name in page


def test_the_register_is_listed_by_colour(make_household, signed_in, ground):
    homes = [
        make_household(persons=2),
        make_household(persons=3),
        make_household(village=ground.other_village),
    ]
    Household.objects.filter(pk=homes[1].pk).update(colour="黄")
    Household.objects.exclude(pk=homes[1].pk).update(colour="红")
    client = signed_in("district")
    for colour, expected in (("红", 2), ("黄", 1), ("绿", 0)):
        assert total(client.get("/households/", {"colour": colour})) == expected
    assert total(client.get("/households/", {"colour": "红", "area": ground.town.code})) == 1
    assert total(client.get("/households/", {"colour": "红", "on_register": "2018-11-20"})) == 2
    assert client.get("/households/", {"colour": "蓝"}).status_code == 422
