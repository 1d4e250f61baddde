"""Code lists: official words kept as data, and the model fields that store them.

An app keeps its lists in `<app>/data/codes.csv` (list,code,label,aliases,valid_from,note,source). The
word (label) is what is stored and shown; a code or an alias is only another way to write it. An alias
like `F:02` is the code of the source F and is read only from a file of that source.
"""

from __future__ import annotations

import csv
import datetime
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django import forms
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import models
from django.db.models.lookups import Contains

SEPARATOR = "|"
# look §6: a choice of more than five is a select, up to five are buttons side by side.
BUTTONS_UP_TO = 5


def as_written(text: object) -> str:
    """The text as it is compared: NFKC (full-width to half-width) and trimmed."""
    return unicodedata.normalize("NFKC", str(text)).strip()


@dataclass(frozen=True)
class Code:
    """One line of a list. `aliases` are plain, `sourced` are (source, code) pairs."""

    code: str
    label: str
    aliases: tuple[str, ...] = ()
    sourced: tuple[tuple[str, str], ...] = ()
    valid_from: datetime.date | None = None
    note: str = ""
    source: str = ""


@dataclass(frozen=True)
class CodeList:
    name: str
    codes: tuple[Code, ...]
    _plain: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    _sourced: dict[str, dict[str, str]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Labels win over aliases and aliases over codes, should the same text stand twice.
        for code in self.codes:
            self._plain.setdefault(as_written(code.label), code.label)
        for code in self.codes:
            for alias in code.aliases:
                self._plain.setdefault(as_written(alias), code.label)
            for source, written in code.sourced:
                self._sourced.setdefault(source, {})[as_written(written)] = code.label

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(code.label for code in self.codes)

    def __contains__(self, word: object) -> bool:
        return any(code.label == word for code in self.codes)

    def read(self, text: object, source: str = "") -> str | None:
        """The word meant by a label, an alias or a code; None when the list does not know the text.

        With `source` its own codes are read first; a source that has codes of its own in this list is
        never read by ours, which count differently.
        """
        written = as_written(text if text is not None else "")
        theirs = self._sourced.get(source, {})
        found = theirs.get(written) or self._plain.get(written)
        if found is None and not theirs:
            found = next((code.label for code in self.codes if code.code == written), None)
        return found

    def code_of(self, word: str) -> str:
        """The code of a word; KeyError when the list does not have it."""
        for code in self.codes:
            if code.label == word:
                return code.code
        raise KeyError(word)


class CodeLists(dict[str, CodeList]):
    """The lists of one app by name; a name that is not there says so."""

    def __init__(self, app: str, lists: Iterable[CodeList]) -> None:
        super().__init__({each.name: each for each in lists})
        self.app = app

    def __missing__(self, name: str) -> CodeList:
        raise KeyError(f"{self.app}/data/codes.csv has no list {name}")


def _line(row: dict[str, str]) -> Code:
    plain, sourced = [], []
    for alias in filter(None, (part.strip() for part in row["aliases"].split(";"))):
        source, colon, written = alias.partition(":")
        if colon and len(source) == 1 and source.isascii() and source.isupper():
            sourced.append((source, written))
        else:
            plain.append(alias)
    since = row["valid_from"]
    return Code(
        code=row["code"],
        label=row["label"],
        aliases=tuple(plain),
        sourced=tuple(sourced),
        valid_from=datetime.date.fromisoformat(since) if since else None,
        note=row["note"],
        source=row["source"],
    )


@cache
def load(path: Path) -> CodeLists:
    """The lists of `<app>/data/codes.csv`, read once; the app is known by the folder above `data`."""
    lines: dict[str, list[Code]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            lines.setdefault(row["list"], []).append(_line(row))
    return CodeLists(path.parent.parent.name, (CodeList(name, tuple(codes)) for name, codes in lines.items()))


def lists_of(app: str) -> CodeLists:
    """The lists of an installed app."""
    return load(Path(apps.get_app_config(app).path) / "data" / "codes.csv")


class _Coded(models.Field):
    """What both fields share: they keep the app and the name of a list, never its words.

    Migrations so hold `lists="<app>", list_name="<name>"`; a changed list makes no migration.
    """

    def __init__(
        self, lists: CodeLists | str, list_name: str, verbose_name: Any = None, **options: Any
    ) -> None:
        self.lists = lists if isinstance(lists, str) else lists.app
        self.list_name = list_name
        if not isinstance(lists, str) and list_name not in lists:
            raise ImproperlyConfigured(f"{lists.app}/data/codes.csv has no list {list_name}")
        super().__init__(verbose_name, **options)

    @property
    def code_list(self) -> CodeList:
        return lists_of(self.lists)[self.list_name]

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, _, options = super().deconstruct()
        return name, path, [], {"lists": self.lists, "list_name": self.list_name, **options}

    def word_of(self, text: object) -> str:
        """The word of a text; ValidationError when the list does not know it."""
        word = self.code_list.read(text)
        if word is None:
            raise ValidationError(f"“{text}”不在“{self.verbose_name}”的规定选项内", code="unknown_word")
        return word

    def _pairs(self) -> list[tuple[str, str]]:
        return [(word, word) for word in self.code_list.words]


class CodeField(_Coded, models.CharField):
    """One word of a list. `clean` turns a code or alias into its word and refuses any other text."""

    def __init__(
        self, lists: CodeLists | str, list_name: str, verbose_name: Any = None, **options: Any
    ) -> None:
        options.setdefault("max_length", 60)
        super().__init__(lists, list_name, verbose_name, **options)

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        if value not in self.empty_values:
            value = self.word_of(value)
        return super().clean(value, model_instance)

    def formfield(self, **options: Any) -> Any:  # type: ignore[override]
        few = len(self.code_list.words) <= BUTTONS_UP_TO
        unset = [] if few and not self.blank else [("", "未填" if few else "")]
        defaults: dict[str, Any] = {
            "label": self.verbose_name,
            "help_text": self.help_text,
            "required": not self.blank,
            "choices": lambda: [*unset, *self._pairs()],
            "coerce": str,
            "empty_value": None if self.null else "",
            "widget": forms.RadioSelect if few else forms.Select,
        }
        if self.has_default():
            defaults["initial"] = self.get_default()
        return forms.TypedChoiceField(**{**defaults, **options})


class CodesField(_Coded, models.TextField):
    """Several words of a list as a tuple, stored as `|a|b|` in the order of the list; empty is `()`.

    `filter(health__holds="残疾")` finds the rows that have the word among others.
    """

    empty_strings_allowed = True

    def __init__(
        self, lists: CodeLists | str, list_name: str, verbose_name: Any = None, **options: Any
    ) -> None:
        options.setdefault("default", ())
        super().__init__(lists, list_name, verbose_name, **options)

    def to_python(self, value: Any) -> tuple[str, ...]:
        if isinstance(value, str):
            return tuple(part for part in value.split(SEPARATOR) if part)
        return tuple(value) if value else ()

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> tuple[str, ...]:
        return self.to_python(value)

    def get_prep_value(self, value: Any) -> str:
        words = self.to_python(value)
        return f"{SEPARATOR}{SEPARATOR.join(words)}{SEPARATOR}" if words else ""

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj))

    def clean(self, value: Any, model_instance: models.Model | None) -> tuple[str, ...]:
        said = {self.word_of(text) for text in self.to_python(value)}
        ordered = tuple(word for word in self.code_list.words if word in said)
        return super().clean(ordered, model_instance)

    def formfield(self, **options: Any) -> Any:  # type: ignore[override]
        defaults: dict[str, Any] = {
            "label": self.verbose_name,
            "help_text": self.help_text,
            "required": not self.blank,
            "choices": self._pairs,
            "coerce": str,
            "empty_value": (),
            "widget": forms.CheckboxSelectMultiple,
        }
        if self.has_default():
            defaults["initial"] = self.get_default()
        return forms.TypedMultipleChoiceField(**{**defaults, **options})


@CodesField.register_lookup
class Holds(Contains):
    """The word is one of those stored."""

    lookup_name = "holds"

    def get_prep_lookup(self) -> str:
        return f"{SEPARATOR}{self.rhs}{SEPARATOR}"

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        return connection.operators["contains"] % rhs
