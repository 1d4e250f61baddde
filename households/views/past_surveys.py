"""Surveys of the years before this one: changed while their year is open, corrected once it is closed.

A correction is the district's, with a reason and a document (domain §3, C087). It keeps the member count, the
members' yearly facts and every event as they were sealed, so no figure of the year moves with it.
"""

from django.db import transaction
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import SignedIn
from accounts.roles import Capability
from accounts.views.errors import refused
from households import doubts
from households.entry.household_form import ASKED
from households.models import ClosedYear, Conflict, Correction, Household, Survey
from households.models.survey import ANSWERED, DRAFT, SEALED
from households.views.care_form import Late, form_page, household_for
from households.views.history import seen
from households.year_forms import PastSurveyForm
from office import attachments, clock, trail
from office.attachments import Attachment


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, number: str, year: int) -> HttpResponse:
    """While the year is open: who edits the register, without document."""
    household = household_for(request, number, Capability.REGISTER_EDIT)
    survey = _survey(household, year)
    if _closed(survey):
        return refused(request, f"{year}年已经封存，确需更正的由区扶贫办写明原因并附依据办理。")
    if year >= clock.today().year:
        return refused(request, "本年度的采集在“信息采集”里修改。")
    form = _form(request, survey)

    def save() -> str:
        _first(household, form)
        _note(request, household, form, "修改往年采集")
        if survey.state == DRAFT:
            form.save()
            if all(getattr(survey, name) is not None for name in ASKED):
                survey.submit()
        else:
            survey.save(update_fields=ANSWERED)
        _follow(household)
        return f"{year}年采集已保存。"

    return form_page(request, household, form, title=f"修改{year}年采集", submit="保存", save=save)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: SignedIn, number: str, year: int) -> HttpResponse:
    """Once it is closed: the district, with reason and document."""
    household = household_for(request, number, Capability.YEAR_CLOSE)
    survey = _survey(household, year)
    if survey.state != SEALED:
        draft = _closed(survey)
        said = "采集是草稿，没有计入，封存后不能再填。" if draft else "没有封存，直接修改采集。"
        return refused(request, f"{year}年{said}")
    form = _form(request, survey)

    def save() -> str:
        asked = form.cleaned_data
        changed = form.changes(Survey.objects.get(pk=survey.pk))
        with attachments.on_disk(asked["document"]) as document:
            assert document is not None
            _first(household, form)
            try:
                made = Correction.of(
                    survey, reason=asked["reason"], changed=changed, by=request.user, at=clock.moment()
                )
            except Conflict as reopened:
                raise Late(str(reopened.message)) from reopened
            document.bind(made, by=request.user, at=clock.moment())
            _note(request, household, form, "更正封存采集", 原因=asked["reason"], 依据=document.label)
            _follow(household)
        return f"{year}年采集已更正，原因和依据存入修改历史；该年的统计数不变。"

    return form_page(request, household, form, title=f"更正{year}年采集（已封存）", submit="更正", save=save)


@require_safe
def document(request: SignedIn, number: str, pk: int) -> HttpResponse:
    """The document of a correction, given out to the district (fields.csv, correction_document)."""
    household = household_for(request, number, Capability.YEAR_CLOSE)
    correction = get_object_or_404(household.corrections, pk=pk)
    answer = attachments.answer(get_object_or_404(Attachment.objects.of(correction)))
    seen(request, household, "查看更正依据", 年度=str(correction.year))
    return answer


def _survey(household: Household, year: int) -> Survey:
    survey: Survey = get_object_or_404(household.surveys, year=year)
    survey.household = household  # type: ignore[misc]
    return survey


def _closed(survey: Survey) -> bool:
    county, year = survey.household.county_id, survey.year
    return survey.state == SEALED or ClosedYear.objects.filter(county=county, year=year).exists()


def _form(request: SignedIn, survey: Survey) -> PastSurveyForm:
    typed = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return PastSurveyForm(*typed, instance=survey, day=clock.today())


def _first(household: Household, form: PastSurveyForm) -> None:
    """One change at a time: who opened an older version is told."""
    rows = Household.objects.filter(pk=household.pk, version=form.cleaned_data["version"] or 0)
    if not rows.update(version=F("version") + 1):
        raise Late("打开本页以后，该户已由别人修改，请刷新后再改")


def _follow(household: Household) -> None:
    """Colour and findings, as after every save."""
    with transaction.atomic():
        household.refresh_colour(clock.today())
        doubts.recheck(household, clock.today())


def _note(request: SignedIn, household: Household, form: PastSurveyForm, action: str, **more: str) -> None:
    labels = [str(form.fields[name].label) for name in form.answers_changed]
    trail.record(
        action,
        request=request,
        subject=household,
        area=household.village,
        detail={"户编号": household.number, "年度": form.instance.year, "改动": labels, **more},
    )
