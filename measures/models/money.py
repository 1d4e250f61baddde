"""Money in a column: yuan as Decimal in Python, whole 分 in the database.

SQLite has no decimal type: sums and comparisons of its numbers would drift by a hair, and the guards of the
ledger compare. Whole numbers are exact on both databases.
"""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Value

from measures.amounts import cents

if TYPE_CHECKING:
    _Known = models.BigIntegerField[Decimal, Decimal]
    _Maybe = models.BigIntegerField[Decimal | None, Decimal | None]
else:
    _Known = _Maybe = models.BigIntegerField

ZERO = Decimal("0.00")


class _Yuan:
    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-2)

    def to_python(self, value: Any) -> Any:
        if value is None or isinstance(value, Decimal):
            return value
        try:
            return cents(Decimal(str(value)))
        except ArithmeticError as error:
            raise ValidationError("金额是数字，如 360 或 360.50") from error

    def get_prep_value(self, value: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        return int(cents(Decimal(value)).scaleb(2))


class MoneyField(_Yuan, _Known):
    """Yuan to the cent."""


class MaybeMoneyField(_Yuan, _Maybe):
    """The same where the sum may be missing (null=True)."""


def money(amount: Decimal) -> Value:
    """The amount inside an expression: `F("paid") + money(amount)`."""
    return Value(amount, output_field=MoneyField())
