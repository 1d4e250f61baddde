"""What has no coverage says why on the page of coverage."""

import datetime

import pytest

from measures import untold
from measures.eligibility import RULES
from measures.models import Policy

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)


def test_every_policy_for_persons_or_households_is_counted_or_says_why_not(signed_in):
    said = dict(untold.by_reason(DAY))
    assert untold.NEW not in said
    known = {policy.code for policies in said.values() for policy in policies}
    assert {"CARE-FULL", "CARE-HALF", "CARE-ABLE", "FILIAL"} <= known and not known & set(RULES)
    html = signed_in("town").get("/measures/coverage/").content.decode()
    for reason, policies in said.items():
        assert reason in html and all(policy.name in html for policy in policies), reason
    assert (
        untold.REASONS["CARE-FULL"] == untold.REASONS["CARE-ABLE"] and "民政" in untold.REASONS["CARE-FULL"]
    )


def test_reasons_are_of_policies_that_there_are_and_have_no_condition():
    assert set(untold.REASONS) <= set(Policy.objects.values_list("code", flat=True))
    assert not set(untold.REASONS) & set(RULES)


def test_a_line_that_the_district_adds_says_that_nothing_is_written_yet():
    Policy.objects.create(
        code="NEW-1", kind="政策", chapter="社保兜底", name="演示补贴", target="个人", valid_from=DAY
    )
    assert [policy.code for policy in dict(untold.by_reason(DAY))[untold.NEW]] == ["NEW-1"]
