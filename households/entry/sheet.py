"""The whole entry sheet of a household: its forms together, what is wrong in them, and one save."""

import datetime
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import F
from django.forms.utils import ErrorDict
from django.http import QueryDict

from accounts.models import User
from accounts.roles import Capability
from households.entry.household_form import (
    ASKED,
    HouseholdForm,
    LivingForm,
    ProductionForm,
    SurveyForm,
    villages_of,
)
from households.entry.member_form import MemberForm, Members
from households.models import ClosedYear, Conflict, Household, Living, Person, Production, Survey
from households.models.person import HEAD
from households.models.survey import DRAFT, SEALED
from households.record import facts

NEW_ROWS = 1


class Sheet:
    """Bound when `data` is given. The year asked is that of the day; closed, its survey is only read."""

    def __init__(
        self, household: Household, user: User, day: datetime.date, data: QueryDict | None = None
    ) -> None:
        self.household, self.user, self.day, self.data = household, user, day, data
        self.is_new = household.pk is None
        self.year = day.year
        self.seen_version = _whole(data.get("version")) if data is not None else household.version
        survey = self._of_year(Survey)
        self.closed = bool(survey.pk and survey.state == SEALED) or self._year_closed()
        self.previous = self._previous()
        given = {} if survey.pk else {"surveyor": user.display_name, "surveyed_on": day}
        self.household_form = HouseholdForm(
            data, instance=household, villages=villages_of(user.scope_of(Capability.REGISTER_EDIT), day)
        )
        self.members = Members(household, day, data, extra=NEW_ROWS if self.is_new else 0)
        typed = None if self.closed else data
        self.survey_form = SurveyForm(typed, instance=survey, initial=given, day=day)
        self.living_form = LivingForm(typed, instance=self._of_year(Living))
        self.production_form = ProductionForm(typed, instance=self._of_year(Production))

    def _of_year(self, model: Any) -> Any:
        if not self.is_new:
            found = model.objects.filter(household=self.household, year=self.year).first()
            if found is not None:
                return found
        return model(household=self.household, year=self.year)

    def _year_closed(self) -> bool:
        return (
            not self.is_new
            and ClosedYear.objects.filter(county=self.household.county_id, year=self.year).exists()
        )

    def _previous(self) -> Survey | None:
        if self.is_new:
            return None
        rows = Survey.objects.counted().filter(household=self.household, year__lt=self.year)
        return rows.order_by("-year").first()

    @property
    def year_forms(self) -> list[forms.ModelForm]:
        """Empty while the year is closed: what is only read is neither checked nor saved."""
        return [] if self.closed else [self.survey_form, self.living_form, self.production_form]

    @property
    def forms(self) -> list[forms.ModelForm]:
        return [self.household_form, *self.members.filled, *self.year_forms]

    def hush(self) -> None:
        """Shows what was typed without saying yet what is wrong in it."""
        shown: list[Any] = [self.household_form, *self.members.forms, *self.year_forms]
        for form in shown:
            form._errors = ErrorDict()

    def is_valid(self) -> bool:
        for form in self.forms:
            form.full_clean()
        if self.is_new and self.household.village_id:
            self.household.place(self.household.village)
        self.members.check()
        if not self.members.filled:
            self.household_form.add_error(
                None, ValidationError("至少要有一名家庭成员，户主必填", code="required")
            )
        return not any(form.errors for form in self.forms)

    def errors(self, *, unfilled: bool = True) -> Iterator[tuple[str, str, str]]:
        """(id of the field or "", whose and which field, message), in the order of the page; while one types,
        what is not filled yet is no error."""
        for form in self.forms:
            whose = f"{form['name'].value() or '新成员'}　" if isinstance(form, MemberForm) else ""
            wrong = form.errors.as_data()
            places: list[tuple[str, str, str]] = [(NON_FIELD_ERRORS, "", whose.strip())]
            places += [(field.name, str(field.auto_id), f"{whose}{field.label}") for field in form]
            for name, target, where in places:
                for error in wrong.get(name, []):
                    if unfilled or error.code != "required":
                        yield target, where, str(error.messages[0])

    @property
    def changed(self) -> list[str]:
        """Labels of what differs from the record, a member's with the name; never a value."""
        found = [str(self.household_form.fields[name].label) for name in self.household_form.changed_data]
        for form in self.members.filled:
            name = form.instance.name
            found += [
                f"{name}：{form.fields[one].label}" for one in form.changed_data if form.instance.number
            ]
            if "name" in form.changed_data and not form.initial.get("name"):
                found = [each for each in found if not each.startswith(f"{name}：")] + [f"新成员：{name}"]
        for part in self.year_forms:
            found += [str(part.fields[name].label) for name in part.changed_data]
        return found

    def save(self) -> Household:
        """Everything or nothing (in the caller's transaction). Raises Conflict when another was first, and
        ValidationError when a member cannot join on the day."""
        household = self.household
        if self.is_new:
            household = self.household_form.save()
        else:
            rows = Household.objects.filter(pk=household.pk, version=self.seen_version)
            if not rows.update(version=F("version") + 1):
                raise Conflict("该户刚刚由别人修改过")
            household.version += 1
            if self.household_form.has_changed():
                self.household_form.save()
        self._save_members(household)
        self._save_year(household)
        household.refresh_colour(self.day)
        return household

    def _year_closed_now(self, household: Household) -> bool:
        typed = any(form.typed for form in (self.survey_form, self.living_form, self.production_form))
        return typed and ClosedYear.objects.filter(county=household.county_id, year=self.year).exists()

    def _save_members(self, household: Household) -> None:
        """A change of head demotes first: at no moment are there two."""
        changed = [form for form in self.members.filled if form.has_changed()]
        saved = [form for form in changed if form.instance.pk]
        for form in sorted(saved, key=lambda one: one.instance.relation == HEAD):
            form.instance.household = household
            form.save()
        new = [form for form in changed if not form.instance.pk]
        if not self.members.joining:
            household.add_members(*(form.instance for form in new))
            return
        for form in new:
            household.person_joins(
                form.instance,
                on=form.cleaned_data["joined_on"],
                join_reason=form.cleaned_data["join_reason"],
                by=self.user,
            )

    def _save_year(self, household: Household) -> None:
        if not self.closed and self._year_closed_now(household):
            raise ValidationError(f"{self.year}年已经封存，不能填报采集")
        for form in self.year_forms[1:]:
            if form.has_changed():
                form.instance.household = household
                form.save()
        if not self.year_forms or not self.survey_form.typed:
            return
        survey: Survey = self.survey_form.instance
        survey.household = household  # type: ignore[misc]
        # Changed after it was submitted, it is submitted anew: member count and yearly facts follow.
        survey.state = DRAFT
        survey.member_count = Person.objects.filter(household=household, present=True).count()
        self.survey_form.save()
        if self.complete:
            survey.submit()

    def sealed_facts(self) -> list[tuple[str, str]]:
        """(label, value) of the closed year's survey, living and production, to be read."""
        found = []
        for form in (self.survey_form, self.living_form, self.production_form):
            if form.instance.pk:
                found += facts(form.instance, form.fields)
        return found

    @property
    def complete(self) -> bool:
        """The survey answers all that is asked; until then it stays a draft that counts nowhere."""
        return all(getattr(self.survey_form.instance, name) is not None for name in ASKED)


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0
