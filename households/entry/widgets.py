"""Widgets of the entry sheet, written without a template each: a sheet of twenty members has 1 200 of them."""

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from households.entry.narrowing import Narrowed

CHOSEN, TICKED = mark_safe(" selected"), mark_safe(" checked")
REFUSED = mark_safe(" hidden disabled")


class Text(forms.TextInput):
    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        shown = self.format_value(value)
        given = {"type": "text", "name": name, **self.build_attrs(self.attrs, attrs)}
        if shown is not None:
            given["value"] = shown
        return format_html("<input{}>", flatatt(given))


class Choice(forms.Select):
    """`narrowed` says what cannot be chosen here and what will ask a reason; `before` is the saved word. What
    is chosen stays chosen: a hidden option that is chosen would not be sent."""

    narrowed = Narrowed()
    before = ""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = set(self.format_value(value))
        options = format_html_join(
            "",
            '<option value="{}"{}{}>{}{}</option>',
            (self._option(str(key), str(key) in chosen, str(label)) for key, label in self.choices),
        )
        return format_html(
            "<select{}>{}</select>", flatatt({"name": name, **self.build_attrs(self.attrs, attrs)}), options
        )

    def _option(self, key: str, chosen: bool, label: str) -> tuple[Any, ...]:
        refused = key in self.narrowed.refused
        aside = REFUSED if refused and not chosen and key != self.before else ""
        note = "（须写原因）" if key in self.narrowed.questioned else ""
        if refused and key == self.before:
            note = "（原值）"
        return key, CHOSEN if chosen else "", aside, label, note


class _Buttons:
    """Radio buttons or boxes side by side, each with its word."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        given = self.build_attrs(self.attrs, attrs)  # type: ignore[attr-defined]
        base = given.pop("id", "")
        chosen = set(self.format_value(value))  # type: ignore[attr-defined]
        return format_html(
            "<div>{}</div>",
            format_html_join(
                "",
                '<label for="{}"><input type="{}" name="{}" value="{}" id="{}"{}{}> {}</label>',
                (
                    (
                        f"{base}_{place}",
                        self.input_type,  # type: ignore[attr-defined]
                        name,
                        key,
                        f"{base}_{place}",
                        flatatt(given),
                        TICKED if str(key) in chosen else "",
                        label,
                    )
                    for place, (key, label) in enumerate(self.choices)  # type: ignore[attr-defined]
                ),
            ),
        )


class Buttons(_Buttons, forms.RadioSelect):
    pass


class Boxes(_Buttons, forms.CheckboxSelectMultiple):
    pass
