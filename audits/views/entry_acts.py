"""What is done with one entry of a list: 认可, 暂缓, 改判, 剔除, 顺序, 验收结论; each one method of the machine."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import SignedIn
from accounts.roles import Capability
from accounts.views.errors import refused
from audits import facts, wanting
from audits.act_forms import (
    AgreeForm,
    AnswerForm,
    HoldForm,
    MoveForm,
    OverruleForm,
    ReleaseForm,
    StrikeForm,
)
from audits.criteria import Result
from audits.entry_names import name
from audits.models import Entry
from audits.refusals import NotNow
from audits.seen import SeenForm
from audits.views.fetch import entry_for
from audits.views.refusing import form_page
from office import clock

ASKED = ["GET", "HEAD", "POST"]
CHANGED = "这个问题刚刚有了变化，请看过现在的内容再写结论"


@require_http_methods(ASKED)
def agree(request: SignedIn, pk: int, entry_pk: int) -> HttpResponse:
    entry = entry_for(request, pk, entry_pk, Capability.AUDIT_ACT)
    form = AgreeForm(_typed(request), audit_list=entry.audit_list)
    title = "村申请" if entry.household_id is None else "贫困户认可"

    def act() -> str:
        agreed = form.cleaned_data["agreed"]
        entry.agree(agreed, by=request.user, on=clock.today())
        word = "申请退出" if entry.household_id is None else "认可"
        return f"已登记：{name(entry)}{word if agreed else f'不{word}，须剔除'}。"

    return _page(request, entry, form, act, title=title, template="audits/agree.html")


@require_http_methods(ASKED)
def hold(request: SignedIn, pk: int, entry_pk: int) -> HttpResponse:
    entry = entry_for(request, pk, entry_pk, Capability.AUDIT_ACT)
    form = HoldForm(_typed(request), audit_list=entry.audit_list)

    def act() -> str:
        entry.hold(form.cleaned_data["reason"], by=request.user, on=clock.today())
        return f"{name(entry)}已暂缓，补齐后再恢复，或者拆成余单。"

    return _page(request, entry, form, act, title="暂缓", template="audits/hold.html")


@require_http_methods(ASKED)
def release(request: SignedIn, pk: int, entry_pk: int) -> HttpResponse:
    entry = entry_for(request, pk, entry_pk, Capability.AUDIT_ACT)
    form = ReleaseForm(_typed(request), audit_list=entry.audit_list)

    def act() -> str:
        if not entry.hold_reason:
            raise NotNow("这一条没有暂缓")
        entry.release(by=request.user, on=clock.today())
        return f"{name(entry)}已恢复办理。"

    return _page(request, entry, form, act, title="恢复办理", template="audits/release.html")


@require_http_methods(ASKED)
def strike(request: SignedIn, pk: int, entry_pk: int) -> HttpResponse:
    entry = entry_for(request, pk, entry_pk, Capability.AUDIT_ACT)
    form = StrikeForm(_typed(request), audit_list=entry.audit_list)

    def act() -> str:
        audit_list = entry.audit_list
        audit_list.strike_off(entry, by=request.user, on=clock.today(), reason=form.cleaned_data["reason"])
        return f"{name(entry)}已剔除。" + ("" if audit_list.is_open else "名单上没有别的条目，已经办结。")

    return _page(request, entry, form, act, title="剔除", template="audits/strike.html", danger=True)


@require_http_methods(ASKED)
def overrule(request: SignedIn, pk: int, entry_pk: int) -> HttpResponse:
    entry = entry_for(request, pk, entry_pk, Capability.AUDIT_ACT)
    found = facts.judged(entry.audit_list, [entry], clock.today()).get(entry.pk)
    if found is None:
        return refused(request, "这种名单没有核算结论，不改判。")
    computed = found[1].result
    form = OverruleForm(_typed(request), audit_list=entry.audit_list, computed=computed, entry=entry)
    if not form.possible:
        return refused(request, f"系统核算已是{computed.label}，改判只能从严。")

    def act() -> str:
        result: Result | None = form.cleaned_data["result"]
        entry.overrule(result, form.cleaned_data["reason"], by=request.user, on=clock.today())
        return (
            f"{name(entry)}已改判为{result.label}。" if result is not None else f"{name(entry)}的改判已取消。"
        )

    about = f"系统核算：{computed.label}。改判只能从严，放宽须由改判人的上一级办理。"
    return _page(request, entry, form, act, title="改判", template="audits/overrule.html", about=about)


@require_http_methods(ASKED)
def move(request: SignedIn, pk: int, entry_pk: int) -> HttpResponse:
    entry = entry_for(request, pk, entry_pk, Capability.AUDIT_OPEN)
    form = MoveForm(_typed(request), audit_list=entry.audit_list, initial={"place": entry.place})

    def act() -> str:
        asked = form.cleaned_data
        entry.move_to(asked["place"], asked["reason"], by=request.user, on=clock.today())
        return f"{name(entry)}已排到第 {entry.place} 位。"

    return _page(request, entry, form, act, title="调整顺序", template="audits/move.html")


@require_POST
def answer(request: SignedIn, pk: int, entry_pk: int) -> HttpResponse:
    """On a concern as it stands; one that reads otherwise by now is refused (409)."""
    entry = entry_for(request, pk, entry_pk, Capability.AUDIT_ACT)
    form = AnswerForm(request.POST, audit_list=entry.audit_list)

    def act() -> str:
        asked, audit_list, day = form.cleaned_data, entry.audit_list, clock.today()
        found = facts.judged(audit_list, [entry], day).get(entry.pk)
        standing = wanting.concerns(entry, found[1]) if found is not None else ()
        if (asked["key"], asked["concern"]) not in [(one.key, one.text) for one in standing]:
            raise NotNow(CHANGED)
        audit_list.answer(entry, asked["key"], asked["concern"], asked["answer"], by=request.user, on=day)
        return f"{name(entry)}的验收结论已记下。"

    about = request.POST.get("concern", "")
    return _page(request, entry, form, act, title="验收结论", template="audits/answer.html", about=about)


def _typed(request: SignedIn) -> Any:
    return request.POST if request.method == "POST" else None


def _page(
    request: SignedIn,
    entry: Entry,
    form: SeenForm,
    act: Callable[[], str],
    *,
    title: str,
    template: str,
    danger: bool = False,
    **more: Any,
) -> HttpResponse:
    return form_page(
        request,
        entry.audit_list,
        form,
        title=f"{title}　{name(entry)}",
        submit=title,
        template=template,
        act=act,
        back=f"{reverse('audits:audit', args=[entry.audit_list.pk])}#e{entry.pk}",
        danger=danger,
        **more,
    )
