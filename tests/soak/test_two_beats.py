"""Two clocks that ring, two workers, and a day that begins, ends and begins again (threats E8): what is made by itself
is made once a period. Asked are the effects: jobs, what the night wrote into the log, reports and their files."""

import time

import pytest

from tests.soak.processes import until

pytestmark = pytest.mark.soak
DAYS = ("2018-11-30", "2018-12-01")
TICKS = 45  # seconds, in which each of them rings twice
DAILY = """
from django.utils.module_loading import autodiscover_modules
from office import jobs
autodiscover_modules("jobs")
print(*(kind for kind, every in jobs._periodic.items() if every == "day"))
"""
MOVE = "import datetime; from office import clock; clock.set_office_day(datetime.date.fromisoformat('{}'))"
COUNTY = (
    "SELECT a.code FROM areas_area a JOIN accounts_duty d ON d.area_id = a.id JOIN accounts_user u ON u.id = d.user_id"
    " WHERE u.username = 'district'"
)
# How often, by period: the jobs of each kind, what the night told the log, the reports, and their files.
JOBS = "SELECT kind, count(*) FROM office_job WHERE params->>'period' = %s GROUP BY kind"
OVER = "SELECT count(*) FROM office_job WHERE params->>'period' = %s AND state = 'done'"
TOLD = "SELECT action, count(*) FROM office_trailrow WHERE detail->>'周期' = %s GROUP BY action"
REPORTS = (
    "SELECT p.key, (SELECT count(*) FROM reporting_reportrun r WHERE r.as_of = p.as_of AND r.kind = s.kind"
    " AND r.area_id = s.area_id), (SELECT count(*) FROM reporting_reportfile f WHERE f.run_id = p.run_id),"
    " (SELECT count(*) FROM office_trailrow t WHERE t.action = '生成报表' AND t.subject_id = p.run_id::text)"
    " FROM reporting_scheduleperiod p JOIN reporting_reportschedule s ON s.id = p.schedule_id"
    " WHERE s.kind = 'structure' AND s.rhythm = 'month' ORDER BY p.key"
)


def does(server, code: str) -> str:
    done = server.manage("shell", "-v", "0", "-c", code)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_each_period_has_its_effect_once(server, person):
    daily = set(does(server, DAILY).split())
    assert len(daily) >= 8
    ((area,),) = server.cluster.sql(COUNTY)
    monthly = {"kind": "structure", "rhythm": "month", "since": "2018-09-15", "area": area}
    status, text, _ = person("district").ask("POST", "/reports/schedules/", **monthly)
    assert status == 303, text[:300]
    server.start("beat2", "worker2")
    try:
        # Over midnight, back, and over it again; both are started anew as the day begins.
        for day in (*DAYS, *DAYS):
            server.kill("beat")
            server.kill("beat2")
            does(server, MOVE.format(day))
            server.start("beat", "beat2")
            until(
                lambda day=day: server.cluster.sql(OVER, day)[0][0] >= len(daily),
                f"the work of {day} is done",
                240,
            )
            time.sleep(TICKS)
        until(lambda: len(server.cluster.sql(REPORTS)) == 3 and server.cluster.sql(REPORTS)[-1][2], "the reports are made", 240)  # fmt: skip
        for day in DAYS:
            assert dict(server.cluster.sql(JOBS, day)) == dict.fromkeys(daily, 1)
            assert dict(server.cluster.sql(TOLD, day)) == dict.fromkeys(
                ("夜间核查", "查找疑似重复", "清理无主附件"), 1
            )
        # Three files each, told once.
        assert server.cluster.sql(REPORTS) == [
            (month, 1, 3, 1) for month in ("2018-09", "2018-10", "2018-11")
        ]
    finally:
        does(server, MOVE.format("2018-11-20"))
