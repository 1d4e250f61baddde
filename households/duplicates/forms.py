"""What is decided about a pair: two persons, with the reason; or one, and which record's facts stay."""

from collections.abc import Sequence
from typing import Any

from django import forms

from households.acts.forms import RelatingForm, one_of, remark
from households.acts.whole import OURS, THEIRS
from households.entry.fields import MASKS
from households.models import Duplicate, Household, Person
from households.record import label, written

# Facts in which two records of one person may differ. The number brings its kind, sex and birth date along.
CHOSEN: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "id_number": ("id_number", "id_type", "sex", "birth_date"),
    "phone": ("phone",),
    "ethnicity": ("ethnicity",),
    "marital_status": ("marital_status",),
    "political_status": ("political_status",),
    "education": ("education",),
    "schooling": ("schooling", "school_name", "boarding"),
    "health": ("health", "disease_name"),
    "disability_category": (
        "disability_category",
        "disability_grade",
        "disability_certificate",
        "disability_certificate_year",
    ),
    "labour_capacity": ("labour_capacity",),
    "work_place": ("work_place", "work_place_detail", "work_months", "employer"),
    "national_number": ("national_number",),
}
# Beside these, what the page shows of either.
PERSON_SHOWN = (
    "name",
    "sex",
    "birth_date",
    "id_type",
    "id_number",
    "relation",
    "ethnicity",
    "phone",
    "marital_status",
    "education",
    "schooling",
    "health",
    "disability_category",
    "labour_capacity",
    "work_place",
    "joined_on",
    "join_reason",
    "left_on",
    "leave_reason",
)
HOUSEHOLD_SHOWN = (
    "villager_group",
    "address",
    "phone",
    "bank_name",
    "bank_account",
    "poverty_standard",
    "poverty_cause",
    "attribute",
    "exit_mark",
    "member_count",
    "registered_on",
)


def said(record: Any, *names: str) -> str:
    """As a page shows it: personal numbers masked, unknown empty."""
    values = [
        MASKS[name](getattr(record, name)) if name in MASKS else written(getattr(record, name))
        for name in names
    ]
    return "　".join(str(value) for value in values if value)


def side_by_side(one: Any, other: Any, names: Sequence[str]) -> list[tuple[str, str, str, bool]]:
    """(label, one's, the other's, whether they differ); what both leave empty is left out."""
    rows = []
    for name in names:
        mine, theirs = said(one, name), said(other, name)
        if mine or theirs:
            # Two masks may look alike: the values themselves are held against each other.
            rows.append((label(one, name), mine, theirs, getattr(one, name) != getattr(other, name)))
    return rows


class Different(forms.Form):
    """不是同一人. The fingerprint is that of the data the page showed."""

    fingerprint = forms.CharField(
        widget=forms.HiddenInput, error_messages={"required": "页面不完整，请重新打开"}
    )
    reason = remark("不是同一人的依据", required=True, help_text="写明怎么核实的：入户、派出所户籍、双胞胎等")
    reason.widget.attrs["class"] = "wfull"


class PersonMerging(RelatingForm):
    """One record stays (`kept`), the other (`dropped`) leaves its household as 重复录入. `household`, whose
    version the page showed, is that of the record dropped."""

    def __init__(
        self,
        *args: Any,
        pair: Duplicate,
        kept: Person,
        dropped: Person,
        others: Sequence[Person],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.pair, self.kept, self.dropped, self.others = pair, kept, dropped, list(others)
        self.fields["on"].label = "合并日期"
        self.fields["reason"] = remark("合并依据", required=True, help_text="写明怎么核实是同一人的")
        self.fields["fingerprint"] = forms.CharField(widget=forms.HiddenInput, initial=pair.fingerprint)
        self.fields["keep"] = forms.CharField(widget=forms.HiddenInput, initial=kept.number)
        self.differing = [
            name
            for name, together in CHOSEN.items()
            if any(getattr(kept, one) != getattr(dropped, one) for one in together)
        ]
        for name in self.differing:
            ours, theirs = (said(person, *CHOSEN[name]) or "空" for person in (kept, dropped))
            self.fields[f"take_{name}"] = forms.ChoiceField(
                label=label(kept, name),
                choices=[(OURS, f"保留的：{ours}"), (THEIRS, f"去掉的：{theirs}")],
                initial=OURS if getattr(kept, name) not in (None, "", ()) else THEIRS,
                widget=forms.RadioSelect,
                error_messages={"required": "请选留哪一条的"},
            )
        self.asks_head = dropped.is_head and bool(self.others)
        if self.asks_head:
            self.fields["new_head"] = one_of("去掉的一条是户主，那一户的新户主", self.others)
            self.relate(self.others)

    @property
    def sheets(self) -> list[tuple[str, list[forms.BoundField]]]:
        found = [("办理", [self["on"], self["reason"]])]
        if self.differing:
            found.insert(0, ("两条不同的，留哪一条的", [self[f"take_{name}"] for name in self.differing]))
        if self.asks_head:
            found.append(("新户主", [self["new_head"]]))
        return found

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        head = next((one for one in self.others if one.pk == asked.get("new_head")), None)
        self.new_head, self.new_relations = head, {}
        if head is not None:
            self.new_relations = self.relations(head, self.others, [self.dropped, *self.others])
        return asked

    @property
    def taken(self) -> dict[str, Any]:
        return {
            one: getattr(self.dropped, one)
            for name in self.differing
            if self.cleaned_data[f"take_{name}"] == THEIRS
            for one in CHOSEN[name]
        }


def households_of(pair: Duplicate) -> list[Household]:
    """One, or both."""
    return (
        [pair.one.household]
        if pair.one.household_id == pair.other.household_id
        else [
            pair.one.household,
            pair.other.household,
        ]
    )
