"""`verify_invariants` is quiet over a lawful register and names what was changed behind its back."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from households.models import NameKey, Person, StatusEvent
from reporting.definitions import exit_tally
from reporting.models import ReportRun
from reporting.report import PERSONS
from villages.models import KeyVillage


@pytest.fixture
def kept(ground, make_household):
    for village in (ground.village, ground.sibling_village, ground.other_village):
        make_household(village=village, persons=3)
    call_command("report", "exit-tally", "--year", "2016", stdout=io.StringIO())


def verify() -> list[str]:
    out = io.StringIO()
    try:
        call_command("verify_invariants", stdout=out)
    except CommandError as found:
        assert found.returncode == 1
        return out.getvalue().splitlines()
    assert out.getvalue() == "没有不符\n"
    return []


def test_a_lawful_register_has_no_problem(kept):
    assert verify() == []


def test_an_event_that_left_its_town_breaks_the_sums_or_the_places(kept, ground):
    first = StatusEvent.objects.get(village=ground.village)
    StatusEvent.objects.filter(pk=first.pk).update(town=ground.other_town)
    assert any("镇街、区县与村居不一致" in line for line in verify())


def test_an_event_that_counts_the_wrong_way_is_found(kept, ground):
    StatusEvent.objects.filter(village=ground.village).update(households=0, persons=-3)
    assert any("方向不对" in line for line in verify())


def test_a_name_of_a_household_that_is_gone_is_found(kept):
    NameKey.objects.add([Person(household_id=10**6, name="演示甲")])
    assert any("姓名检索" in line for line in verify())


def test_a_tally_that_does_not_add_up_is_found(kept, monkeypatch):
    honest = exit_tally.count

    def one_too_many(request):
        counts = honest(request)
        counts[None, False, exit_tally.NOW, PERSONS] += 1
        return counts

    monkeypatch.setattr(exit_tally, "count", one_too_many)
    assert any("年初加增加减减少" in line for line in verify())
    assert any("各部分相加" in line for line in verify())


def test_changed_figures_of_a_run_are_found(kept):
    run = ReportRun.objects.get()
    run.figures_stored["cells"][0]["value"] += 1
    ReportRun.objects.filter(pk=run.pk).update(figures_stored=run.figures_stored)
    assert verify() == [f"报表{run.pk}：数字与校验码不符"]


def test_a_changed_or_lost_file_is_found(kept, settings):
    csv, json, _ = ReportRun.objects.get().files.all()
    (Path(settings.MEDIA_ROOT) / csv.name).write_text("0")
    (Path(settings.MEDIA_ROOT) / json.name).unlink()
    assert sorted(line.rpartition("：")[2] for line in verify()) == ["内容与校验码不符", "文件不在"]


def test_a_key_village_off_the_list_without_an_event_is_found(kept, ground):
    KeyVillage.designate(
        area=ground.village, level="省定", batch="十二五", on=ground.village.valid_from, by=None
    )
    KeyVillage.objects.update(on_list=False)
    assert verify() == [f"重点村{ground.village}：列入1次、摘帽0次，与现状不一致"]
