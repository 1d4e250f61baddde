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
    lost = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    context = {
        "title": "数据库暂时不能用" if lost else "系统出错",
        "reason": "请稍后再试，已保存的内容没有丢失。"
        if lost
        else "出错经过已记入日志，请稍后再试或告诉系统管理员。",
    }
    return HttpResponse(render_to_string("accounts/broken.html", context), status=503 if lost else 500)
