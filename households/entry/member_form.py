"""One member of the entry sheet, and the list of them."""

import datetime
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property

from households import identity
from households.checks import PersonFacts
from households.codes import CODES
from households.entry import narrowing
from households.entry.fields import Masked, entry_field
from households.entry.narrowing import Narrowed
from households.entry.widgets import Choice
from households.forms import Day
from households.models import Household, Person
from households.models.person import FOUNDING, HEAD, YearlyFacts

SHOWN = ("name", "relation", "id_number")
FACTS = ("education", "schooling", "health")
WORK = ("labour_capacity", "work_place", "work_months")
INSURED = (
    "resident_medical_insurance",
    "employee_medical_insurance",
    "critical_illness_insurance",
    "resident_pension",
    "subsistence_allowance",
    "extremely_poor_support",
)
# Their own words fill a line each; these are what the desk calls them.
SHORT = {
    "resident_medical_insurance": "居民医保",
    "employee_medical_insurance": "职工医保",
    "critical_illness_insurance": "大病保险",
    "supplementary_insurance": "商业补充医保",
    "resident_pension": "居民养老保险",
    "employee_pension": "职工养老保险",
    "subsistence_allowance": "享受低保",
    "extremely_poor_support": "特困供养",
    "work_place": "务工地点",
    "work_months": "务工月数",
    "self_care": "生活自理能力",
    "labour_capacity": "劳动能力",
    "schooling": "在校情况",
}
# Asked only when the answer before calls for them: the class that entry.css folds them by.
WHEN = {
    "disease_name": "if-ill",
    "disability_category": "if-disabled",
    "disability_grade": "if-disabled",
    "disability_certificate": "if-disabled",
}
GIVEN = ("sex", "birth_date")
# A new row shows these filled: alone they make no member.
GIVEN_AT_FIRST = {"id_type", "ethnicity", "joined_on"}
_FIRST = {*SHOWN, *FACTS, *WORK, *INSURED, *WHEN, *GIVEN, "id_type"}
MORE = (
    "id_type",
    "ethnicity",
    "phone",
    "marital_status",
    "political_status",
    "disability_certificate_year",
    "speaks_mandarin",
    "orphan",
    "child_in_difficulty",
    "left_behind_child",
    "left_behind_woman",
    "left_behind_elder",
    "active_soldier",
    *(field.name for field in YearlyFacts._meta.get_fields() if field.name not in _FIRST),
)
PREFIX = "p"
MOST = 60
TAKEN = "该证件号码已在册"


