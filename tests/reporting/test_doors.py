"""其他工作 on the workbench: what waits beside the register, for whom it is open."""

import pytest

from measures.models import DeskRequest, SocialHelp
from office import clock
from villages.models import Incident, KeyVillage, Rectification

pytestmark = pytest.mark.django_db
WORK, DUTY = ("驻村情况", "责任书", "村年度减贫计划"), ("责任清单", "整改")


def lines(client) -> dict[str, int | None]:
    return {door.word: door.count for door in client.get("/").context["doors"]}


@pytest.mark.parametrize(
    ("who", "words"),
    [
        (
            "district",
            [
                "部门名单",
                "政策咨询",
                "涉贫事件",
                *WORK,
                "年底考核",
                "约谈和提请调整",
                *DUTY,
                "社会帮扶",
                "主要指标",
            ],
        ),
        ("town", ["政策咨询", "涉贫事件", *WORK, *DUTY, "社会帮扶", "主要指标"]),
        ("village", ["涉贫事件", *WORK, *DUTY, "社会帮扶"]),
        ("department", ["部门名单", "政策咨询", *DUTY, "主要指标"]),
        ("auditor", []),
        ("outsider", []),
    ],
)
def test_the_lines_follow_the_duty(signed_in, who, words):
    assert list(lines(signed_in(who))) == words


def test_each_counts_what_waits_in_the_own_area_and_leads_there(signed_in, ground):
    facts = {
        "topic": "求助",
        "asker": "演示",
        "phone": "13800001111",
        "question": "演示问题",
        "channel": "电话",
    }
    DeskRequest.ask(at=clock.moment(), days=5, area=ground.town, **facts)
    DeskRequest.ask(at=clock.moment(), days=5, area=ground.other_town, **facts)
    day = clock.today()
    seen = {"kind": "信访", "level": "一般", "found_by": "群众反映", "found_on": day, "what": "演示反映"}
    Incident.find(by=None, at=clock.moment(), days=3, area=ground.village, **seen)
    SocialHelp.objects.create(
        kind="其他", title="需要轮椅", area=ground.village, start_on=day, state="待对接"
    )
    assert lines(signed_in("district")) == {
        "部门名单": 0,
        "政策咨询": 2,
        "涉贫事件": 1,
        "驻村情况": 0,
        "责任书": 5,
        "村年度减贫计划": 0,
        "年底考核": 0,
        "约谈和提请调整": 0,
        "责任清单": 0,
        "整改": 0,
        "社会帮扶": 1,
        "主要指标": None,
    }
    assert lines(signed_in("town"))["政策咨询"] == 1
    assert lines(signed_in("other_town_user")) == {
        "政策咨询": 1,
        "涉贫事件": 0,
        "驻村情况": 0,
        "责任书": 2,
        "村年度减贫计划": 0,
        "责任清单": 0,
        "整改": 0,
        "社会帮扶": 0,
        "主要指标": None,
    }
    page = signed_in("town").get("/").content.decode()
    for address in ("/desk/", "/incidents/", "/society/", "/indicators/"):
        assert f'href="{address}"' in page


def test_what_villages_and_units_owe_is_counted_with_the_list_behind_it(signed_in, ground):
    """The lines count what their lists hold (villages/teams.py, villages/missing.py)."""
    on = clock.today()
    KeyVillage.designate(area=ground.village, level="省定", batch="十二五", on=on, by=None)
    district = signed_in("district")
    listed = {
        "驻村情况": "/villages/teams/?state=lacking",
        "责任书": "/villages/letters/missing/",
        "整改": "/villages/rectifications/?state=未销号",
    }
    facts = {"source": "督查", "problem": "演示", "holder": "演示", "due_on": clock.today()}
    Rectification.objects.create(area=ground.village, recorded_at=clock.moment(), **facts)
    counts = lines(district)
    assert counts["驻村情况"] == counts["整改"] == 1
    for word, address in listed.items():
        assert district.get(address).context["page"].total == counts[word]
