"""A body that is too long is answered with its reason before anything reads it, the form's token included."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from accounts.views.errors import refused
from office.uploads import refuse_long_body


def body_at_most(size: int) -> Callable[[Any], Any]:
    """Bounds the body of one view, for a page open to everybody; stands outermost."""

    def mark(view: Any) -> Any:
        view.most_body = size
        return view

    return mark


class BodyLimitMiddleware:
    """Stands before the one that asks for the token, since that reads the whole form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        return refuse_long_body(request, refused, getattr(view, "most_body", None))
