"""R093: who carries a farm project takes on the poor; the number is shown where the project and the firm are."""

import pytest
from django.core.exceptions import ValidationError

from measures.hiring import is_farm, is_firm, verdict
from measures.models import Enterprise, Project
from tests.measures.project_world import BEGUN, TYPED, act, apply, hidden, page

pytestmark = pytest.mark.django_db
FARM = {"chapter": "产业", "category": "产业项目"}
NEW = "/projects/new/"
# Chapter or category, level, kind, poor workers; refused, only told, or neither.
VERDICTS = [
    ("产业", "省级", "企业", None, "refused"),
    ("产业", "省级", "企业", 0, "refused"),
    ("产业", "市级", "家庭农场", 0, "refused"),
    ("产业", "省级", "企业", 1, ""),
    ("产业", "区级", "企业", 0, "told"),
    ("产业", "区级", "合作社", 0, "refused"),
    ("产业", "", "合作社", None, "refused"),
    ("产业", "区级", "合作社", 1, ""),
    ("产业项目", "区级", "合作社", 0, "refused"),
    ("基础设施", "省级", "合作社", 0, ""),
]


@pytest.mark.parametrize(("chapter", "level", "kind", "poor", "wanted"), VERDICTS)
def test_a_firm_of_province_or_city_and_any_cooperative_must_take_on_the_poor(
    chapter, level, kind, poor, wanted
):
    category = chapter if chapter == "产业项目" else "村基础设施"
    found = verdict(is_farm(chapter, category), level, "演示社", kind, poor)
    assert (bool(found.refusal), bool(found.warning)) == (wanted == "refused", wanted == "told")
    assert not wanted or "演示社" in found.refusal + found.warning


@pytest.fixture
def cooperative(ground):
    return Enterprise.objects.create(
        area=ground.village, name="演示果蔬合作社", kind="合作社", poor_employed=0
    )


def typed(ground, firm, **change):
    owner = {"owner_unit": "演示果蔬合作社", "enterprise": firm.pk, "level": "区级"}
    return {**TYPED, **FARM, "area": ground.village.pk, **owner, **change}


def test_a_cooperative_that_takes_on_none_cannot_apply_until_it_does(ground, signed_in, cooperative):
    client = signed_in("town")
    answer = client.post(NEW, typed(ground, cooperative))
    assert answer.status_code == 422 and "没有吸纳贫困人口的合作社不安排项目" in page(answer)
    assert not Project.objects.exists() and "修渠 1200 米" in page(answer)
    Enterprise.objects.update(poor_employed=6, lifted=4)
    made = client.post(NEW, typed(ground, cooperative))
    assert made.status_code == 303
    html = page(client.get(made["Location"]))
    assert "吸纳贫困人口 6 人" in html and "带动脱贫 4 人" in html and "三章一节四、五" in html


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"enterprise": ""}, "要选承担主体"),
        ({"level": "", "owner_unit": "演示镇政府"}, "要选项目级别"),
        ({"enterprise": "999999"}, "没有这家企业"),
    ],
)
def test_who_carries_it_and_its_level_are_asked(ground, signed_in, cooperative, change, says):
    Enterprise.objects.update(poor_employed=6)
    answer = signed_in("town").post(NEW, typed(ground, cooperative, **change))
    assert answer.status_code == 422 and says in page(answer)


@pytest.mark.parametrize(
    ("unit", "firm"),
    [
        ("演示食品厂", True),
        ("演示养殖基地", True),
        ("演示集团分部", True),
        ("演示镇砖厂村村民委员会", False),
        ("区扶贫办", False),
    ],
)
def test_what_is_called_as_a_firm_is_no_office(unit, firm):
    assert is_firm(unit) is firm


def test_another_firm_that_employs_the_poor_is_no_way_round(ground, signed_in, cooperative):
    other = Enterprise.objects.create(area=ground.village, name="演示食品公司", kind="企业", poor_employed=5)
    answer = signed_in("town").post(NEW, typed(ground, other))
    assert answer.status_code == 422 and "不是同一家" in page(answer) and not Project.objects.exists()
    with pytest.raises(ValidationError, match="不是同一家"):
        apply(ground.village, **FARM, owner_unit="演示果蔬合作社", enterprise=other, level="区级")
    with pytest.raises(ValidationError, match="要选承担主体"):
        apply(ground.village, **FARM, owner_unit="演示果蔬合作社")
    assert apply(ground.village, owner_unit="演示果蔬合作社"), "no farm project"


def test_an_office_that_carries_it_itself_is_asked_nothing(ground, signed_in):
    answer = signed_in("town").post(NEW, {**TYPED, **FARM, "area": ground.village.pk})
    assert answer.status_code == 303


def test_a_firm_below_the_city_is_told_and_goes_on(ground, signed_in):
    firm = Enterprise.objects.create(area=ground.village, name="演示食品公司", kind="企业")
    client = signed_in("town")
    made = client.post(NEW, typed(ground, firm, owner_unit="演示食品公司"))
    assert made.status_code == 303
    assert "“演示食品公司”没有登记吸纳贫困人口，立项前请核实" in page(client.get(made["Location"]))


@pytest.mark.parametrize("step", ["submit", "approve", "rewrite"])
def test_no_step_goes_by_who_has_let_them_go(ground, cooperative, step):
    Enterprise.objects.update(poor_employed=2)
    cooperative.refresh_from_db()
    project = apply(ground.village, **FARM, enterprise=cooperative, level="区级")
    if step == "approve":
        project.submit(chosen_on=BEGUN, **act(project))
    Enterprise.objects.update(poor_employed=0)
    project = Project.objects.get(pk=project.pk)
    with pytest.raises(ValidationError, match="不安排项目"):
        if step == "submit":
            project.submit(chosen_on=BEGUN, **act(project))
        elif step == "approve":
            project.approve(**act(project, document="演示批1号"))
        else:
            project.rewrite(seen=project.version, name="演示另一渠")
    assert Project.objects.get().stage == "申报"


def test_the_page_of_approval_says_why_not_and_the_lists_show_it(ground, signed_in, cooperative):
    Enterprise.objects.update(poor_employed=2)
    cooperative.refresh_from_db()
    project = apply(ground.village, **FARM, enterprise=cooperative, level="区级")
    project.submit(chosen_on=BEGUN, **act(project))
    Enterprise.objects.update(poor_employed=None)
    client, address = signed_in("district"), f"/projects/{project.pk}/approve/"
    asked = {"on": "2018-11-20", "document": "演示批1号", **hidden(page(client.get(address)))}
    answer = client.post(address, asked)
    assert answer.status_code == 422 and "没有登记吸纳贫困人口" in page(answer)
    assert 'data-total="1"' in page(client.get("/measures/enterprises/?takes_on=no"))
    assert 'data-total="0"' in page(client.get("/measures/enterprises/?takes_on=yes"))
    assert "演示排水渠" in page(client.get(f"/measures/enterprises/{cooperative.pk}/"))
