"""Pages of the records of people and work: one list, one form and one page for all kinds (villages.work)."""

import datetime
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import BooleanField, DateField, Model
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from office import attachments, clock, trail
from office.attachments import Attachment
from office.constraints import broken
from office.days import written
from office.listing import area_choices
from villages.models.work_record import OutOfTurn
from villages.work.fields import StrikeForm
from villages.work.kind import Act, Kind
from villages.work.kinds import KINDS, listed

# Several forms stand on one page: each has identifiers of its own.
STRIKE_IDS = "strike_%s"
UP = "area__parent__parent__parent__parent"


def tabs(able: frozenset[Capability], current: str) -> list[tuple[str, str, bool]]:
    """The lists beside one another, as far as the duties open them."""
    found = (
        [("驻村情况", reverse("villages:teams"), current == "teams")] if Capability.WORK_VIEW in able else []
    )
    found += [
        (kind.title, reverse(kind.list_name), kind.key == current)
        for kind in KINDS.values()
        if kind.view in able
    ]
    return found


@require_safe
def listing(request: SignedIn, kind: Kind) -> HttpResponse:
    day, able = clock.today(), request.user.capabilities()
    asked = listed(request.user, request.GET, day, kind=kind)
    context = {
        "kind": kind,
        "key": kind.list_name,
        "form": asked.form,
        "page": asked.page(request, exact=True),
        "columns": asked.columns,
        "area": asked.area,
        "areas": area_choices(request.user, asked.area, day),
        "new_url": reverse(f"villages:{kind.one}-new") if kind.edit in able else "",
        "import_url": reverse(f"villages:{kind.one}-import") if kind.imports and kind.edit in able else "",
        "narrowed": asked.area is not None or any(request.GET.get(name) for name in asked.form.fields),
        "tabs": tabs(able, kind.key),
        "title": kind.title,
        "piece": kind.unit,
        "empty": kind.empty,
    }
    return render(request, "villages/work_list.html", context, status=422 if asked.refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, kind: Kind) -> HttpResponse:
    require(request.user, kind.edit)
    day, home = clock.today(), request.user.home_area
    typed = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    first = {"area": request.GET.get("area") or (home.code if home else ""), "on": day, "year": day.year}
    first |= {name: value for name, value in request.GET.items() if name in kind.form.base_fields}
    form = kind.form(*typed, user=request.user, capability=kind.edit, day=day, initial=first)
    if form.is_valid():
        record = form.save(commit=False)
        require(request.user, kind.edit, record.area)
        record.recorded_by, record.recorded_at = request.user, clock.moment()

        def save() -> None:
            record.save(force_insert=True)
            _bind(request, record, form.cleaned_data["papers"])
            _noted(request, f"登记{kind.thing}", kind, record)

        refusal = _tried(save, kind.model)
        if refusal is None:
            messages.success(request, f"已登记：{record}。")
            return _to(kind, record)
        form.add_error(None, refusal)
    context = {"kind": kind, "form": form, "list_url": reverse(kind.list_name)}
    return render(request, "villages/work_new.html", context, status=422 if form.errors else 200)


@require_safe
def detail(request: SignedIn, kind: Kind, pk: int) -> HttpResponse:
    return _page(request, kind, _record(request, kind, pk, kind.view))


@require_POST
def strike(request: SignedIn, kind: Kind, pk: int) -> HttpResponse:
    record = _record(request, kind, pk, kind.edit)
    if record.struck_at is not None:
        return refused(request, "这条记录已经作废。")
    form = StrikeForm(request.POST, day=clock.today(), auto_id=STRIKE_IDS)
    if not form.is_valid():
        return _page(request, kind, record, strike_form=form, status=422)
    with transaction.atomic():
        if not record.strike(by=request.user, at=clock.moment(), reason=form.cleaned_data["reason"]):
            return refused(request, "这条记录刚刚由别人作废。")
        _noted(request, f"作废{kind.thing}", kind, record)
    messages.success(request, "已作废，记录留着，写明了谁、什么时候、为什么。")
    return _to(kind, record)


@require_POST
def act(request: SignedIn, kind: Kind, pk: int, step: Act) -> HttpResponse:
    record = _record(request, kind, pk, step.capability)
    if record.struck_at is not None or not step.open(record):
        return refused(request, f"这条记录现在不能{step.label}，请看过再办。")
    form = step.form(request.POST, request.FILES, day=clock.today(), auto_id=_ids(step))
    if not form.is_valid():
        return _page(request, kind, record, step=step, step_form=form, status=422)
    facts = dict(form.cleaned_data)
    papers = facts.pop("papers", [])

    def save() -> None:
        step.do(record, facts, request.user, clock.moment())
        _bind(request, record, papers)
        _noted(request, step.action, kind, record)

    try:
        refusal = _tried(save, kind.model)
    except OutOfTurn as late:
        return refused(request, f"{late}。")
    if refusal is not None:
        for name in getattr(refusal, "error_dict", {None: 0}):
            known = name if name in form.fields else None
            form.add_error(known, refusal.error_dict[name] if known else refusal.messages)
        return _page(request, kind, record, step=step, step_form=form, status=422)
    messages.success(request, step.said)
    return _to(kind, record)


