"""Sign-in, password, users and duties. Form fields keep their models' names."""

import datetime
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import Duty, User
from accounts.roles import LEVELS, Capability, Role
from areas.models import Area
from office.days import written
from office.form_fields import Day, SearchWord


class SignInForm(AuthenticationForm):
    """One message for an unknown name, a wrong password and a disabled user."""

    error_messages = {
        "invalid_login": "用户名或密码不正确",
        "inactive": "用户名或密码不正确",
    }
    username = forms.CharField(
        label="用户名",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True, "class": "w18"}),
    )
    password = forms.CharField(
        label="密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "w18"}),
    )


PASSWORD_RULES = {
    "password_too_short": "密码至少 %(min_length)d 个字符",
    "password_too_common": "这个密码太常见，容易被猜到",
    "password_entirely_numeric": "密码不能全是数字",
    "password_too_similar": "密码不能与用户名或姓名相近",
}


def _in_words(error: ValidationError) -> ValidationError:
    """Django's Chinese lacks some of these sentences."""
    return ValidationError(
        PASSWORD_RULES.get(error.code or "", error.message), code=error.code, params=error.params
    )


class PasswordForm(forms.Form):
    """The present password and the new one twice."""

    password = forms.CharField(
        label="现在的密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "w18"}),
    )
    new_password = forms.CharField(
        label="新密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "w18"}),
    )
    again = forms.CharField(
        label="再输一次新密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "w18"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise ValidationError("现在的密码不正确")
        return password

    def clean_new_password(self) -> str:
        new: str = self.cleaned_data["new_password"]
        if new == self.cleaned_data.get("password"):
            raise ValidationError("新密码不能与现在的相同")
        try:
            validate_password(new, self.user)
        except ValidationError as error:
            raise ValidationError([_in_words(one) for one in error.error_list]) from error
        return new

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new_password") and data.get("again") and data["new_password"] != data["again"]:
            self.add_error("again", "两次输入的新密码不一致")
        return data


class CodeForm(forms.Form):
    """The code of the moment from the phone, or a recovery code from paper."""

    code = forms.CharField(
        label="验证码",
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "class": "w8"}
        ),
        error_messages={"required": "请填验证码"},
    )


class UserForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["username", "display_name"]
        widgets = {
            "username": forms.TextInput(attrs={"autocomplete": "off", "class": "w8"}),
            "display_name": forms.TextInput(attrs={"autocomplete": "off", "class": "w8"}),
        }


class AreaChoice(forms.ModelChoiceField):
    def label_from_instance(self, area: Any) -> str:
        above = area.parent
        return (
            f"{area.name}（{above.name}）"
            if above is not None and area.level in ("town", "village")
            else area.name
        )


class DutyForm(forms.ModelForm):
    """A duty within the area that the security administrator keeps; the third gate is the restricted choice."""

    area = AreaChoice(
        label="区域",
        queryset=Area.objects.none(),
        empty_label="请选择",
        error_messages={"invalid_choice": "只能选择本人管理范围内的区域"},
        widget=forms.Select(attrs={"class": "w18"}),
    )

    class Meta:
        model = Duty
        fields = ["role", "unit", "area", "start_on", "end_on"]
        widgets = {
            "role": forms.Select(attrs={"class": "w8"}),
            "unit": forms.Select(attrs={"class": "w8"}),
        }
        field_classes = {"start_on": Day, "end_on": Day}

    def __init__(self, keeper: User, *args: Any, on: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = {level for allowed in LEVELS.values() for level in allowed}
        kept = Area.objects.filter(keeper.areas_of(Capability.USERS_MANAGE), level__in=levels)
        area, role = self.fields["area"], self.fields["role"]
        assert isinstance(area, forms.ModelChoiceField) and isinstance(role, forms.ChoiceField)
        area.queryset = kept.valid_on(on).select_related("parent").order_by("code")
        role.choices = [("", "请选择"), *Role.choices]
        self.fields["unit"].help_text = "角色是部门时选"
        self.fields["start_on"].initial = on

    def _post_clean(self) -> None:
        """The model checks the duty in User.grant, under the lock of that user."""


class TrailFilter(forms.Form):
    """Day, person (name or user name, in part) and action of the trail."""

    day = Day(label="日期", required=False)
    person = SearchWord(
        label="操作人", required=False, max_length=40, widget=forms.TextInput(attrs={"class": "w8"})
    )
    action = SearchWord(
        label="操作", required=False, max_length=60, widget=forms.TextInput(attrs={"class": "w8"})
    )


class TrailArchiveForm(forms.Form):
    """Up to which day, itself included, the rows go into the next archive, which begins with row `number` of the
    day `since` (None: there is none); only whole days that are over."""

    until = Day(label="归档到哪一天")

    def __init__(
        self, *args: Any, today: datetime.date, number: int, since: datetime.date | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._today, self._number, self._since = today, number, since
        # The last day of the month before.
        self.fields["until"].initial = today.replace(day=1) - datetime.timedelta(days=1)

    def clean_until(self) -> datetime.date:
        until: datetime.date = self.cleaned_data["until"]
        if until >= self._today:
            raise forms.ValidationError("只能归档已经过完的日子，请填今天以前的日期")
        if self._since is None:
            raise forms.ValidationError("日志都已归档")
        if until < self._since:
            raise forms.ValidationError(
                f"这一天及以前没有还没归档的日志：下一份从第 {self._number} 条开始，那一条是{written(self._since)}的"
            )
        return until
