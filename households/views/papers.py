"""Papers of a household: uploaded with kind and date, given out by scope, struck out with a reason."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.permissions import SignedIn
from accounts.roles import Capability
from accounts.views.errors import refused
from households.care.papers import PaperForm
from households.care.visiting import StrikeOut
from households.models import Paper
from households.views.care_form import Late, form_page, household_for
from office import attachments, clock, trail
from office.attachments import Attachment
from office.days import written


def _may_strike(user: User, paper: Paper) -> bool:
    return paper.recorded_by_id == user.pk or Capability.HELPER_EDIT in user.capabilities()


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, number: str) -> HttpResponse:
    household = household_for(request, number, Capability.REGISTER_EDIT)
    typed = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    paper = Paper(household=household, recorded_by=request.user, recorded_at=clock.moment())  # type: ignore[misc]
    form = PaperForm(*typed, instance=paper, household=household, day=clock.today())

    def save() -> str:
        with attachments.all_on_disk(form.cleaned_data["file"]) as files:
            form.save()
            for file in files:
                file.bind(paper, by=request.user, at=clock.moment())
            _note(request, paper, "存入档案材料", 文件=[file.label for file in files])
        return f"已存入{paper.kind} {len(files)} 个文件。存入后不能修改，存错了可以作废重存。"

    return form_page(request, household, form, title="存入材料", submit="存入", save=save)


@require_http_methods(["GET", "HEAD", "POST"])
def strike(request: SignedIn, number: str, pk: int) -> HttpResponse:
    """By who uploaded it, or by who arranges the helpers."""
    household = household_for(request, number, Capability.REGISTER_EDIT)
    paper = get_object_or_404(household.papers, pk=pk)
    if not _may_strike(request.user, paper):
        raise PermissionDenied("材料由存入人本人、镇街或区扶贫办作废")
    if paper.struck_at is not None:
        return refused(request, "这份材料已经作废")
    form = StrikeOut(request.POST if request.method == "POST" else None, what="材料")

    def save() -> str:
        reason = form.cleaned_data["reason"]
        if not paper.strike(by=request.user, at=clock.moment(), reason=reason):
            raise Late("这份材料已经作废")
        _note(request, paper, "作废档案材料", 原因=reason)
        return f"{written(paper.made_on)}的{paper.kind}已作废，原件仍然保留。"

    title = f"作废{written(paper.made_on)}的{paper.kind}"
    return form_page(request, household, form, title=title, submit="作废", save=save)


@require_safe
def file(request: SignedIn, number: str, pk: int, file: int) -> HttpResponse:
    """One of its files. Reading it is in the trail: it holds what people signed."""
    household = household_for(request, number, Capability.REGISTER_VIEW)
    paper = get_object_or_404(household.papers, pk=pk)
    kept = get_object_or_404(Attachment.objects.of(paper), pk=file)
    answer = attachments.answer(kept)
    _note(request, paper, "查看档案材料", 文件=kept.label)
    return answer


def _note(request: SignedIn, paper: Paper, action: str, **more: Any) -> None:
    household = paper.household
    detail = {"户编号": household.number, "类别": paper.kind, "日期": paper.made_on, **more}
    trail.record(action, request=request, subject=household, area=household.village, detail=detail)
