"""The last guard before a trail row or a log line: long runs of digits are masked, whatever they are.

Callers mask what they know (office.pii); this catches what slipped through. 15 to 22 characters cover
identity numbers (15, 18), 残疾人证 (20, 22) and bank cards (16 to 19).
"""

import re
from typing import Any

_WORD = re.compile(r"[0-9A-Za-z０-９Ｘｘ]{15,}")
_RUN = re.compile(r"[0-9０-９]{14,21}[0-9０-９XxＸｘ]")
_MOBILE = re.compile(r"(?<![0-9０-９])[1１][3-9３-９][0-9０-９]{9}(?![0-9０-９])")
# Checksums and ids are hexadecimal and long; they are no personal data and must stay comparable.
_HEX = re.compile(r"(?=[0-9]*[a-f])[0-9a-f]{32,}")


def mask_digit_runs(text: str) -> str:
    """Keeps the first and last four of each run."""
    return _WORD.sub(_mask_word, text)


def mask_mobiles(text: str) -> str:
    """Keeps the first three and last four of each mobile number; for what people write in their own words."""
    return _MOBILE.sub(lambda run: f"{run[0][:3]}****{run[0][-4:]}", text)


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
