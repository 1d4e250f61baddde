"""`/measures/skills/`: 一户一人一技能, who is owed a course, who is unwilling, who is trained; one press plans it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from households.models import Person
from measures import skill_lists, skills
from measures.coverage import Ground
from measures.models import Measure, Policy, Taken
from measures.views.measures import noted
from office import clock
from office.listing import area_choices


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = skill_lists.skill_list(request.user, request.GET, day)
    area = listed.area
    context: dict[str, Any] = {
        "form": listed.form,
        "page": listed.page(request),
        "columns": listed.columns,
        "area": area,
        "areas": area_choices(request.user, area, day),
        "year": day.year,
        "rule": Policy.objects.standing(day).filter(code=skills.WISH).first(),
        "figures": skills.figures(Ground(request.user.area_scope(), area, day)),
        "may_plan": Capability.MEASURE_EDIT in request.user.capabilities(),
    }
    if not listed.refusal:
        kind = listed.form.asked
        context |= {"kind": kind, "of_homes": kind in skills.OF_HOMES}
    return render(request, "measures/skills.html", context, status=422 if listed.refusal else 200)


@require_POST
def plan(request: SignedIn) -> HttpResponse:
    """A course for one worker of the list, planned for this year."""
    require(request.user, Capability.MEASURE_EDIT)
    if not request.POST.get("subject"):
        return refused(request, "没有写明给谁，请从名单里列入计划。", 422)
    day = clock.today()
    people = Person.objects.visible_to(request.user).filter(number=request.POST["subject"])
    joined = people.select_related("household__village__parent__parent")
    person: Any = skills.told(joined, day).first()
    if person is None:
        raise Http404("nobody of this number")
    require(request.user, Capability.MEASURE_EDIT, area=person.household.village)
    if person.wish == skills.UNWILLING:
        return refused(
            request, f"{person.name}{skills.asked_on(person.asked)}表示不愿意培训，改变主意的先补登意愿。"
        )
    without = skills.rows(skills.WITHOUT, Ground(request.user.area_scope(), None, day))
    if not without.filter(pk=person.pk).exists():
        return refused(request, f"{person.name}不在没有培训过的劳动力里，可能刚刚培训合格，请刷新后再看。")
    course = Policy.objects.in_force(day).filter(code=skills.COURSE).first()
    if course is None:
        return refused(request, "政策目录里没有现行的免费培训，请先由区扶贫办更新目录。", 422)
    try:
        with transaction.atomic():
            measure = Measure.plan(course, person=person, year=day.year, on=day, by=request.user)
            noted(request, "计划措施", measure)
    except Taken as taken:
        return refused(request, f"{taken}。")
    except ValidationError as error:
        return refused(request, "；".join(error.messages), 422)
    messages.success(request, f"已列入计划：{person.name}，{measure}。")
    return HttpResponseRedirect(reverse("measures:measure", args=[measure.pk]), status=303)
