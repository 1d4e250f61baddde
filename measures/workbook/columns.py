"""The columns of a workbook of measures: what names the row, what is only shown, what is filled in (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass

from measures import extras
from measures.extras import Extra
from measures.models import Policy

SHEET = "措施"
HOUSEHOLD, PERSON = "户编号", "人口编号"
SHOWN_OF_PERSON = ("享受人", "证件号码", "户主", "村", "计划", "应发数额")
SHOWN_OF_HOME = ("户主", "村", "计划", "应发数额")
DAY, AMOUNT, PAYER, VOUCHER, NOTE = "落实日期", "数额", "支付单位", "凭证号", "备注"
USUAL = (DAY, AMOUNT, PAYER, VOUCHER, NOTE)


@dataclass(frozen=True)
class Layout:
    """Of one policy: whether a row is a person's, and the further fields that it asks."""

    of_person: bool
    further: Sequence[Extra]

    @property
    def key(self) -> str:
        return PERSON if self.of_person else HOUSEHOLD

    @property
    def fixed(self) -> list[str]:
        """Given by the system, locked."""
        keys = [HOUSEHOLD, PERSON] if self.of_person else [HOUSEHOLD]
        return [*keys, *(SHOWN_OF_PERSON if self.of_person else SHOWN_OF_HOME)]

    @property
    def filled(self) -> list[str]:
        return [*USUAL, *(one.title for one in self.further)]


def layout(policy: Policy, of_person: bool) -> Layout:
    return Layout(of_person, extras.of(policy.code))
