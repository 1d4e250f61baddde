"""Passing a list takes as many statements for eight households as for three (quality P17)."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits.models import AuditList, Decision
from audits.procedures import ListKind

DAY = datetime.date(2018, 11, 5)


@pytest.mark.parametrize("stage", ["approval", "filing", "strike-off", "archive"])
def test_statements_of_a_step_do_not_grow_with_the_list(stage, driver, eligible):
    def statements(count: int) -> int:
        audit_list = driver.open(ListKind.HOUSEHOLD_EXIT, *(eligible() for _ in range(count)))
        AuditList.objects.filter(pk=audit_list.pk).update(stage=stage)
        audit_list = AuditList.objects.select_related("area__parent__parent").get(pk=audit_list.pk)
        if stage == "archive":
            audit_list.entries.update(outcome="退出", closed_at=datetime.datetime.now(datetime.UTC))
        actor = type(driver.actor(audit_list)).objects.get(pk=driver.actor(audit_list).pk)
        with CaptureQueriesContext(connection) as queries:
            audit_list.pass_stage(stage, by=actor, on=DAY)
        assert Decision.objects.filter(audit_list=audit_list).exists()
        return len(queries)

    assert statements(3) == statements(8)
