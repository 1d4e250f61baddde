"""Finding a household by a number of its own or of a member: identity number, phone, account, 户编号, 人口编号.

Such numbers are asked for by POST alone, since addresses stay in logs and histories.
"""

import re
import unicodedata

from households.models import Household, Person
from households.models.number import WIDTHS
from office.pii import mask_account, mask_id, mask_phone

FEWEST_DIGITS = 4
PHONE = re.compile(r"1\d{10}|0\d{2,3}-?\d{7,8}")


def plain(text: str) -> str:
    """Half-width, in capitals, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def is_number(text: str) -> bool:
    """Names hold no digits; numbers hold some, and passports letters too."""
    return sum(letter.isdecimal() for letter in plain(text)) >= FEWEST_DIGITS


def masked(text: str) -> str:
    """The number as the trail and the page may show it."""
    number = plain(text)
    if PHONE.fullmatch(number):
        return mask_phone(number)
    return mask_id(number) if len(number) >= 15 else mask_account(number)


def holders(text: str) -> set[int]:
    """Ids of the households of which the number is one, anywhere: narrow them to what the asker may see."""
    written = {plain(text), plain(text).replace("-", "")} - {""}

    def keyed(model: type[Person] | type[Household], name: str) -> dict[str, set[str]]:
        of = model._meta.get_field(name).of  # type: ignore[union-attr]
        return {f"{name}__in": {of(one) for one in written}}

    persons, households = Person.objects.order_by(), Household.objects.order_by()
    found = persons.filter(**keyed(Person, "id_number_key")).values_list("household_id")
    others = [
        persons.filter(**keyed(Person, "phone_key")).values_list("household_id"),
        persons.filter(number__in=_filled(written, "person")).values_list("household_id"),
        persons.filter(national_number__in=written).values_list("household_id"),
        households.filter(**keyed(Household, "phone_key")).values_list("pk"),
        households.filter(**keyed(Household, "bank_account_key")).values_list("pk"),
        households.filter(number__in=_filled(written, "household")).values_list("pk"),
        households.filter(national_number__in=written).values_list("pk"),
    ]
    return {pk for (pk,) in found.union(*others)}


def _filled(written: set[str], series: str) -> set[str]:
    """Numbers of a series may be typed without the noughts in front."""
    return {one.zfill(WIDTHS[series]) for one in written if one.isdecimal()}
