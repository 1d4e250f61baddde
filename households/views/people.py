"""Members of a household join, leave and come back; another becomes head."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from accounts.permissions import SignedIn
from accounts.roles import Capability
from accounts.views.errors import refused
from households.acts.people import HeadChange, Joining, Leaving, Returning
from households.models import Household
from households.views.act_page import CANCELLED, act_page, last_done, present
from households.views.care_form import household_for
from office import clock
from office.days import written

METHODS = ["GET", "HEAD", "POST"]


def form_for(request: SignedIn, household: Household) -> dict[str, Any]:
    """What every form of an act takes."""
    return {
        "data": request.POST if request.method == "POST" else None,
        "household": household,
        "day": clock.today(),
        "user": request.user,
    }


def _counted(household: Household, sign: str) -> str:
    if household.in_register:
        return f"该户在册，在册人数{sign} 1，计入日期所在的年度。"
    return "该户不是在册贫困户，只记入本户，不改变统计人数。"


@require_http_methods(METHODS)
def join(request: SignedIn, number: str) -> HttpResponse:
    household = household_for(request, number, Capability.REGISTER_EDIT)
    if household.registered_on is None and household.removed_on is None:
        return refused(request, "该户还没有纳入，成员在“修改”里增减。")
    form = Joining(**form_for(request, household))

    def act() -> tuple[str, list[Household]]:
        person = form.save(commit=False)
        household.person_joins(person, **form.entry)
        return f"已增加{person.name}（{person.join_reason}），现在 {household.member_count} 人。", [household]

    return act_page(
        request,
        household,
        form,
        title="增加成员",
        submit="登记增加",
        act=act,
        noted=lambda: {
            "成员": form.instance.name,
            "人口编号": form.instance.number,
            "原因": form.instance.join_reason,
            "日期": form.instance.joined_on,
        },
        consequence=[_counted(household, "加"), "各项情况可以以后在“修改”里补填。"],
    )


@require_http_methods(METHODS)
def leave(request: SignedIn, number: str, person: str) -> HttpResponse:
    household = household_for(request, number, Capability.REGISTER_EDIT)
    leaving = get_object_or_404(household.persons, number=person)
    if household.removed_on is not None:
        return refused(request, f"{CANCELLED}{last_done(household)}")
    if not leaving.present:
        return refused(
            request,
            f"{leaving.name}已于{written(leaving.left_on)}减少（{leaving.leave_reason}）。{last_done(household)}",
        )
    if household.registered_on is None:
        return refused(request, "该户还没有纳入，成员在“修改”里增减。")
    others = [one for one in present(household) if one.pk != leaving.pk]
    if not others:
        return refused(request, f"户内只有{leaving.name}一人，请办理注销。", 422)
    form = Leaving(**form_for(request, household), person=leaving, others=others)

    def act() -> tuple[str, list[Household]]:
        household.person_leaves(
            leaving,
            leave_reason=form.cleaned_data["leave_reason"],
            new_head=form.new_head,
            relations=form.new_relations,
            **form.entry,
        )
        said = f"已减少{leaving.name}（{leaving.leave_reason}），现在 {household.member_count} 人。"
        return said + (f"户主现在是{form.new_head.name}。" if form.new_head else ""), [household]

    return act_page(
        request,
        household,
        form,
        title="减少成员",
        submit="登记减少",
        act=act,
        noted=lambda: {
            "成员": leaving.name,
            "人口编号": leaving.number,
            "原因": leaving.leave_reason,
            "日期": leaving.left_on,
            "说明": form.cleaned_data["reason"],
        },
        about=leaving,
        consequence=[
            _counted(household, "减"),
            "记录保留在本户，列在成员表末尾；登记错了的，在那里恢复，两条变动都保留。",
        ],
    )


@require_http_methods(METHODS)
def rejoin(request: SignedIn, number: str, person: str) -> HttpResponse:
    household = household_for(request, number, Capability.REGISTER_EDIT)
    back = get_object_or_404(household.persons, number=person)
    if household.removed_on is not None:
        return refused(request, f"{CANCELLED}{last_done(household)}")
    if back.present:
        return refused(request, f"{back.name}是本户在册成员。{last_done(household)}")
    form = Returning(**form_for(request, household), person=back)

    def act() -> tuple[str, list[Household]]:
        back.relation = form.cleaned_data["relation"]
        household.person_joins(back, join_reason=form.cleaned_data["join_reason"], **form.entry)
        return f"{back.name}已恢复在册，现在 {household.member_count} 人。", [household]

    return act_page(
        request,
        household,
        form,
        title="恢复成员",
        submit="登记恢复",
        act=act,
        noted=lambda: {
            "成员": back.name,
            "人口编号": back.number,
            "原因": back.join_reason,
            "日期": back.joined_on,
            "说明": form.cleaned_data["reason"],
        },
        about=back,
        consequence=[_counted(household, "加"), "人口编号不变；原来的减少仍在历史里。"],
    )


@require_http_methods(METHODS)
def head(request: SignedIn, number: str) -> HttpResponse:
    household = household_for(request, number, Capability.REGISTER_EDIT)
    people = present(household)
    if household.removed_on is None and len(people) < 2:
        return refused(request, "户内没有别的成员可以作户主。", 422)
    form = HeadChange(**form_for(request, household), people=people)
    old = household.head

    def act() -> tuple[str, list[Household]]:
        relations = dict(form.new_relations)
        household.change_head(
            form.new_head,
            old_head_relation=relations.pop(old.pk, "") if old else "其他",
            relations=relations,
            by=request.user,
            version=form.cleaned_data["version"],
        )
        return f"户主已由{old.name if old else '无'}变更为{form.new_head.name}。", [household]

    return act_page(
        request,
        household,
        form,
        title="变更户主",
        submit="变更户主",
        act=act,
        noted=lambda: {
            "原户主": old.name if old else "",
            "新户主": form.new_head.name,
            "原因": form.cleaned_data["reason"],
        },
        consequence=["人口数和统计不变。每个成员与户主的关系随新户主改写，空着的按原关系推定。"],
    )
