"""`/audits/<list>/papers/`: every paper of every procedure, from the record, frozen where it was decided."""

import datetime

import pytest

from audits.models import AuditList, Entry
from audits.papers import kinds
from audits.papers.facts import ListFacts
from audits.procedures import ListKind
from households.models import Household, Survey
from tests.test_canary import CANARIES, canary, content, found_in  # noqa: F401

DAY = datetime.date(2018, 10, 8)
ALL = [(kind, paper.key) for kind in ListKind for paper in kinds.of(kind)]


def printed(audit_list, key, on=DAY):
    entries = list(audit_list.entries.select_related("household__village", "household__county", "area"))
    return kinds.printed(kinds.BY_KEY[key], ListFacts(audit_list, entries, on))


def words(paper):
    """Every text of a paper, in order."""
    found = [paper.title, paper.under, *paper.signatures]
    for page in paper.pages:
        for block in page:
            if block.form == "pairs":
                found += [text for pair in block.pairs for text in pair]
            elif block.form == "grid":
                found += [*block.head, *(text for row in block.rows for text in row), block.total]
            else:
                found += [block.heading, block.text]
    return found


def test_each_procedure_has_its_papers():
    assert {kind: [paper.key for paper in kinds.of(kind)] for kind in ListKind} == {
        "household-exit": [
            "proposal", "committee-minutes", "delegate-minutes", "verification", "consent",
            "acceptance-sheet", "review", "filing", "strike-off",
        ],
        "village-exit": [
            "application", "survey-sheet", "acceptance-report", "approval", "filing", "strike-off",
        ],
        "entry": [
            "application", "committee-minutes", "delegate-minutes", "verification", "review", "approval",
            "strike-off",
        ],
        "renovation": [
            "application", "delegate-minutes", "review", "approval", "agreement", "house-acceptance",
            "payment",
        ],
        "reversal": ["approval"],
    }  # fmt: skip


@pytest.mark.parametrize(("kind", "key"), ALL)
def test_every_paper_is_printed_before_anything_was_decided(opened, signed_in, kind, key, office_day):
    office_day(DAY)
    audit_list = opened(kind)
    page = signed_in("district").get(f"/audits/{audit_list.pk}/papers/{key}/").content.decode()
    paper = kinds.BY_KEY[key]
    assert paper.titled(kind) in page
    assert ("演示东村" if kind == "village-exit" else "演示甲") in page
    assert "None" not in page and "{" not in page.split("<main", 1)[1]
    listed = signed_in("district").get(f"/audits/{audit_list.pk}/papers/").content.decode()
    assert f"/audits/{audit_list.pk}/papers/{key}/" in listed and "今天的档案" in listed


def test_a_paper_rests_on_what_was_frozen_with_the_decision(opened, driver):
    audit_list = opened("household-exit", 2)
    day = driver.reach(audit_list, None)
    Survey.objects.update(wage_income=0, net_income_per_capita=0)
    Household.objects.update(member_count=9)
    filing = words(printed(audit_list, "filing", day))
    assert "5,000.00" in filing and "3579" in filing and "合计　2 户 4 人" in filing
    assert "审查备案通过" in filing
    off = words(printed(audit_list, "strike-off", day))
    left = Entry.objects.filter(audit_list=audit_list).first().closed_on
    assert f"退出 {left.year}年{left.month}月{left.day}日" in off
    sheet = words(printed(audit_list, "acceptance-sheet", day))
    assert "演示组长、演示组员" in sheet and sheet.count("属实") == 2
    assert [sheet[sheet.index(item) + 1] for item in ("会议记录", "评议程序", "档案和脱贫方案")] == ["是"] * 3


def test_each_groups_proposal_counts_from_one(driver, eligible):
    groups = ("一组", "二组", "一组")
    audit_list = driver.open("household-exit", *(eligible(villager_group=group) for group in groups))
    grids = [page[1] for page in printed(audit_list, "proposal").pages]
    assert [(grid.caption, [row[0] for row in grid.rows]) for grid in grids] == [
        ("一组", ["1", "2"]),
        ("二组", ["1"]),
    ]


