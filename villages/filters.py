"""What the lists of villages and of key-village events may be narrowed by; also the filter of a figure."""

import datetime
import unicodedata
from typing import Any

from django import forms

from areas.models import Area
from villages import tally
from villages.codes import CODES
from villages.models import KeyVillage, KeyVillageEventKind
from villages.models.key_village import (
    TWELFTH_PERIOD_ENDS,
    KeyVillageEventQuerySet,
    KeyVillageQuerySet,
)
from villages.models.village import VillageQuerySet
from villages.models.village_year import FIRST_YEAR, LAST_YEAR

# Every village has a named 扶贫专干 or 联络员 (R016).
MISSING = "missing"
STANDING, DESIGNATED, REACHED, TO_GO = "standing", "designated", "reached", "left-to-go"
KEYS = {
    STANDING: "现有重点村",
    DESIGNATED: "历次确定的重点村",
    REACHED: "十二五已达退出标准",
    TO_GO: "十二五末剩余",
}


class HalfWidthChars(forms.CharField):
    """Full-width digits and letters are read as the half-width ones (an input method leaves them)."""

    def to_python(self, value: Any) -> str:
        return unicodedata.normalize("NFKC", super().to_python(value) or "").strip()


def _choice(label: str, pairs: list[tuple[str, str]], width: str) -> forms.ChoiceField:
    field = forms.ChoiceField(
        label=label,
        choices=[("", "不限"), *pairs],
        required=False,
        widget=forms.Select(attrs={"class": width}),
    )
    field.error_messages["invalid_choice"] = "没有“%(value)s”这一项"
    return field


def _level() -> forms.ChoiceField:
    return _choice("级别", [(word, word) for word in CODES["key_village_level"].words], "w4")


def _day(label: str) -> forms.DateField:
    """Comes with a figure's address and stays in it; nobody types it here."""
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"class": "w8", "autocomplete": "off"}),
        error_messages={"invalid": "日期认不出来，请写成 2018-11-20 这样"},
    )


class VillageFilter(forms.Form):
    q = HalfWidthChars(
        label="村名",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"class": "w8", "autocomplete": "off"}),
    )
    key = _choice("重点村", list(KEYS.items()), "w8")
    level = _level()
    officer = _choice("扶贫专干", [(MISSING, "没有扶贫专干")], "w6")
    on = _day("重点村时点")
    as_of = _day("登记截至")

    @property
    def by_key(self) -> str:
        """The kind of key villages asked for; a level alone means those on the list."""
        asked = self.cleaned_data
        return asked["key"] or (STANDING if asked["level"] or asked["on"] else "")

    def matching(self, villages: VillageQuerySet, area: Area | None, today: datetime.date) -> VillageQuerySet:
        """The villages that the valid form asks for, in the area."""
        asked, found = self.cleaned_data, villages.in_area(area)
        if self.by_key:
            found = found.filter(area__in=self._key_villages(area, today).values("area"))
        else:
            # A closed village is found by its figures and its address, not among today's villages.
            found = found.filter(area__in=Area.objects.valid_on(today))
        if asked["officer"] == MISSING:
            found = found.filter(village_officer="")
        return found.filter(area__name__contains=asked["q"]) if asked["q"] else found

    def _key_villages(self, area: Area | None, today: datetime.date) -> KeyVillageQuerySet:
        asked = self.cleaned_data
        on, as_of, level = asked["on"], asked["as_of"] or today, asked["level"]
        if self.by_key == REACHED:
            return tally.reached(area, as_of, level, on or TWELFTH_PERIOD_ENDS)
        if self.by_key == TO_GO:
            return tally.left_to_go(area, as_of, level, on or TWELFTH_PERIOD_ENDS)
        if self.by_key == DESIGNATED:
            return tally.designated(area, on or today, as_of, level)
        return KeyVillage.objects.in_area(area).standing(on or today, as_of, level)


class EventFilter(forms.Form):
    year = forms.IntegerField(
        label="年度",
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.TextInput(attrs={"class": "w4 n-in", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": "年度应是四位数字",
            "min_value": f"年度不能早于 {FIRST_YEAR}",
            "max_value": f"年度不能晚于 {LAST_YEAR}",
        },
    )
    kind = _choice("事项", KeyVillageEventKind.choices, "w6")
    level = _level()
    since = _day("生效自")
    until = _day("生效截至")
    as_of = _day("登记截至")

    def matching(self, events: KeyVillageEventQuerySet) -> KeyVillageEventQuerySet:
        """As of D is what took effect and was recorded by D (domain §3)."""
        asked = self.cleaned_data
        return events.counted(**{**asked, "until": asked["until"] or asked["as_of"]})
