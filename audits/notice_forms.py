"""Forms around a notice: putting it up, photos of it, an objection from its public page, the county's switch."""

from typing import Any

from django import forms

from areas.models import Level
from audits.models import Notice
from audits.procedures import TABLES, ListKind
from audits.views.refusing import SeenForm
from office import attachments
from office.file_fields import Files, choose_again
from office.form_fields import HalfWidthChars

TELEPHONE = r"^[0-9+（）()\-－、， 转]{5,40}$"
WHOLE = "0"
# The procedures that put anything up.
POSTED = [str(kind) for kind, versions in TABLES.items() if list(versions[-1].postings())]
ACCEPT = "image/jpeg,image/png"


class PhotoField(Files):
    def __init__(self, **options: Any) -> None:
        super().__init__(kinds=attachments.PHOTOS, accept=ACCEPT, **options)


class PostingForm(SeenForm):
    """`levels` are those at which no sheet hangs yet; where there is one, nothing is asked."""

    level = forms.ChoiceField(label="张贴级别", widget=forms.RadioSelect)
    place = HalfWidthChars(
        label="张贴地点",
        max_length=100,
        widget=forms.TextInput(attrs={"class": "w24", "autocomplete": "off", "placeholder": "村务公开栏"}),
        error_messages={"required": "请写明张贴地点", "max_length": "张贴地点不超过 100 个字"},
    )
    telephone = forms.RegexField(
        TELEPHONE,
        label="监督电话",
        max_length=40,
        strip=True,
        help_text="印在公示表上，供群众反映异议；用单位电话",
        widget=forms.TextInput(attrs={"class": "w18", "autocomplete": "off", "inputmode": "tel"}),
        error_messages={"required": "请填供群众反映的电话", "invalid": "电话只能有数字、括号、横线和“转”"},
    )
    photo = PhotoField(
        label="张贴照片",
        required=False,
        help_text="拍到整张表和张贴的地方；满期前还可以补传，没有照片不能通过",
    )

    def __init__(self, *args: Any, levels: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.use_required_attribute = False
        field: Any = self.fields["level"]
        field.choices = [(level, str(Level(level).label)) for level in levels]
        field.error_messages = {"required": "请选择张贴级别", "invalid_choice": "这一级已经张贴或不用张贴"}
        if len(levels) == 1:
            field.widget = forms.HiddenInput()
            self.initial.setdefault("level", levels[0])

    def full_clean(self) -> None:
        super().full_clean()
        choose_again(self, "photo")


class PhotosForm(SeenForm):
    photo = PhotoField(label="补传照片", help_text="首日、末日各拍一张；JPEG 或 PNG")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.use_required_attribute = False
        self.fields["photo"].widget.attrs["class"] = "wfull"


class PublicObjectionForm(forms.Form):
    """What anybody may write against a notice; name and contact are the writer's to give or not."""

    row = forms.ChoiceField(label="对哪一户（村）")
    text = forms.CharField(
        label="反映的情况",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5, "cols": 72}),
        help_text="写明事实和依据。不要写任何人的证件号码、病情",
        error_messages={"required": "请写明反映的情况", "max_length": "不超过 1000 个字"},
    )
    raised_by = forms.CharField(
        label="姓名",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"class": "w8", "autocomplete": "name"}),
        error_messages={"max_length": "姓名不超过 40 个字"},
    )
    contact = forms.CharField(
        label="联系方式",
        required=False,
        max_length=40,
        help_text="留下才能把书面答复送到；只有办理人能看到",
        widget=forms.TextInput(attrs={"class": "w18", "autocomplete": "tel"}),
        error_messages={"max_length": "联系方式不超过 40 个字"},
    )

    def __init__(self, data: Any, *, notice: Notice) -> None:
        super().__init__(data)
        self.use_required_attribute = False
        village = notice.audit_list.kind == ListKind.VILLAGE_EXIT
        name = 1 if village else 2
        rows = [(str(row[0]), f"{row[0]}　{row[name]}") for row in notice.sheet]
        field: Any = self.fields["row"]
        field.choices = [("", "请选择"), *rows, (WHOLE, "整份名单，或没有列上的户（村）")]
        field.error_messages = {"required": "请选择对哪一户（村）", "invalid_choice": "公示表上没有这一行"}

    @property
    def row_number(self) -> int | None:
        """The row of the sheet; None for the list as a whole."""
        return int(self.cleaned_data["row"]) or None


class PublicSwitchForm(forms.Form):
    """Which procedures of the county have public pages while a notice runs."""

    kinds = forms.MultipleChoiceField(
        label="公开网页",
        required=False,
        choices=[(kind, ListKind(kind).label) for kind in POSTED],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "没有“%(value)s”这一项"},
    )
