"""Text as it stands in a page, for what writes many rows without a template."""

import html
from typing import Any


def escaped(value: Any) -> str:
    """As django.utils.html.conditional_escape, without its way round for lazy text: a page asks thousands of times."""
    return str(value.__html__()) if hasattr(value, "__html__") else html.escape(str(value))
