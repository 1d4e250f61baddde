"""The whole table: procedure × stage × role × verdict × day, each right alone, and each thing missing alone."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.roles import Role
from audits.models import Decision
from audits.procedures import TABLES
from audits.refusals import NotNow
from tests.audits.driver import evening

CASES = [(kind, stage.key) for kind, versions in TABLES.items() for stage in versions[-1].stages]
FLAGS = ("papers", "agreed", "team", "case", "departments", "posting")
TAKEN, FORBIDDEN, NOT_NOW, MISSING = "taken", "forbidden", "not now", "missing"
A_DAY = datetime.timedelta(days=1)


def tried(act) -> str:
    """How the act ends; what it changed is rolled back."""
    with transaction.atomic():
        try:
            act()
            return TAKEN
        except PermissionDenied:
            return FORBIDDEN
        except NotNow:
            return NOT_NOW
        except ValidationError:
            return MISSING
        finally:
            transaction.set_rollback(True)


@pytest.fixture
def at(opened, driver):
    """at(kind, stage) is a list that waits at the stage, and the day on which it came there."""

    def reach(kind, stage):
        audit_list = opened(kind)
        day = driver.reach(audit_list, stage)
        return audit_list, day

    return reach


def everybody(cast):
    return {**cast, "nobody": AnonymousUser()}


@pytest.mark.parametrize(("kind", "key"), CASES)
def test_a_stage_passes_by_its_role_alone_on_its_day_alone(kind, key, at, driver, cast):
    audit_list, _ = at(kind, key)
    step, came = audit_list.step, audit_list.stage_since
    day = driver.bring(audit_list, came)

    def passing(user, on=day, stage=key, version=None):
        return tried(
            lambda: (
                type(audit_list)
                .objects.get(pk=audit_list.pk)
                .pass_stage(stage, by=user, on=on, version=version, at=evening(on))
            )
        )

    by_role = {name: passing(user) for name, user in everybody(cast).items()}
    assert by_role == {name: TAKEN if name in step.roles else FORBIDDEN for name in by_role}
    actor = driver.actor(audit_list)
    assert passing(actor, on=came - A_DAY) == NOT_NOW
    if step.posting is not None:
        assert (day - came).days == audit_list.posting_days() + 1
        assert passing(actor, on=day - A_DAY) == NOT_NOW
    if step.window:
        assert passing(actor, on=max(came, datetime.date(2018, 10, 31))) == (
            TAKEN if came >= datetime.date(2018, 11, 1) else NOT_NOW
        )
        assert passing(actor, on=datetime.date(2018, 12, 31)) == TAKEN
        assert passing(actor, on=datetime.date(2019, 1, 1)) == NOT_NOW
    assert passing(actor, version=audit_list.version - 1) == NOT_NOW
    for other in audit_list.procedure.stages:
        if other.key != key:
            assert passing(cast[other.roles[0]], stage=other.key) == NOT_NOW


@pytest.mark.parametrize(("kind", "key"), CASES)
def test_a_stage_is_sent_back_by_its_role_alone_with_a_reason_to_an_earlier_one(kind, key, at, cast, driver):
    audit_list, day = at(kind, key)
    procedure, step = audit_list.procedure, audit_list.step
    day = max(day, audit_list.stage_since)

    def sending(user, to=procedure.first.key, reason="材料不全", on=day):
        return tried(
            lambda: (
                type(audit_list)
                .objects.get(pk=audit_list.pk)
                .send_back(key, to, by=user, on=on, reason=reason)
            )
        )

    possible = MISSING if step == procedure.first else TAKEN
    if procedure.acted_before(key):
        possible = NOT_NOW
    by_role = {name: sending(user) for name, user in everybody(cast).items()}
    assert by_role == {name: possible if name in step.roles else FORBIDDEN for name in by_role}
    if possible == TAKEN:
        actor = driver.actor(audit_list)
        assert sending(actor, reason=" ") == MISSING
        assert sending(actor, to=key) == MISSING
        assert sending(actor, to="nowhere") == MISSING
        assert sending(actor, on=audit_list.stage_since - A_DAY) == NOT_NOW
        for earlier in procedure.before(key):
            assert sending(actor, to=earlier.key) == TAKEN


def fresh_facts(procedure, stage) -> bool:
    """The stage asks for facts of the house that no earlier one did."""
    return bool(set(stage.case) - {name for each in procedure.before(stage.key) for name in each.case})


WANTED = [
    (kind, stage.key, flag)
    for kind, versions in TABLES.items()
    for stage in versions[-1].stages
    for flag in FLAGS
    if getattr(stage, flag) and (flag != "case" or fresh_facts(versions[-1], stage))
]


@pytest.mark.parametrize(("kind", "key", "flag"), WANTED)
def test_a_stage_does_not_pass_with_one_thing_missing(kind, key, flag, at, driver):
    audit_list, _ = at(kind, key)
    day = driver.bring(audit_list, audit_list.stage_since, without=flag)
    later = day + 30 * A_DAY
    assert tried(lambda: audit_list.pass_stage(key, by=driver.actor(audit_list), on=later)) == (
        NOT_NOW if flag == "posting" else MISSING
    )


def test_every_stage_names_roles_of_business_and_a_place_to_go():
    for kind, versions in TABLES.items():
        for procedure in versions:
            keys = [stage.key for stage in procedure.stages]
            assert procedure.kind == kind and len(keys) == len(set(keys))
            for stage in procedure.stages:
                assert stage.roles and not {Role.AUDITOR, Role.SECURITY, Role.ADMIN} & set(stage.roles)
            assert procedure.openers


def test_the_decisions_of_four_eyes_are_those_of_the_office():
    """Domain §5: which steps bind, by procedure; the rest are clerical."""
    bound = {
        kind: [stage.label for stage in versions[-1].stages if stage.decision]
        for kind, versions in TABLES.items()
    }
    assert bound == {
        "household-exit": ["民主评议", "验收", "审核", "审查备案"],
        "village-exit": ["初审评估", "测评验收", "审定"],
        "renovation": ["村集体评议", "镇审核", "区审批", "竣工验收"],
        "entry": ["民主评议", "镇审核", "区审批"],
        "reversal": ["区批准"],
    }


def test_the_days_that_stand_in_the_plan():
    days = {
        (kind, stage.key): (stage.posting.word, stage.posting.days)
        for kind in ("household-exit", "village-exit")
        for stage in TABLES[kind][-1].postings()
    }
    assert days == {
        ("household-exit", "village-notice"): ("公示", 7),
        ("household-exit", "announcement"): ("公告", 5),
        ("village-exit", "village-notice"): ("公示", 7),
        ("village-exit", "announcement"): ("公告", 5),
    }


def test_refused_steps_leave_no_decision(at, driver, cast):
    audit_list, _ = at("household-exit", "approval")
    before = Decision.objects.count()
    with pytest.raises(PermissionDenied):
        audit_list.pass_stage("approval", by=cast["town"], on=audit_list.stage_since)
    assert Decision.objects.count() == before
