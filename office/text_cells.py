"""Text as a workbook can hold it: no sign that breaks the file, no longer than a cell, a name for a sheet."""

import re
import unicodedata

MAX_TEXT = 32_767  # characters in a cell, Excel's limit
# What a reader would take for an escaped sign: the underscore is escaped itself.
ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
SHEET_NAME = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")


def clean(text: str) -> str:
    """Text without the control characters that make a workbook unreadable, cut at a cell's limit."""
    return CONTROL.sub("", text)[:MAX_TEXT]


def text_width(text: str) -> float:
    """Width in Latin characters; a Chinese one is two."""
    return float(sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text))


def sheet_name(title: str) -> str:
    return SHEET_NAME.sub("", title)[:31].strip() or "表"