@require_safe
def file(request: SignedIn, kind: Kind, pk: int, file: int) -> HttpResponse:
    """A paper of the record; reading it is in the trail."""
    record = _record(request, kind, pk, kind.view)
    kept = get_object_or_404(Attachment.objects.of(record), pk=file)
    answer = attachments.answer(kept)
    _noted(request, "查看材料", kind, record, 文件=kept.label)
    return answer


def _record(request: SignedIn, kind: Kind, pk: int, capability: Capability) -> Any:
    """A department reads and answers what is its own, wherever in the county the place lies."""
    visible = kind.rows(request.user).select_related(UP, "recorded_by", "struck_by", *kind.also)
    record = get_object_or_404(visible, pk=pk)
    require(request.user, capability, record.area)
    return record


def _tried(save: Callable[[], None], model: type[Model]) -> ValidationError | None:
    """Saves, or says why the model or the database does not take it. OutOfTurn and PermissionDenied go on."""
    try:
        with transaction.atomic():
            save()
    except ValidationError as refusal:
        return refusal
    except IntegrityError as error:
        rule = broken(error, model)
        said = rule.violation_error_message if rule is not None else ""
        return ValidationError(said or "已经有这样一条有效的记录，请看过再登记")
    return None


def _bind(request: SignedIn, record: Any, papers: list[attachments.Checked]) -> None:
    with attachments.all_on_disk(papers) as kept:
        for one in kept:
            one.bind(record, by=request.user, at=clock.moment())


def _page(request: SignedIn, kind: Kind, record: Any, status: int = 200, **typed: Any) -> HttpResponse:
    """`step` and `step_form` are those of a step that was refused; its fields keep what was typed."""
    day, user = clock.today(), request.user
    able = {one for one in user.capabilities() if user.scope_of(one).covers(record.area)}
    stands = record.struck_at is None
    steps = []
    for one in kind.acts:
        if stands and one.capability in able and one.open(record):
            form = typed["step_form"] if typed.get("step") is one else None
            if form is None:
                form = one.form(day=day, initial=one.initial(record, day), auto_id=_ids(one))
            steps.append((one, form, reverse(f"villages:{kind.one}-{one.key}", args=[record.pk])))
    files = [
        (one, reverse(f"villages:{kind.one}-file", args=[record.pk, one.pk]))
        for one in Attachment.objects.of(record)
    ]
    context = {
        "kind": kind,
        "record": record,
        "late": getattr(record, "is_late", _never)(day),
        "facts": [*_facts(kind, record), *kind.facts(record, day)],
        "table": kind.table(record),
        "turns": getattr(record, "turns", []),
        "files": files,
        "steps": steps,
        "links": kind.links(record, frozenset(able)),
        "list_url": reverse(kind.list_name),
        "may_strike": stands and kind.edit in able,
        "strike_url": reverse(f"villages:{kind.one}-strike", args=[record.pk]),
        "strike_form": typed.get("strike_form") or StrikeForm(day=day, auto_id=STRIKE_IDS),
    }
    return render(request, "villages/work.html", context, status=status)


def _ids(step: Act) -> str:
    return f"{step.key}_%s"


def _never(day: datetime.date) -> bool:
    return False


def _facts(kind: Kind, record: Any) -> list[tuple[str, Any]]:
    """The fields that the kind shows, in words; what is empty, or a tick that is not set, is left out."""
    found = []
    for name in kind.shown:
        field, value = record._meta.get_field(name), getattr(record, name)
        if value in (None, "", False):
            continue
        if isinstance(field, BooleanField):
            value = "是"
        elif isinstance(field, DateField):
            value = written(value)
        found.append((str(field.verbose_name), value))
    return found


def _to(kind: Kind, record: Any) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"villages:{kind.one}", args=[record.pk]), status=303)


def _noted(request: SignedIn, action: str, kind: Kind, record: Any, **detail: Any) -> None:
    facts = {"类别": kind.title, "记录": str(record), "作废原因": record.struck_reason, **detail}
    kept = {name: value for name, value in facts.items() if value}
    trail.record(action, request=request, subject=record, area=record.area, detail=kept)
