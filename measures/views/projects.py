"""`/projects/`: the project ledger (项目台账); one project with its stages, progress, money and papers."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from measures import hiring, lateness, project_lists, solar, stages
from measures.models import Project, ProjectDecision, ProjectProgress, ProjectRecord, Taken
from measures.project_forms import ProgressForm, ProjectForm, RecordForm, ReviseForm
from office import attachments, clock, trail
from office.attachments import Attachment
from office.days import written
from office.listing import area_choices

UP = "area__parent__parent__parent__parent"


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = project_lists.projects(request.user, request.GET, day)
    area = listed.area
    context = {
        "form": listed.form,
        "page": listed.page(request, sums=project_lists.MONEY_SUMS),
        **project_lists.choices(listed, project_lists.PROJECT_COLUMNS),
        "area": area,
        "areas": area_choices(request.user, area, day),
        "may_edit": Capability.PROJECT_EDIT in request.user.capabilities(),
        "may_funds": Capability.FUND_VIEW in request.user.capabilities(),
        "narrowed": area is not None or any(request.GET.get(name) for name in listed.form.fields),
    }
    return render(request, "measures/projects.html", context, status=422 if listed.refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    require(request.user, Capability.PROJECT_EDIT)
    data = request.POST if request.method == "POST" else None
    scope, sun = request.user.scope_of(Capability.PROJECT_EDIT), request.GET.get("sun") == "1"
    form = ProjectForm(data, scope=scope, day=clock.today(), sun=sun)
    if form.is_valid():
        try:
            with transaction.atomic():
                project = Project.apply(by=request.user, on=clock.today(), at=clock.moment(), **form.facts)
                require(request.user, Capability.PROJECT_EDIT, area=project.area)
                noted(request, "登记项目", project, 计划投资=project.plan_money)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return back_to(request, project, f"已登记：{project}。填好以后上报区扶贫办。")
    return _form_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, pk: int) -> HttpResponse:
    """Who was not first is told; what was typed stays, over what stands now."""
    project = project_for(request, pk, Capability.PROJECT_EDIT)
    if not project.editable:
        return refused(request, f"项目已经上报，现在是“{project.stage}”，要改由区扶贫办退回或调整计划。")
    initial = {name: getattr(project, name) for name in ProjectForm.base_fields if name != "seen"}
    initial |= {"area": project.area_id, "enterprise": project.enterprise_id, "seen": project.version}
    data = request.POST if request.method == "POST" else None
    scope = request.user.scope_of(Capability.PROJECT_EDIT)
    form = ProjectForm(data, scope=scope, day=clock.today(), initial=initial)
    if form.is_valid():
        try:
            with transaction.atomic():
                project.rewrite(seen=form.cleaned_data["seen"], **form.facts)
                changed = [str(form.fields[name].label) for name in form.changed_data]
                noted(request, "修改项目", project, 改动="、".join(changed))
        except Taken as taken:
            return refused(request, f"{taken}。")
        else:
            return back_to(request, project, f"已保存：{project}。")
    return _form_page(request, form, project)


@require_safe
def detail(request: SignedIn, pk: int) -> HttpResponse:
    project, day = project_for(request, pk, Capability.PROJECT_VIEW), clock.today()
    user = request.user
    able = {one: user.scope_of(one).covers(project.area) for one in Capability if one in user.capabilities()}
    decisions = list(project.decisions.select_related("by"))
    reports, records = list(project.reports.select_related("by")), list(project.records.select_related("by"))
    files = _files((ProjectDecision, decisions), (ProjectProgress, reports), (ProjectRecord, records))
    for row in (*decisions, *reports, *records):
        row.files = files.get((row._meta.label_lower, str(row.pk)), [])
    since: dict[str, Any] = {stages.APPLIED: project.entered_at.date()}
    for decision in decisions:
        if decision.to_stage != decision.from_stage:
            since[decision.to_stage] = decision.on
    steps = stages.open_steps(project.stage, project.submitted)
    context = {
        "project": project,
        "where": project_lists.place(project.area),
        "late": lateness.reasons(project, day),
        "sun": solar.of_project(project, day),
        "rules": _rules(project),
        "bar": _bar(project, since),
        "steps": [
            {"step": step, "url": reverse(f"measures:project-{step.key}", args=[project.pk])}
            for step in steps
            if able.get(step.capability)
        ],
        "waits_for": [step for step in steps if not able.get(step.capability) and not step.reason],
        "decisions": decisions,
        "reports": reports,
        "records": records,
        "funds": list(project.funds.select_related("source")),
        "entries": list(project.entries.select_related("source", "counters", "countered_by")),
        "assets": list(project.assets.all()),
        "may_edit": able.get(Capability.PROJECT_EDIT),
        "may_approve": able.get(Capability.PROJECT_APPROVE),
        "may_measures": Capability.MEASURE_VIEW in able,
        "may_fund": able.get(Capability.FUND_MANAGE),
        "may_revise": able.get(Capability.PROJECT_APPROVE)
        and project.stage in (stages.APPROVED, stages.WORKS),
        "may_report": able.get(Capability.PROJECT_EDIT) and project.stage == stages.WORKS,
        "may_allocate": able.get(Capability.FUND_MANAGE) and project.stage in stages.ALLOCATES,
        "may_pay": able.get(Capability.FUND_MANAGE) and project.stage in stages.PAYS,
        "may_asset": able.get(Capability.ASSET_EDIT)
        and project.stage in (stages.PAYING, stages.AFTER_CARE, stages.SHARING),
    }
    return render(request, "measures/project.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def revise(request: SignedIn, pk: int) -> HttpResponse:
    project = project_for(request, pk, Capability.PROJECT_APPROVE)
    if project.stage not in (stages.APPROVED, stages.WORKS):
        return refused(request, f"项目现在是“{project.stage}”，立项以后、验收以前才能调整计划。")
    initial = {"on": clock.today(), "seen": project.version}
    initial |= {"plan_money": project.plan_money, "due_on": project.due_on}
    form = ReviseForm(request.POST if request.method == "POST" else None, initial=initial)

    def save() -> str:
        project.revise(by=request.user, today=clock.today(), recorded_at=clock.moment(), **form.cleaned_data)
        noted(request, "调整项目计划", project, 计划投资=project.plan_money, 计划竣工=project.due_on)
        return f"已调整：计划投资 {project.plan_money:,.2f} 元，计划竣工 {written(project.due_on)}。"

    return form_page(request, project, form, title="调整计划", submit="保存调整", save=save)


@require_POST
def publish(request: SignedIn, pk: int) -> HttpResponse:
    project = project_for(request, pk, Capability.PROJECT_APPROVE)
    wanted = request.POST.get("published", "")
    if wanted not in ("yes", "no"):
        return refused(request, "没有说明要公开还是撤下。", status=422)
    try:
        with transaction.atomic():
            project.publish(wanted == "yes")
            noted(request, "公开项目" if project.published else "撤下公开的项目", project)
    except Taken as taken:
        return refused(request, f"{taken}。")
    said = (
        "已放上公开页，任何人都能看到名称、地点、资金、单位和验收情况"
        if project.published
        else "已从公开页撤下"
    )
    return back_to(request, project, f"{said}。")


@require_http_methods(["GET", "HEAD", "POST"])
def progress(request: SignedIn, pk: int) -> HttpResponse:
    project, day = project_for(request, pk, Capability.PROJECT_EDIT), clock.today()
    if project.stage != stages.WORKS:
        return refused(request, f"项目现在是“{project.stage}”，实施中的项目才报进度。")
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ProgressForm(data, files, initial={"on": day, "percent": project.progress})

    def save() -> str:
        asked = form.cleaned_data
        photos = asked.pop("photos")
        report = ProjectProgress.report(
            project,
            by=request.user,
            today=day,
            at=clock.moment(),
            overdue=project.due_on < day,
            **asked,
        )
        with attachments.all_on_disk(photos) as kept:
            for file in kept:
                file.bind(report, by=request.user, at=clock.moment())
            noted(request, "报项目进度", project, 截至=report.on, 进度=report.percent)
        return f"已报进度：截至{written(report.on)}，{report.percent}%。"

    late = lateness.reasons(project, day)
    return form_page(request, project, form, title="报进度", submit="报进度", save=save, late=late)


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: SignedIn, pk: int) -> HttpResponse:
    project = project_for(request, pk, Capability.PROJECT_EDIT)
    typed = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = RecordForm(*typed, day=clock.today())

    def save() -> str:
        made = form.record(project, by=request.user, at=clock.moment())
        with attachments.all_on_disk(form.cleaned_data["papers"]) as kept:
            for file in kept:
                file.bind(made, by=request.user, at=clock.moment())
            noted(request, "登记项目材料", project, 类别=made.kind, 日期=made.on)
        return f"已登记{made.kind}。登记后不能修改，写错了再登记一条说明。"

    return form_page(request, project, form, title="登记材料", submit="登记", save=save)


@require_safe
def file(request: SignedIn, pk: int, file: int) -> HttpResponse:
    """A paper of one of its decisions, reports or records; reading it is in the trail."""
    project = project_for(request, pk, Capability.PROJECT_VIEW)
    kept = get_object_or_404(Attachment, pk=file)
    for rows in (project.decisions, project.reports, project.records):
        if kept.record_type == rows.model._meta.label_lower:
            get_object_or_404(rows, pk=kept.record_id)
            answer = attachments.answer(kept)
            noted(request, "查看项目材料", project, 文件=kept.label)
            return answer
    raise Http404("a file of another record")


def project_for(request: SignedIn, pk: int, capability: Capability) -> Project:
    project: Project = get_object_or_404(
        Project.objects.visible_to(request.user).select_related(UP, "enterprise", "entered_by"), pk=pk
    )
    require(request.user, capability, area=project.area)
    return project


def form_page(
    request: SignedIn, project: Project, form: Any, *, title: str, submit: str, save: Any, **more: Any
) -> HttpResponse:
    """A form about a project: saved with its trail and back to it, or shown again with its reasons."""
    if form.is_valid():
        try:
            with transaction.atomic():
                said = save()
        except Taken as taken:
            return refused(request, f"{taken}。")
        except ValidationError as refusal:
            for name in getattr(refusal, "error_dict", {None: 0}):
                form.add_error(name if name in form.fields else None, refusal_of(refusal, name))
        else:
            return back_to(request, project, said)
    context = {"project": project, "form": form, "title": title, "submit": submit, **more}
    return render(request, "measures/project_act.html", context, status=422 if form.errors else 200)


def refusal_of(refusal: ValidationError, name: str | None) -> ValidationError:
    """The part of a model's refusal that belongs to one field."""
    return ValidationError(refusal.error_dict[name]) if name else refusal


