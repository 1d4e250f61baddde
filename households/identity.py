"""Identity numbers (checks C003–C009, pure): characters, check digit, date, and what follows from them.

The region (first six digits) is never a reason to refuse: abolished regions are lawful.
"""

import datetime
import re
import unicodedata
from functools import lru_cache
from operator import mul
from typing import NamedTuple

CITIZEN_TYPES = ("居民身份证", "居民户口簿")
DISABILITY_TYPE = "残疾人证"
EARLIEST = datetime.date(1900, 1, 1)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
# By ISO 7064 MOD 11-2 of the digits' sum; what their being characters ("0" is 48) adds to it is taken off here.
CHECKS = [CHECK_DIGITS[(rest - 48 * sum(WEIGHTS)) % 11] for rest in range(11)]
STEM = re.compile(r"[0-9]{17}[0-9X]")
OTHER = re.compile(r"[A-Z0-9\u3400-\u9fff\-()]{5,30}")

MESSAGES = {
    "C003": "居民身份证号码应为18位（15位旧号码请换成18位）",
    "C004": "证件号码含有不允许的字符",
    "C005": "证件号码校验码不对，请逐位核对",
    "C006": "证件号码里的出生日期不存在",
    "C007": "残疾人证号码应为20位或22位，前18位须正确",
    "C008": "20位、22位号码只用于残疾人证",
    "C009": "证件号码长度或字符不合该类证件",
}


class Identity(NamedTuple):
    """A number read: normalised, the rules it breaks, and what an 18-digit stem tells."""

    number: str
    broken: tuple[str, ...] = ()
    sex: str = ""
    birth_date: datetime.date | None = None

    @property
    def valid(self) -> bool:
        return not self.broken

    @property
    def messages(self) -> list[str]:
        return [MESSAGES[rule] for rule in self.broken]


def normalise(text: str) -> str:
    """NFKC (full-width digits become ASCII), trimmed, x as X."""
    if text.isascii():
        return text.strip().upper()
    return unicodedata.normalize("NFKC", text).strip().upper()


def stem(text: str) -> str:
    """What a number is found by: its first 18 characters if they are a citizen's number, else all of it."""
    if len(text) == 18 and text.isascii() and text.isdigit():
        return text
    number = normalise(text)
    if len(number) in (18, 20, 22) and STEM.fullmatch(number[:18]):
        return number[:18]
    return number


def check_digit(first17: str) -> str:
    """The 18th character by ISO 7064 MOD 11-2."""
    return CHECKS[sum(map(mul, first17.encode("ascii"), WEIGHTS)) % 11]


def birth_date(number: str, on: datetime.date) -> datetime.date | None:
    """Digits 7–14 as a day from 1900-01-01 to the day checked, or nothing."""
    try:
        day = datetime.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return day if EARLIEST <= day <= on else None


def stem_rules(number: str, on: datetime.date) -> tuple[str, ...]:
    """Rules broken by the 18 characters of a citizen's number."""
    if not STEM.fullmatch(number):
        return ("C004",)
    broken = []
    if check_digit(number[:17]) != number[17]:
        broken.append("C005")
    if birth_date(number, on) is None:
        broken.append("C006")
    return tuple(broken)


def certificate_rules(number: str, on: datetime.date) -> tuple[str, ...]:
    """残疾人证: a citizen's number, then category (1–7) and grade (1–4), then two of a re-issue or none."""
    tail = number[18:]
    lawful = len(number) in (20, 22) and tail[0] in "1234567" and tail[1] in "1234" and tail.isalnum()
    broken = stem_rules(number[:18], on) if len(number) >= 18 else ()
    if lawful and not broken:
        return ()
    return (*(rule for rule in broken if rule != "C005"), "C007")


@lru_cache(maxsize=4096)
def read(id_type: str, text: str, on: datetime.date) -> Identity:
    """The verdict on one number of one document type, on a day; sex and birth date only of a valid stem."""
    number = normalise(text)
    broken: tuple[str, ...] = ()
    if id_type == DISABILITY_TYPE:
        broken = certificate_rules(number, on)
    elif len(number) in (20, 22) and not stem_rules(number[:18], on):
        broken = ("C003", "C008") if id_type in CITIZEN_TYPES else ("C008",)
    elif id_type in CITIZEN_TYPES:
        broken = stem_rules(number, on) if len(number) == 18 else ("C003",)
    elif not OTHER.fullmatch(number):
        broken = ("C009",)
    if broken or id_type not in (*CITIZEN_TYPES, DISABILITY_TYPE):
        return Identity(number, broken)
    return Identity(number, (), "男" if int(number[16]) % 2 else "女", birth_date(number, on))