class MemberForm(Masked):
    """A saved member, or a new one: a new row left blank is none. `joining`: the household is registered,
    so who comes now comes by 增员 with day and reason."""

    number = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Person
        fields = [*SHOWN, *GIVEN, *FACTS, *WHEN, *WORK, *INSURED, *MORE]
        formfield_callback = entry_field

    def __init__(self, *args: Any, day: datetime.date, joining: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.day = day
        self.narrowed: Mapping[str, Narrowed] = {}
        self.empty_permitted = not self.instance.pk
        self.initial["number"] = self.instance.number
        for name in GIVEN:
            self.fields[name].required = False
        for name, word in SHORT.items():
            self.fields[name].label = word
        self.fields["health"].widget.attrs["data-alone"] = "|".join(narrowing.ALONE)
        self.fields["id_number"].widget.attrs.update({"class": "w18", "maxlength": 30})
        for name, width in (("relation", "w6"), ("schooling", "w8"), ("work_place", "w8")):
            self.fields[name].widget.attrs["class"] = width
        if joining and not self.instance.pk:
            reasons = [word for word in CODES["join_reason"].words if word != FOUNDING]
            self.fields["joined_on"] = Day(label="增加日期", initial=day)
            self.fields["join_reason"] = forms.ChoiceField(
                label="增加原因",
                choices=[("", ""), *((word, f"{place} {word}") for place, word in enumerate(reasons, 1))],
                widget=Choice(attrs={"class": "w8", "data-numbered": len(reasons)}),
            )

    @cached_property
    def changed_data(self) -> list[str]:
        """What the number tells is no field of its own: it is not sent, and changes with the number."""
        told = () if self.asks_birth else GIVEN
        return [name for name in super().changed_data if name not in told]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        kind, number = cleaned.get("id_type"), cleaned.get("id_number")
        if not kind or not number:
            return cleaned
        read = identity.read(kind, number, self.day)
        changed = not self.untouched("id_number") or kind != self.instance.id_type
        if not read.valid and changed:
            self.add_error("id_number", read.messages)
            return cleaned
        if read.valid:
            cleaned["id_number"] = read.number
        if read.birth_date:
            cleaned["sex"], cleaned["birth_date"] = read.sex, read.birth_date
        for name in GIVEN:
            if not cleaned.get(name) and name not in self.errors:
                if self.instance.pk and getattr(self.instance, name):
                    cleaned[name] = getattr(self.instance, name)
                else:
                    self.add_error(name, "这类证件不带出性别和出生日期，请填写")
        return cleaned

    @property
    def ident(self) -> identity.Identity:
        """What the number now in the form tells: nothing while it is wrong."""
        kind = self["id_type"].value() or ""
        typed = self["id_number"].value() or ""
        if self.instance.pk and typed == self.initial.get("id_number"):
            return identity.Identity(self.kept["id_number"], (), self.instance.sex, self.instance.birth_date)
        return identity.read(kind, typed, self.day) if typed else identity.Identity("")

    @property
    def asks_birth(self) -> bool:
        """Sex and birth date are typed for documents that do not tell them."""
        kind = self["id_type"].value()
        return kind not in (*identity.CITIZEN_TYPES, identity.DISABILITY_TYPE)

    @property
    def born(self) -> datetime.date | None:
        """By the number, or by the birth date that was typed."""
        born: datetime.date | None = self.ident.birth_date
        if born is None and self.asks_birth:
            try:
                born = self.fields["birth_date"].clean(self["birth_date"].value())
            except forms.ValidationError:
                born = None
        return born

    @property
    def age(self) -> int | None:
        """周岁."""
        return Person(birth_date=self.born).age(self.day) if self.born else None

    @property
    def facts(self) -> PersonFacts:
        """What its choices are narrowed by, as it stands in the sheet, checked or not."""
        told, number = self.ident, self["disability_certificate"].value() or ""
        if self.instance.pk and number == self.initial["disability_certificate"]:
            number = self.kept["disability_certificate"] or ""
        typed = {name: str(self[name].value() or "") for name in narrowing.ASKED}
        return PersonFacts(
            **{
                **typed,
                "number": self.instance.number,
                "sex": told.sex or (str(self["sex"].value() or "") if self.asks_birth else ""),
                "birth_date": self.born,
                "id_type": str(self["id_type"].value() or ""),
                "id_number": told.number,
                "health": tuple(self["health"].value() or ()),
                "disability_certificate": number,
            }
        )

    def narrow(self, by: Mapping[str, Narrowed]) -> None:
        """Leaves out what cannot be chosen by what else is typed; the saved word is always there."""
        self.narrowed = by
        for name, found in by.items():
            widget: Any = self.fields[name].widget
            widget.narrowed = found
            if self.instance.pk and self.initial.get(name):
                widget.before = widget.attrs["data-before"] = str(self.initial[name])

    @property
    def narrowed_as_json(self) -> str:
        """For the script that leaves options out while one types: [refused, questioned] by field."""
        found = {name: (by.refused, by.questioned) for name, by in self.narrowed.items()}
        return json.dumps(found, ensure_ascii=False, separators=(",", ":"))

    def shown(self) -> list[forms.BoundField]:
        return self.rows(FACTS)

    def conditional(self) -> list[tuple[forms.BoundField, str]]:
        return [(self[name], when) for name, when in WHEN.items()]

    def work(self) -> list[forms.BoundField]:
        return self.rows(WORK)

    def insured(self) -> list[forms.BoundField]:
        return self.rows(INSURED)

    def more(self) -> list[forms.BoundField]:
        return self.rows(MORE)

    @property
    def more_open(self) -> bool:
        return self.opened(MORE)

    @property
    def unfolded(self) -> bool:
        """A row that is wrong or half filled stands open."""
        return bool(self.is_bound and self.errors) or not all(
            self[name].value() for name in (*SHOWN, "health")
        )

    @property
    def blank(self) -> bool:
        return not self.instance.pk and not set(self.changed_data) - GIVEN_AT_FIRST


class Members:
    """The members' forms in the order of the page: the head first, new rows behind."""

    def __init__(
        self, household: Household, day: datetime.date, data: QueryDict | None = None, extra: int = 0
    ) -> None:
        self.household, self.day, self.data = household, day, data
        self.joining = household.registered_on is not None
        saved = household.persons.filter(present=True) if household.pk else ()
        self.saved = {
            person.number: person for person in sorted(saved, key=lambda one: (not one.is_head, one.number))
        }
        self.forms = self._bound(data) if data is not None else self._fresh(extra)

    def _bound(self, data: QueryDict) -> list[MemberForm]:
        """Rows as posted; a number that is nobody's here makes a new row, never another's."""
        written = data.get(f"{PREFIX}-TOTAL", "")
        total = min(int(written), MOST) if written.isdecimal() and len(written) < 4 else 0
        left, forms_ = dict(self.saved), []
        for place in range(total):
            person = left.pop(data.get(f"{PREFIX}-{place}-number", ""), None)
            forms_.append(self._form(place, person, data))
        return forms_

    def _fresh(self, extra: int) -> list[MemberForm]:
        people: Iterable[Person | None] = [*self.saved.values(), *[None] * extra]
        return [self._form(place, person, None) for place, person in enumerate(people)]

    def _form(self, place: int, person: Person | None, data: QueryDict | None) -> MemberForm:
        instance = person or Person(household=self.household)
        return MemberForm(
            data, prefix=f"{PREFIX}-{place}", instance=instance, day=self.day, joining=self.joining
        )

    def new(self, place: int) -> MemberForm:
        """An empty row at this place."""
        return self._form(place, None, None)

    @property
    def filled(self) -> list[MemberForm]:
        return [form for form in self.forms if not form.blank]

    def narrow(self) -> None:
        found = narrowing.of_members(
            [form.facts for form in self.forms],
            [form.instance.pk is not None for form in self.forms],
            self.day,
        )
        for form, by in zip(self.forms, found, strict=True):
            form.narrow(by)

    def check(self) -> None:
        """Says beside the fields what no single row can know: one head, no number twice."""
        heads, seen = [], set()
        for form in self.filled:
            cleaned = getattr(form, "cleaned_data", {})
            if cleaned.get("relation") == HEAD:
                heads.append(form)
            number = identity.stem(cleaned.get("id_number") or "")
            if number and number in seen:
                form.add_error("id_number", "证件号码在本户重复")
            seen.add(number)
        for form in heads[1:]:
            form.add_error("relation", "本户有两个及以上户主")
        if not heads and self.filled and not any("relation" in form.errors for form in self.filled):
            self.filled[0].add_error("relation", "本户没有户主")