def back_to(request: SignedIn, project: Project, said: str) -> HttpResponse:
    messages.success(request, said)
    return HttpResponseRedirect(reverse("measures:project", args=[project.pk]), status=303)


def noted(request: SignedIn, action: str, project: Project, **detail: Any) -> None:
    facts = {"项目": project.number, "名称": project.name, "环节": project.stage, **detail}
    trail.record(action, request=request, subject=project, area=project.area, detail=facts)


def _form_page(request: SignedIn, form: ProjectForm, project: Project | None) -> HttpResponse:
    context = {"form": form, "project": project, "hiring": hiring.RULE}
    context |= {"sun": f"{solar.RULE}。依据{solar.SOURCE}"} if form.sun else {}
    return render(request, "measures/project_form.html", context, status=422 if form.errors else 200)


def _rules(project: Project) -> list[str]:
    """The rules of the plans that this project is held against, each with its source."""
    found = [f"{solar.RULE}。依据{solar.SOURCE}"] if solar.is_solar(project) else []
    farm = hiring.is_farm(project.chapter, project.category)
    return [*found, hiring.RULE] if farm and project.enterprise else found


def _files(*groups: tuple[Any, list[Any]]) -> dict[tuple[str, str], list[Attachment]]:
    found: dict[tuple[str, str], list[Attachment]] = {}
    for kind, rows in groups:
        for one in Attachment.objects.on(kind, [row.pk for row in rows]):
            found.setdefault((one.record_type, one.record_id), []).append(one)
    return found


def _bar(project: Project, since: dict[str, Any]) -> list[dict[str, Any]]:
    """The official stages, always all of them: past, now, later."""
    if project.stage == stages.CANCELLED:
        now = max((stages.STAGES.index(stage) for stage in since if stage in stages.STAGES), default=0) + 1
    else:
        now = stages.STAGES.index(project.stage)
    return [
        {
            "stage": stage,
            "on": since.get(stage) if place <= now else None,
            "state": "past" if place < now else "now" if stage == project.stage else "later",
        }
        for place, stage in enumerate(stages.STAGES)
    ]
