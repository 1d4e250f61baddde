"""任务: the own long work, its progress and result. Another's job does not exist (404)."""

import uuid

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.lists import own_jobs
from accounts.permissions import SignedIn
from accounts.views.errors import refused
from office import clock, jobs, trail
from office.models import Job


def _to(job: Job) -> HttpResponse:
    return HttpResponseRedirect(reverse("accounts:job", args=[job.pk]), status=303)


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    listed = own_jobs(request.user, request.GET, clock.today())
    context = {"page": listed.page(request), "columns": listed.columns}
    return render(request, "accounts/jobs.html", context)


@require_safe
def show(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    job = get_object_or_404(Job.objects.of(request.user), pk=pk)
    return render(request, "accounts/job.html", {"job": job})


@require_safe
def progress(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """The part of the page that asks again every second until the job is over.

    The job's own page asks with `course` and has its course sent along. Another page, an import's, shows what the job
    makes: when it is over the page is asked for anew, or it would go on saying what it said before.
    """
    job = get_object_or_404(Job.objects.of(request.user), pk=pk)
    if "course" in request.GET:
        return render(request, "accounts/_job_polled.html", {"job": job})
    answer = render(request, "accounts/_job.html", {"job": job})
    if job.is_over and "poll" in request.GET:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
def cancel(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    job = get_object_or_404(Job.objects.of(request.user), pk=pk)
    try:
        with transaction.atomic():
            jobs.cancel(job)
            trail.record("取消任务", subject=job, detail={"事项": job.title}, request=request)
    except jobs.JobRefused as reason:
        return refused(request, str(reason), 409)
    return _to(job)


@require_POST
def retry(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    job = get_object_or_404(Job.objects.of(request.user), pk=pk)
    try:
        with transaction.atomic():
            again = jobs.retry(job)
            trail.record("重新办理事项", subject=again, detail={"事项": again.title}, request=request)
    except jobs.JobRefused as reason:
        return refused(request, str(reason), 409)
    return _to(again)
