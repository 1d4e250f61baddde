"""The nightly check: every rule over the register as findings, the colours of the day, once for a night."""

import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from households import checks, doubts, jobs
from households.checks.others import Lines
from households.jobs import CHECK
from households.models import CountyStandard, Household, PersonYear, PovertyLine, Shock, Survey
from households.recolour import recolour
from office.findings import Finding
from office.jobs import enqueue, enqueue_due, run_now
from office.models import Job, TrailRow
from villages.models import Village, VillageYear

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)
LEFT_ON = datetime.date(2016, 12, 20)


@pytest.fixture
def lines(ground):
    CountyStandard.objects.create(county=ground.county, standard="省定标准", from_year=2014)
    at = datetime.datetime(2018, 1, 2, tzinfo=datetime.UTC)
    PovertyLine.publish("省定标准", 2017, 3509, source="演示", at=at)


def night() -> dict[str, int]:
    job = run_now(CHECK, params={"period": DAY.isoformat()})
    assert job.state == "done", job.error
    return job.result


def survey(household: Household, income: int, **more) -> Survey:
    return Survey.objects.create(
        household=household,
        year=2017,
        member_count=1,
        surveyor="演示",
        surveyed_on=datetime.date(2017, 12, 1),
        state="已填报",
        wage_income=income,
        **more,
    )


def of(household: Household) -> set[str]:
    return set(Finding.objects.of(household).waiting().values_list("rule", flat=True))


def test_findings_are_what_the_rules_say(make_household, lines):
    homes = [make_household(), make_household(persons=1, bank_account="1"), make_household(bank_account="1")]
    homes[0].cancel(on=DAY, removal_reason="全户死亡")
    night()
    for household, breaches in checks.of_register(Household.objects.all(), DAY):
        assert of(household) == {breach.rule for breach in breaches}
    assert "C084" in of(homes[1])
    assert not of(homes[0])


def test_two_nights_over_the_same_register_have_one_effect(make_household, lines):
    make_household(), make_household(bank_account="1")
    first = night()
    assert first["opened"] and not first["kept"]
    before = list(Finding.objects.order_by("pk").values())
    colours = list(Household.objects.order_by("pk").values_list("colour", "coloured_on"))
    second = night()
    assert (second["opened"], second["closed"], second["reopened"], second["recoloured"]) == (0, 0, 0, 0)
    assert second["kept"] == first["opened"]
    assert list(Finding.objects.order_by("pk").values()) == before
    assert list(Household.objects.order_by("pk").values_list("colour", "coloured_on")) == colours


def test_mended_data_close_the_finding(make_household, lines):
    one, other = make_household(bank_account="1"), make_household(bank_account="1")
    night()
    assert "C084" in of(one)
    other.bank_account = "2"
    other.save()
    night()
    assert "C084" not in of(one) | of(other)
    assert Finding.objects.of(one).get(rule="C084").state == "已消除"


def test_a_confirmed_exception_returns_when_the_person_changes_and_not_for_another(make_household, cast):
    household = make_household()
    head, wife = household.persons.order_by("pk")
    night()
    finding = Finding.objects.of(household).get(rule="C039", part=head.number)
    assert finding.confirm(by=cast["village"], on=DAY, reason="正在参保")
    wife.subsistence_allowance = True
    wife.save(update_fields=["subsistence_allowance"])
    night()
    assert Finding.objects.get(pk=finding.pk).state == "核实保留"
    head.subsistence_allowance = True
    head.save(update_fields=["subsistence_allowance"])
    night()
    assert Finding.objects.get(pk=finding.pk).state == "待核"


def test_fingerprints_tell_nothing_of_the_data(make_household):
    household = make_household(phone="123")
    night()
    row = Finding.objects.of(household).get(rule="C040")
    assert row.fields == ["household.phone"]
    assert "123" not in row.message
    assert row.fingerprint.partition(":")[2].isalnum() and len(row.fingerprint) >= 64


def test_one_rule_in_two_fields_of_a_person_is_one_finding(make_household):
    household = make_household(persons=1)
    household.persons.update(work_months=13, public_service_post_months=14)
    night()
    rows = Finding.objects.of(household).filter(rule="C058")
    assert rows.count() == 1
    places = [
        checks.Breach("C040", "warning", "电话", (path,)) for path in ("household.phone", "helper.phone")
    ]
    record = checks.records([household])[household.pk]
    doubts.of_households([(household, record, places)], DAY)
    assert Finding.objects.of(household).get(rule="C040").fields == ["household.phone", "helper.phone"]