def test_who_was_struck_off_later_stays_on_earlier_papers(opened, driver, cast):
    audit_list = opened("household-exit", 2)
    day = driver.reach(audit_list, "consent")
    audit_list.strike_off(audit_list.entries.first(), by=cast["village"], on=day, reason="本户不认可")
    assert printed(audit_list, "delegate-minutes").pages[0][2].total == "合计　2 户 4 人"
    assert printed(audit_list, "consent").pages[0][0].pairs[1] == ("户主姓名", "演示甲")
    assert len(printed(audit_list, "consent").pages) == 1


def test_a_decision_that_was_sent_back_counts_no_more(opened, driver, cast):
    audit_list = opened("household-exit")
    day = driver.reach(audit_list, "approval")
    facts = ListFacts(audit_list, list(audit_list.entries.all()), day)
    assert facts.rests_on("verification").stage == "acceptance"
    audit_list.send_back("approval", "verification", by=cast["approver"], on=day, reason="材料不全")
    facts = ListFacts(audit_list, list(audit_list.entries.all()), day)
    assert facts.rests_on("verification") is None
    assert facts.rests_on("proposal").stage == "appraisal"


def test_a_page_each_and_the_page_of_one(opened, signed_in, office_day):
    office_day(DAY)
    audit_list = opened("household-exit", 3)
    client = signed_in("village")
    address = f"/audits/{audit_list.pk}/papers/consent/"
    whole, one = client.get(address).content.decode(), audit_list.entries.last()
    assert whole.count("<article") == 3 and f'<option value="{one.pk}">3　演示甲</option>' in whole
    assert client.get(f"{address}?entry={one.pk}").content.decode().count("<article") == 1
    for other in ("999999", "x", "１"):
        assert client.get(f"{address}?entry={other}").status_code == 404
    assert client.get(f"/audits/{audit_list.pk}/papers/payment/").status_code == 404
    assert client.get(f"/audits/{audit_list.pk}/papers/nothing/").status_code == 404


def test_the_agreement_and_the_acceptance_of_a_house_say_what_the_record_knows(opened, driver):
    audit_list = opened("renovation")
    day = driver.reach(audit_list, "payment")
    agreement = " ".join(words(printed(audit_list, "agreement", day)))
    assert "拆除重建" in agreement and "演示甲" in agreement
    acceptance = words(printed(audit_list, "house-acceptance", day))
    assert acceptance.count("演示签字人") == 5 and "50" in acceptance
    assert "40,000.00" in acceptance
    assert printed(audit_list, "payment", day).pages[0][1].total == "合计　1 户 2 人"
    driver.reach(audit_list, "archive", day)
    total = printed(audit_list, "payment", day).pages[0][1].total
    assert total == (
        "合计　1 户 2 人　补助金额 28,000.00 元　中央省市 20,000.00 元　区级 6,000.00 元　镇街 2,000.00 元"
    )


def test_the_papers_of_a_village_begin_with_its_name(opened, driver):
    audit_list = opened("village-exit")
    for key in ("survey-sheet", "acceptance-report"):
        assert printed(audit_list, key).pages[0][0].pairs[0] == ("村(社区)", "演示东村")


@pytest.mark.parametrize("kind", ["household-exit", "renovation"])
def test_no_paper_shows_a_number_in_full(canary, driver, signed_in, kind, office_day):  # noqa: F811
    office_day(DAY)
    audit_list = driver.open(kind, canary)
    client = signed_in("district")
    for paper in kinds.of(kind):
        page = content(client.get(f"/audits/{audit_list.pk}/papers/{paper.key}/"))
        assert not found_in(page), paper.key
    if kind == "renovation":
        assert (
            CANARIES["银行账号"][-4:]
            in client.get(f"/audits/{audit_list.pk}/papers/payment/").content.decode()
        )


@pytest.mark.parametrize("key", ["acceptance-sheet", "payment"])
def test_statements_of_a_paper_do_not_grow_with_the_list(
    opened, signed_in, django_assert_max_num_queries, key, office_day
):
    office_day(DAY)
    kind = "renovation" if key == "payment" else "household-exit"
    audit_list = opened(kind, 6)
    client = signed_in("district")
    with django_assert_max_num_queries(32):
        client.get(f"/audits/{audit_list.pk}/papers/{key}/")
    assert AuditList.objects.count() == 1
