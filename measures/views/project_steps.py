"""The steps of a project: one address each, one view for all; what a step asks for is data (measures.stages)."""

from collections.abc import Callable

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from accounts.permissions import SignedIn
from accounts.views.errors import refused
from measures import solar, stages
from measures.models import Project, ProjectDecision
from measures.project_forms import StepForm
from measures.views.projects import form_page, noted, project_for
from office import attachments, clock

ACTS: dict[str, Callable[..., ProjectDecision]] = {
    "submit": Project.submit,
    "approve": Project.approve,
    "start": Project.start,
    "finish": Project.finish,
    "accept": Project.accept,
    "settle": Project.settle,
    "share": Project.share_income,
    "return": Project.send_back,
    "cancel": Project.cancel,
}


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: SignedIn, pk: int, key: str) -> HttpResponse:
    chosen = stages.STEPS[key]
    project = project_for(request, pk, chosen.capability)
    if chosen not in stages.open_steps(project.stage, project.submitted):
        return refused(request, f"项目现在是“{project.stage}”，不能办理“{chosen.label}”。")
    typed = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    day = clock.today()
    form = StepForm(*typed, step=chosen, day=day, initial={"seen": project.version})

    def save() -> str:
        asked = dict(form.cleaned_data)
        files = asked.pop("papers")
        decision = ACTS[key](project, by=request.user, today=day, recorded_at=clock.moment(), **asked)
        with attachments.all_on_disk(files) as kept:
            for file in kept:
                file.bind(decision, by=request.user, at=clock.moment())
            facts = {"日期": decision.on, "文号": decision.document, "意见": decision.opinion}
            noted(request, f"项目{chosen.label}", project, **facts)
        return f"{chosen.done}：{project}。"

    sun = solar.of_project(project, day) if project.stage == stages.APPLIED else None
    return form_page(
        request, project, form, title=chosen.label, submit=chosen.label, save=save, step=chosen, sun=sun
    )
