"""The last guard before a trail row or a log line: long runs of digits and telephone numbers are masked.

Callers mask what they know (office.pii); this catches what slipped through. 15 to 22 characters cover
identity numbers (15, 18), 残疾人证 (20, 22) and bank cards (16 to 19). Telephones are mobile numbers, with or
without +86 and gaps, and fixed ones with their area code; dates, amounts and the register's own numbers, which
begin with noughts, are none.
"""

import re
import unicodedata
from typing import Any

_WORD = re.compile(r"[0-9A-Za-z０-９Ｘｘ]{15,}")
_RUN = re.compile(r"[0-9０-９]{14,21}[0-9０-９XxＸｘ]")
# Checksums and ids are hexadecimal and long; they are no personal data and must stay comparable.
_HEX = re.compile(r"(?=[0-9]*[a-f])[0-9a-f]{32,}")
_D = "[0-9０-９]"
_MOBILE = rf"[1１][3-9３-９]{_D}(?P<gap>[- ]?){_D}{{4}}(?P=gap){_D}{{4}}"
_FIXED = rf"[0０]{_D}{{2,3}}[-－]{_D}{{7,8}}"
# Not part of a longer word or of a decimal, and no sum of money.
_PHONE = re.compile(
    rf"(?<![0-9A-Za-z０-９])(?:[+＋]?(?:86|８６)[- ]?)?(?P<number>{_MOBILE}|{_FIXED})"
    rf"(?![0-9A-Za-z０-９]|[.,，．]{_D}| ?[元万亿])"
)
# Digits that identify a person or an account when they are all that is written.
_PRIVATE = re.compile(r"\d{15}|\d{17}X|1\d{10}|\d{12,}")


def mask_digit_runs(text: str) -> str:
    """Keeps the first and last four of each run, the first three and last four of a telephone number."""
    return _PHONE.sub(_mask_phone, _WORD.sub(_mask_word, text))


def is_private(text: str) -> bool:
    """The text is an identity number, a telephone or an account, with the gaps it is written with or without."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper().replace("-", "")
    return _PRIVATE.fullmatch(plain) is not None


def masked(value: Any) -> Any:
    """The same for everything in a JSON value, keys and integers included."""
    if isinstance(value, dict):
        return {mask_digit_runs(str(key)): masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item) for item in value]
    if isinstance(value, str):
        return mask_digit_runs(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**14:
        return mask_digit_runs(str(value))
    return value


def _mask_word(found: re.Match[str]) -> str:
    word = found[0]
    if _HEX.fullmatch(word):
        return word
    return _RUN.sub(lambda run: run[0][:4] + "*" * (len(run[0]) - 8) + run[0][-4:], word)


def _mask_phone(found: re.Match[str]) -> str:
    number = found["number"]
    middle = "".join("*" if letter.isdecimal() else letter for letter in number[3:-4])
    return f"{found[0].removesuffix(number)}{number[:3]}{middle}{number[-4:]}"
