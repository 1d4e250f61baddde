"""What the lists of villages and of key-village events may be narrowed by; also the filter of a figure."""

import datetime

from django import forms

from areas.models import Area, valid_q
from office.form_fields import Day, SearchWord, choice, year_field
from villages import tally
from villages.codes import CODES
from villages.models import KeyVillage, KeyVillageEventKind
from villages.models.key_village import (
    TWELFTH_PERIOD_ENDS,
    KeyVillageEventQuerySet,
    KeyVillageQuerySet,
)
from villages.models.village import VillageQuerySet

# Every village has a named 扶贫专干 or 联络员 (R016).
MISSING = "missing"
STANDING, DESIGNATED, REACHED, TO_GO = "standing", "designated", "reached", "left-to-go"
KEYS = {
    STANDING: "现有重点村",
    DESIGNATED: "历次确定的重点村",
    REACHED: "十二五已达退出标准",
    TO_GO: "十二五末剩余",
}


class VillageFilter(forms.Form):
    q = SearchWord(
        label="村名",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"class": "w8", "autocomplete": "off"}),
    )
    key = choice("重点村", list(KEYS.items()), "w8")
    level = choice("级别", CODES["key_village_level"].words, "w4")
    officer = choice("扶贫专干", [(MISSING, "没有扶贫专干")], "w6")
    on = Day(label="重点村时点", required=False)
    as_of = Day(label="登记截至", required=False)

    @property
    def by_key(self) -> str:
        """The kind of key villages asked for; a level alone means those on the list."""
        asked = self.cleaned_data
        return asked["key"] or (STANDING if asked["level"] or asked["on"] else "")

    def matching(self, villages: VillageQuerySet, area: Area | None, today: datetime.date) -> VillageQuerySet:
        """The villages that the valid form asks for, in the area."""
        asked, found = self.cleaned_data, villages.in_area(area)
        if self.by_key:
            found = found.filter(area__in=self._key_villages(area, today).values("area_then"))
        else:
            # A closed village is found by its figures and its address, not among today's villages.
            found = found.filter(valid_q(today, "area__"))
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
        return KeyVillage.objects.standing(on or today, as_of, level).placed(area)


class EventFilter(forms.Form):
    year = year_field("年度")
    kind = choice("事项", KeyVillageEventKind.choices, "w6")
    level = choice("级别", CODES["key_village_level"].words, "w4")
    since = Day(label="生效自", required=False)
    until = Day(label="生效截至", required=False)
    as_of = Day(label="登记截至", required=False)

    def matching(self, events: KeyVillageEventQuerySet) -> KeyVillageEventQuerySet:
        """As of D is what took effect and was recorded by D (domain §3)."""
        asked = self.cleaned_data
        return events.counted(**{**asked, "until": asked["until"] or asked["as_of"]})
