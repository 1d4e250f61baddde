"""Answers that are not the page asked for. They give the reason and nothing of what lies behind it."""

import sys

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

TITLES = {
    400: "请求有误",
    403: "不能办理",
    404: "没有找到",
    409: "没有办成",
    422: "没有办成",
    429: "暂时锁定",
}

LOST, BROKEN = "数据库暂时不能用", "系统出错"
TOLD = "出错经过已记入日志，请稍后再试或告诉系统管理员。"
NOT_KEPT = "这次提交的没有存下，也没有办到一半。"
MAYBE_KEPT = "这次提交的可能没有存下：请先另开一页看看，没有存下的再重新提交。"
AGAIN = "填写的内容还在：稍后刷新本页，浏览器问是否重新提交时选“是”，就照原样再交一次。"
# Classes of what PostgreSQL says: no room or no connection left, a lock or a statement that took too long.
REFUSALS = ("53", "55", "57014")


def refused(request: HttpRequest, reason: str, status: int = 409) -> HttpResponse:
    """The reason page: 409 too late, too early or already done; 422 something is missing; 403 no right."""
    context = {"title": TITLES.get(status, "没有办成"), "reason": reason}
    return render(request, "accounts/refused.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refused(request, "浏览器发来的内容无法识别，请返回后重试。", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Reasons are written by `require` and by models for the screen; Django's own are not shown."""
    reason = str(exception) if isinstance(exception, PermissionDenied) else ""
    return refused(request, reason or "当前任职不能办理这件事", 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """One body for what does not exist and what lies outside the own area."""
    return refused(request, "这里没有内容，或者不在当前任职的区域内。", 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return refused(request, "页面已过期或不是从本系统打开的，请返回刷新后再提交。", 403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs neither database nor session; a lost database is 503, since waiting helps."""
    wrong = sys.exc_info()[1]
    lost = isinstance(wrong, OperationalError | InterfaceError)
    title, reason = (LOST, "请稍后再试，已保存的内容没有丢失。") if lost else (BROKEN, TOLD)
    context = {"title": title, "reason": reason}
    if lost and request.method == "POST":
        # A browser that reloads the answer to a form sends the form again as it was, its files too.
        nothing = _refused_by_the_database(wrong) and not getattr(request, "kept", False)
        context |= {"kept": NOT_KEPT if nothing else MAYBE_KEPT, "again": AGAIN}
    return HttpResponse(render_to_string("accounts/broken.html", context), status=503 if lost else 500)


def _refused_by_the_database(wrong: BaseException | None) -> bool:
    """It said no and took back what was not committed. Where it fell silent, the last word may have been a commit."""
    code = getattr(getattr(wrong, "__cause__", None), "pgcode", None) or ""
    return code.startswith(REFUSALS)
