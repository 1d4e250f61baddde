"""A household is struck off, moves to another village, splits, or takes another in."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.permissions import SignedIn
from accounts.roles import Capability
from accounts.views.errors import refused
from households.acts.people import Removal
from households.acts.whole import Merging, Moving, Splitting
from households.duplicates import found as duplicates
from households.entry.household_form import villages_of
from households.models import Household
from households.views.act_page import CANCELLED, act_page, last_done, present
from households.views.care_form import household_for
from households.views.people import METHODS, form_for
from office import clock

OTHER_UNKNOWN = "没有这个户编号，或者不在当前任职的区域内"


@require_http_methods(METHODS)
def remove(request: SignedIn, number: str) -> HttpResponse:
    household = household_for(request, number, Capability.REGISTER_EDIT)
    by_county = request.user.scope_of(Capability.REGISTER_EDIT).covers(household.county)
    form = Removal(**form_for(request, household), by_county=by_county)

    def act() -> tuple[str, list[Household]]:
        household.cancel(removal_reason=form.cleaned_data["removal_reason"], **form.entry)
        return f"该户已注销（{household.removal_reason}）。", [household]

    weight = "户数减 1，" if household.in_register else "不改变统计的户数，"
    return act_page(
        request,
        household,
        form,
        title="注销",
        submit="登记注销",
        act=act,
        noted=lambda: {
            "注销原因": household.removal_reason,
            "日期": household.removed_on,
            "说明": form.cleaned_data["reason"],
        },
        consequence=[
            f"{weight}{household.member_count} 人不再在册；各年的统计不变。",
            "注销不能撤回：以后又符合条件的，重新申请、评议、公示后纳入。",
            "识别有误清退由区级办理。" if not by_county else "识别有误清退要写明区级决定的依据。",
        ],
    )


@require_http_methods(METHODS)
def move(request: SignedIn, number: str) -> HttpResponse:
    household = household_for(request, number, Capability.REGISTER_EDIT)
    scope, day = request.user.scope_of(Capability.REGISTER_EDIT), clock.today()
    villages = villages_of(scope, day).exclude(pk=household.village_id)
    if household.removed_on is None and not villages.exists():
        return refused(request, "当前任职的区域里没有别的村，转到外村请由镇街或区级办理。", 422)
    form = Moving(**form_for(request, household), villages=villages)
    old = household.village

    def act() -> tuple[str, list[Household]]:
        asked = form.cleaned_data
        household.move_to(
            asked["village"],
            villager_group=asked["villager_group"],
            address=asked["address"],
            **form.entry,
        )
        return f"已由{old.name}转到{household.village.name}{household.villager_group}。", [household]

    return act_page(
        request,
        household,
        form,
        title="转到别村",
        submit="办理转移",
        act=act,
        noted=lambda: {
            "转出": old.name,
            "转入": household.village.name,
            "日期": form.cleaned_data["on"],
            "原因": form.cleaned_data["reason"],
        },
        consequence=[f"{old.name}记转出，新的村记转入，成对保留；户编号不变，以前各年的统计仍在{old.name}。"],
    )


@require_http_methods(METHODS)
def split(request: SignedIn, number: str) -> HttpResponse:
    household = household_for(request, number, Capability.REGISTER_EDIT)
    people = present(household)
    if household.removed_on is None and household.registered_on is None:
        return refused(request, "该户还没有纳入，分户请另建一户申请。")
    if household.removed_on is None and len(people) < 2:
        return refused(request, "户内只有一人，不能分户。", 422)
    form = Splitting(**form_for(request, household), people=people)
    made: dict[str, Household] = {}

    def act() -> tuple[str, list[Household]]:
        new = household.split(
            form.going,
            head=form.head,
            remaining_head=form.remaining_head,
            relations=form.new_relations,
            **form.entry,
        )
        made["new"] = new
        said = f"已分出 {new.member_count} 人，新户编号 {new.number}，户主{form.head.name}。"
        return said, [household, new]

    return act_page(
        request,
        household,
        form,
        title="分户",
        submit="办理分户",
        act=act,
        noted=lambda: {
            "新户编号": made["new"].number,
            "分出人数": made["new"].member_count,
            "日期": form.cleaned_data["on"],
            "原因": form.cleaned_data["reason"],
        },
        template="households/split.html",
        consequence=[
            "分出的成员成为新户，识别标准、致贫原因、住址、脱贫标志和帮扶责任人随原户；村里人数不变，户数加 1。",
            "两户的变动记录互相指明；新户的年度采集另行填报。",
        ],
    )


@require_http_methods(METHODS)
def merge(request: SignedIn, number: str) -> HttpResponse:
    """`other` (address or form) names the household that is taken in; without it the page asks for it."""
    household = household_for(request, number, Capability.REGISTER_EDIT)
    if household.removed_on is not None:
        return refused(request, f"{CANCELLED}{last_done(household)}")
    asked = (request.POST if request.method == "POST" else request.GET).get("other", "").strip()
    other, said = _other(request, household, asked)
    if other is None:
        context = {"household": household, "asked": asked, "said": said}
        return render(request, "households/merge_with.html", context, status=422 if said else 200)
    if other.removed_on is not None:
        return refused(request, f"户{other.number}已经注销。{last_done(other)}")
    if request.method == "POST" and request.POST.get("other_version") != str(other.version):
        return refused(
            request, f"打开本页以后，并入的户{other.number}有变动。{last_done(other)}请刷新后再办。"
        )
    incoming, members = present(other), present(household)
    form = Merging(**form_for(request, household), other=other, incoming=incoming, members=members)

    def act() -> tuple[str, list[Household]]:
        household.merge(
            other,
            relations=form.new_relations,
            same=form.same,
            taken=form.taken,
            other_version=form.cleaned_data["other_version"],
            **form.entry,
        )
        duplicates.merged(
            form.same.items(),
            by=request.user,
            on=form.cleaned_data["on"],
            reason=form.cleaned_data["reason"],
        )
        said = f"户{other.number}已并入本户，现在 {household.member_count} 人。"
        return said, [household, other]

    return act_page(
        request,
        household,
        form,
        title="合户",
        submit="合并两户",
        act=act,
        others=[other],
        noted=lambda: {
            "并入户": other.number,
            "转入人数": len(form.new_relations),
            "重复人数": len(form.same),
            "日期": form.cleaned_data["on"],
            "原因": form.cleaned_data["reason"],
        },
        template="households/merge.html",
        other=other,
        other_head=next((one.name for one in incoming if one.is_head), ""),
        members=members,
        consequence=[
            f"户{other.number}注销（并入他户）并指明本户；两户各自的历史都保留。",
            "转入的成员人口编号不变；同一人的，那一户的记录按重复录入减少。",
        ],
    )


def _other(request: SignedIn, household: Household, asked: str) -> tuple[Household | None, str]:
    """The household of this number where the user may edit, or why there is none."""
    if not asked:
        return None, ""
    if not (asked.isascii() and asked.isdecimal()):
        return None, OTHER_UNKNOWN
    number = asked.zfill(len(household.number))
    if number == household.number:
        return None, "这就是本户，请写另一户的户编号"
    scope = request.user.scope_of(Capability.REGISTER_EDIT)
    found = Household.objects.visible_to(request.user).in_scope(scope).filter(number=number)
    other = found.select_related("village__parent__parent__parent__parent", "county").first()
    return (other, "") if other else (None, OTHER_UNKNOWN)
