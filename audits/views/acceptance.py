"""`/audits/<list>/acceptance/`: the town team's record (R041), the homes drawn for it, and further ones."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import SignedIn
from accounts.roles import Capability
from accounts.views.errors import refused
from audits.acceptance_forms import AcceptanceForm, VisitsForm
from audits.models.acceptance import ITEMS
from audits.panels import acceptance as panel
from audits.seen import SeenForm
from audits.views.fetch import list_for
from audits.views.refusing import form_page
from office import clock


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: SignedIn, pk: int) -> HttpResponse:
    """The whole record at once; when it is made, the homes that were drawn after it."""
    audit_list, day = list_for(request, pk, Capability.AUDIT_ACT), clock.today()
    inspection = panel.of(audit_list)
    if inspection is None or not audit_list.step.team or not audit_list.is_open:
        return refused(request, f"名单在{audit_list.step.label}，不登记验收。")
    homes = [home for home in inspection.unseen if home.entry.is_standing]
    again = inspection.record is not None
    if again and not homes:
        return refused(request, "本轮验收记录已经登记，抽到的户都已入户。")
    form_class = VisitsForm if again else AcceptanceForm
    form = form_class(
        request.POST if request.method == "POST" else None, audit_list=audit_list, homes=homes, day=day
    )

    def act() -> str:
        if again:
            audit_list.visit_more(form.visits, by=request.user, on=day)
            return f"已登记 {len(homes)} 户入户抽查。"
        asked = form.cleaned_data
        audit_list.accept(
            by=request.user,
            on=day,
            team=asked["team"],
            items={name: asked[name] for name in ITEMS},
            visits=form.visits,
            note=asked["note"],
        )
        return "验收记录已登记。"

    return form_page(
        request,
        audit_list,
        form,
        title="补登入户抽查" if again else "验收记录",
        submit="登记",
        act=act,
        back=reverse("audits:audit", args=[audit_list.pk]),
        template="audits/acceptance.html",
        again=again,
        short=inspection.short,
    )


@require_POST
def draw(request: SignedIn, pk: int) -> HttpResponse:
    audit_list = list_for(request, pk, Capability.AUDIT_ACT)
    form = SeenForm(request.POST, audit_list=audit_list)

    def act() -> str:
        return f"又抽取 {audit_list.draw_more(by=request.user, on=clock.today())} 户。"

    return form_page(
        request,
        audit_list,
        form,
        title="补抽入户名单",
        submit="补抽",
        act=act,
        back=reverse("audits:audit", args=[audit_list.pk]),
        template="audits/draw.html",
    )