def test_villages_and_accounts_are_checked_too(make_household, ground):
    village = Village.objects.create(area=ground.village)
    row = VillageYear.objects.create(
        village=village, year=2018, households=0, population=3, rural_population=3
    )
    make_household(persons=3)
    Household.objects.update(member_count=4)
    night()
    assert set(Finding.objects.of(row).values_list("rule", flat=True)) == {"C106", "C107", "C108"}
    assert set(Finding.objects.of(row).values_list("area", flat=True)) == {ground.village.pk}
    accounts = Finding.objects.filter(rule="C110").waiting()
    assert set(accounts.values_list("area", "part")) == {
        (area.pk, "2018") for area in (ground.village, ground.town, ground.county)
    }
    Household.objects.update(member_count=3)
    night()
    assert not accounts.all().exists()


def test_many_are_coloured_as_one_is(make_household, lines):
    income = iter([3000, 3700, 5000, 4000, 3900, 5000])
    homes = [make_household(persons=1) for _ in range(6)]
    for household in homes:
        survey(household, next(income))
    for household in homes[3:]:
        household.leave_poverty(on=LEFT_ON, by=None, origin="历史导入")
    Shock.objects.create(household=homes[5], kind="疾病", happened_on=datetime.date(2018, 5, 1))
    make_household(persons=1), make_household(on=None)
    make_household().cancel(on=DAY, removal_reason="其他")
    unlined = make_household(persons=1)
    Survey.objects.create(
        household=unlined, year=2018, surveyor="演示", surveyed_on=DAY, state="已填报", wage_income=1
    )
    Household.objects.update(colour="绿", coloured_on=None)
    everybody = list(Household.objects.order_by("pk"))
    assert recolour(everybody, DAY, Lines.read(DAY))
    found = dict(Household.objects.values_list("pk", "colour"))
    for household in everybody:
        household.refresh_colour(DAY)
    assert found == dict(Household.objects.values_list("pk", "colour"))
    assert {"红", "橙", "黄", ""} <= set(found.values())
    assert set(Household.objects.values_list("coloured_on", flat=True)) == {DAY}
    assert recolour(list(Household.objects.all()), DAY, Lines.read(DAY)) == 0


def test_statements_are_constant_for_a_batch(make_household, lines):
    def statements() -> int:
        Finding.objects.all().delete()
        Household.objects.update(colour="绿", coloured_on=None)
        with CaptureQueriesContext(connection) as queries:
            for checked in checks.batches(Household.objects.all(), DAY):
                doubts.of_households(checked, DAY)
                recolour([household for household, *_ in checked], DAY, Lines.read(DAY))
        return len(queries)

    for _ in range(2):
        survey(make_household(persons=1), 100)
    few = statements()
    for _ in range(3):
        survey(make_household(persons=1), 200)
    assert statements() == few


def test_a_night_is_due_once_and_leaves_one_row_in_the_trail(make_household):
    make_household()
    enqueue_due(), enqueue_due()
    assert Job.objects.filter(kind=CHECK).count() == 1
    period = DAY.isoformat()
    same = enqueue(CHECK, params={"period": period}, key=f"{CHECK}:{period}")
    assert Job.objects.filter(kind=CHECK).get() == same
    night()
    assert TrailRow.objects.filter(action="夜间核查").count() == 1


def test_a_night_in_parts_finds_what_a_night_in_one_piece_finds(make_household, monkeypatch):
    for phone in ("123", "124", "125"):
        make_household(phone=phone)
    whole = night()
    found = set(Finding.objects.values_list("rule", "subject_id"))
    Finding.objects.all().delete()
    Job.objects.all().delete()
    monkeypatch.setattr(jobs, "CHECKED_IN_A_PART", 1)
    assert night() == whole
    assert set(Finding.objects.values_list("rule", "subject_id")) == found and len(found) >= 3


def test_the_command_prints_counts_by_rule_and_spares_the_night(make_household):
    make_household(phone="123")
    out = StringIO()
    call_command("check_register", stdout=out)
    assert "核查 1 户" in out.getvalue()
    assert "C040　提醒　待核　1　联系电话不是11位数字" in out.getvalue()
    enqueue_due()
    assert Job.objects.filter(kind=CHECK).count() == 1


def test_the_command_says_why_it_failed(make_household, monkeypatch):
    make_household()
    monkeypatch.setattr(checks, "batches", lambda *args: 1 / 0)
    with pytest.raises(CommandError, match="没有办成"):
        call_command("check_register", stdout=StringIO())


def test_yearly_facts_are_left_alone(make_household, lines):
    household = make_household()
    survey(household, 100)
    before = list(PersonYear.objects.values()), household.history.count()
    night()
    assert (list(PersonYear.objects.values()), household.history.count()) == before
