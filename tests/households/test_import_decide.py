"""Conflicts decided, good rows without the bad ones, and the two kinds downloaded apart (quality F5, F6)."""

import io

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from households.models import Decision, Household, ImportBatch, ImportState, Person
from households.workbook import importing, preview
from households.workbook.writing import Overtaken
from office.models import TrailRow
from tests.aside import Aside
from tests.households.test_import import (
    compared,
    confirm,
    edited,
    faults,
    imported,
    put,
    take_back,
    workbook,
)
from tests.households.test_import_new import HEAD, HOUSEHOLD, added
from tests.households.test_import_pages import downloaded, run_command, taken_apart, upload, work_off

__all__ = ["compared", "downloaded", "imported", "upload", "workbook"]


def changed_meanwhile(household: Household, **values: str) -> None:
    """As the entry form saves it."""
    fresh = Household.objects.get(pk=household.pk)
    for name, value in values.items():
        setattr(fresh, name, value)
    fresh.version += 1
    fresh.save(update_fields=[*values, "version"])


@pytest.fixture
def conflict(make_household, workbook, imported):
    """A household whose group the file changes, while somebody else has changed group and address."""
    household = make_household(address="一号")
    data = edited(workbook(), put(("户", "村民小组", "二组")))
    changed_meanwhile(household, villager_group="三组", address="九号")
    return household, imported(data, write=False)


def test_a_change_on_both_sides_waits_for_a_decision(conflict):
    household, batch = conflict
    assert (batch.state, batch.undecided, batch.faults) == (ImportState.READY, 1, 0)
    (change,) = batch.conflicts
    (one,) = preview.shown([change])
    (line,) = one.lines
    # The address was changed on the server alone: the file still says what the download wrote.
    assert (line.title, line.was, line.old, line.new) == ("村民小组", "一组", "三组", "二组")


def test_the_value_of_the_file_is_written_when_it_is_chosen(conflict, cast):
    household, batch = conflict
    importing.decide(batch, Decision.FILE)
    confirm(batch, cast["village"])
    fresh = Household.objects.get()
    assert (fresh.villager_group, fresh.address) == ("二组", "九号")
    take_back(batch, cast["village"])
    assert Household.objects.get().villager_group == "三组"


def test_the_register_keeps_its_value_when_that_is_chosen(conflict, cast):
    household, batch = conflict
    importing.decide(batch, Decision.REGISTER, batch.conflicts.get().pk)
    confirm(batch, cast["village"])
    fresh = Household.objects.get()
    assert (fresh.villager_group, fresh.version) == ("三组", household.version + 1)


def test_a_household_changed_once_more_after_the_check_is_not_written(conflict, cast):
    household, batch = conflict
    importing.decide(batch, Decision.FILE)
    changed_meanwhile(household, address="十号")
    with pytest.raises(Overtaken, match="又改过"):
        confirm(batch, cast["village"])
    assert Household.objects.get().villager_group == "三组"


def test_a_change_elsewhere_in_the_household_alone_is_left_alone(make_household, workbook, imported):
    household = make_household(address="一号")
    data = workbook()
    changed_meanwhile(household, address="九号")
    batch = imported(data)
    assert (batch.state, batch.unchanged, batch.changes.count()) == (ImportState.APPLIED, 4, 0)


def test_conflicts_are_shown_and_decided_on_the_page(downloaded, upload, signed_in, url, make_household):
    changed_meanwhile(Household.objects.get(), villager_group="三组")
    upload(edited(downloaded, put(("户", "村民小组", "二组"))))
    batch, client = ImportBatch.objects.get(), signed_in("village")
    page = client.get(url("households:import", batch.pk)).content.decode()
    assert all(word in page for word in ("原值", "现值", "文件值", "一组", "三组", "二组"))
    answer = client.post(url("households:import-confirm", batch.pk))
    assert answer.status_code == 422 and "还有 1 户冲突没有决定" in answer.content.decode()
    decide = url("households:import-decide", batch.pk)
    assert client.post(decide, {"decision": "maybe"}).status_code == 422
    assert client.post(decide, {"decision": "file", "change": "999999"}).status_code == 404
    change = batch.conflicts.get()
    assert client.post(decide, {"decision": "file", "change": change.pk}).status_code == 303
    row = TrailRow.objects.get(action="处理导入冲突")
    assert row.detail == {"户编号": Household.objects.get().number, "处理": "用文件的值"}
    assert client.post(url("households:import-confirm", batch.pk)).status_code == 303
    work_off()
    assert Household.objects.get().villager_group == "二组"
    assert client.post(decide, {"decision": "register"}).status_code == 409


def test_the_command_tells_a_conflict_and_writes_nothing(downloaded, tmp_path):
    path = tmp_path / "采集.xlsx"
    path.write_bytes(edited(downloaded, put(("户", "村民小组", "二组"))))
    changed_meanwhile(Household.objects.get(), villager_group="三组")
    for options in ((), ("--dry-run",)):
        code, answer = run_command(str(path), "--user", "village", *options)
        (error,) = answer["errors"]
        assert code == 1 and (error["sheet"], error["row"], error["code"]) == ("户", 2, "I013")
    assert Household.objects.get().villager_group == "三组"


