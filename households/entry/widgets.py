"""Widgets of the entry sheet, written without a template each: a sheet of twenty members has 1 200 of them."""

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

CHOSEN, TICKED = mark_safe(" selected"), mark_safe(" checked")


class Text(forms.TextInput):
    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        shown = self.format_value(value)
        given = {"type": "text", "name": name, **self.build_attrs(self.attrs, attrs)}
        if shown is not None:
            given["value"] = shown
        return format_html("<input{}>", flatatt(given))


class Choice(forms.Select):
    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = set(self.format_value(value))
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((key, CHOSEN if str(key) in chosen else "", label) for key, label in self.choices),
        )
        return format_html(
            "<select{}>{}</select>", flatatt({"name": name, **self.build_attrs(self.attrs, attrs)}), options
        )


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
