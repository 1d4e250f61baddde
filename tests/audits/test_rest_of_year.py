"""`manage.py rest_of_year` takes lists on as their officials would: nothing held, too early or below the standard passes."""

import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audits.models import AuditList, Decision
from households.models import StatusEvent


@pytest.fixture
def run(ground):
    """run(…) is what the command says."""

    def call(**options):
        said = StringIO()
        call_command("rest_of_year", county=ground.county.code, stdout=said, **options)
        return said.getvalue()

    return call


def test_a_list_under_an_objection_is_left_with_its_reason(opened, driver, cast, office_day, run):
    audit_list = opened("household-exit", 2)
    day = driver.reach(audit_list, "village-notice")
    audit_list.object_to("收入不实", by=cast["village"], on=day, entry=audit_list.entries.first())
    office_day(datetime.date(2018, 12, 28))
    said = run()
    assert f"{audit_list}：没有办完，" in said and "有异议没有办结" in said and "留下 1 份" in said
    audit_list.refresh_from_db()
    assert audit_list.stage == "village-notice" and not StatusEvent.objects.filter(kind="退出").exists()


def test_nothing_is_dated_after_the_offices_day(opened, office_day, run):
    opened("household-exit")
    today = datetime.date(2018, 10, 20)
    office_day(today)
    assert "村内公示最早" in run(since=datetime.date(2018, 10, 12))
    assert {row.decided_on <= today for row in Decision.objects.all()} == {True}
    assert AuditList.objects.get().stage == "village-notice"


def test_who_does_not_meet_the_standard_comes_onto_no_list(eligible, cast, office_day, run):
    eligible(planned_exit_year=2018, income=3000)
    left = eligible(planned_exit_year=2018)
    office_day(datetime.date(2018, 12, 28))
    assert "新开 1 份，留下 0 份；不达标没有列入 1 户" in run()
    assert StatusEvent.objects.get(kind="退出").household == left


@pytest.mark.parametrize("since", [datetime.date(2017, 12, 1), datetime.date(2018, 12, 29)])
def test_it_stays_within_the_year_up_to_today(county, office_day, run, since):
    office_day(datetime.date(2018, 12, 28))
    with pytest.raises(CommandError, match="2018年"):
        run(since=since)


def test_an_unknown_county_and_production_are_refused(county, settings, run):
    with pytest.raises(CommandError, match="没有代码为 990000000000 的区县"):
        call_command("rest_of_year", county="990000000000")
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="名单由人办理"):
        run()