def test_who_was_overtaken_checks_the_same_file_again(downloaded, upload, signed_in, url, cast):
    upload(edited(downloaded, put(("户", "村民小组", "二组"))))
    batch, client = ImportBatch.objects.get(), signed_in("village")
    changed_meanwhile(Household.objects.get(), villager_group="三组")
    with pytest.raises(Overtaken, match="又改过"):
        confirm(batch, cast["village"])
    recheck = url("households:import-recheck", batch.pk)
    assert f'action="{recheck}"' in client.get(url("households:import", batch.pk)).content.decode()
    assert client.post(recheck).status_code == 303
    work_off()
    batch.refresh_from_db()
    assert (batch.state, batch.reason, batch.undecided) == (ImportState.READY, "", 1)
    client.post(url("households:import-decide", batch.pk), {"decision": "file"})
    client.post(url("households:import-confirm", batch.pk))
    work_off()
    assert Household.objects.get().villager_group == "二组"
    assert client.post(recheck).status_code == 409


@pytest.fixture
def half_bad(downloaded, upload):
    """An upload of one good new household and one with a bad row."""
    second = {**HEAD, "户编号": "新2", "证件号码": "1"}
    data = added(downloaded, 户=[HOUSEHOLD, {**HOUSEHOLD, "户编号": "新2"}], 人口=[HEAD, second])
    upload(data)
    return ImportBatch.objects.get()


def test_good_and_bad_rows_are_downloaded_apart_and_taken_again(
    half_bad, signed_in, url, compared, downloaded
):
    client = signed_in("village")
    addresses = [url(f"households:import-{which}-rows", half_bad.pk) for which in ("bad", "good")]
    assert [client.get(address).status_code for address in addresses] == [409, 409]
    bad_data, good_data = (taken_apart(client, address) for address in addresses)
    found = compared(good_data)
    assert not found.bad and list(found.new) == ["新1"]
    again = compared(bad_data)
    assert list(again.new) == ["新2"] and {code for *_, code in faults(again)} == {"C003"}
    book = openpyxl.load_workbook(io.BytesIO(bad_data))
    assert [one.value for one in book["人口"][2]][:2] == [
        "5",
        "K列 证件号码：居民身份证号码应为18位（15位旧号码请换成18位）",
    ]
    assert [one.value for one in book["户"][2]][:2] == ["4", "同户有错误的行"]


def test_going_on_with_the_good_rows_writes_them_alone(half_bad, signed_in, url):
    client, before = signed_in("village"), Household.objects.count()
    page = client.get(url("households:import", half_bad.pk)).content.decode()
    assert "只用正确的行" in page and "一行也没有写入" in page
    assert client.post(url("households:import-confirm", half_bad.pk)).status_code == 409
    assert client.post(url("households:import-go-on", half_bad.pk)).status_code == 303
    assert client.post(url("households:import-go-on", half_bad.pk)).status_code == 409
    # What is about to be written stands in front of what stays out.
    page = client.get(url("households:import", half_bad.pk)).content.decode()
    assert page.index(">新户 1<") < page.index(">错误 1<") and 'aria-current="page">新户' in page
    assert client.post(url("households:import-confirm", half_bad.pk)).status_code == 303
    work_off()
    assert Household.objects.count() == before + 1
    assert Person.objects.filter(name=HEAD["姓名"]).count() == 1
    half_bad.refresh_from_db()
    assert half_bad.state == ImportState.APPLIED and half_bad.good_only


def test_what_would_be_made_is_shown_field_by_field_and_masked(half_bad, signed_in, url):
    page = signed_in("village").get(url("households:import", half_bad.pk, show="new")).content.decode()
    assert all(word in page for word in ("新1", HEAD["姓名"], "三组", "138****1234", "9904**********"))
    assert HEAD["证件号码"] not in page and HOUSEHOLD["联系电话"] not in page


def test_warnings_are_shown_and_block_nothing(downloaded, upload, signed_in, url):
    upload(added(downloaded, 户=[HOUSEHOLD], 人口=[HEAD]))
    batch, client = ImportBatch.objects.get(), signed_in("village")
    assert batch.state == ImportState.READY and batch.warnings
    page = client.get(url("households:import", batch.pk, show="warnings")).content.decode()
    assert "参保情况有未填项" in page and "C039" in page


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_who_confirms_while_another_decides_waits_and_writes_what_was_decided(conflict):
    _, batch = conflict
    with transaction.atomic():
        importing.decide(batch, Decision.FILE)
        confirming = Aside(
            lambda: ImportBatch.objects.get(pk=batch.pk).move(ImportState.READY, ImportState.APPLYING)
        )
        assert confirming.held
    assert confirming.end()
    with pytest.raises(ValidationError):
        importing.decide(batch, Decision.REGISTER)
    assert [change.decision for change in batch.conflicts] == [Decision.FILE]
