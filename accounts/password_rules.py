"""What a password must be beside its length (quality S3): no word of the office, and the kinds of characters
that 等保 asks for where a deployment sets them. Named in AUTH_PASSWORD_VALIDATORS."""

import re

from django.core.exceptions import ValidationError

# What somebody tries first in this office; digits and signs around them do not help.
OFFICE_WORDS = {
    "fupin", "fupinban", "tuopin", "tuopingongjian", "pinkun", "pinkunhu", "jiandanglika", "admin", "administrator",
    "password", "passw0rd", "qwerty", "qwertyuiop", "abc", "abcd", "mima", "zhongguo", "china", "woaini", "demo",
}  # fmt: skip
KINDS = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")


class OfficeWordsValidator:
    """Refuses a word of the office, or common in the country, with nothing but digits and signs around it."""

    def validate(self, password: str, user: object = None) -> None:
        if "".join(re.findall(r"[a-z]+", password.lower())) in OFFICE_WORDS and password.isascii():
            raise ValidationError("这个密码太常见，容易被猜到", code="password_too_common")

    def get_help_text(self) -> str:
        return "不能是办公常用词加数字"


class KindsValidator:
    """At least so many of: small letters, capitals, digits, other characters (a Chinese one is other)."""

    def __init__(self, kinds: int = 0) -> None:
        self.kinds = kinds

    def validate(self, password: str, user: object = None) -> None:
        if sum(bool(re.search(kind, password)) for kind in KINDS) < self.kinds:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        return f"小写字母、大写字母、数字、其他字符中至少要有 {self.kinds} 种"
