"""帮助: the caseworker's handbook, open to all, since whoever cannot sign in needs it too. No data in it."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/handbook.html")
