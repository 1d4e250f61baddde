"""What every record kept for a household has in common: it is seen where its household is seen."""

from collections.abc import Collection

from django.db import models
from simple_history.models import HistoricalRecords

from office.pii import KeyedIndexField


class OfHousehold(models.Model):
    area_lookups = {
        "county": "household__county_id",
        "town": "household__town_id",
        "village": "household__village_id",
    }

    class Meta:
        abstract = True


def versions(*unsought: str) -> HistoricalRecords:
    """The history of a record that is loaded by the thousand: found by the record or its household, so that the
    fields named here, indexed in the record itself, are not indexed again in every version of it.

    Users are never deleted: a version needs no constraint to keep its own.
    """
    return HistoricalRecords(user_db_constraint=False, no_db_index=unsought)


def money(label: str) -> models.DecimalField:
    """Yuan with two decimals; blank is unknown, not nought."""
    return models.DecimalField(label, max_digits=12, decimal_places=2, null=True, blank=True)


def measure(label: str) -> models.DecimalField:
    """㎡, 亩 or 公里 with two decimals; blank is unknown."""
    return models.DecimalField(label, max_digits=9, decimal_places=2, null=True, blank=True)


def yes_no(label: str) -> models.BooleanField:
    """是 or 否; blank is unknown, not 否 (codes.csv, list yes_no)."""
    return models.BooleanField(label, null=True, blank=True)


def whole(label: str) -> models.PositiveSmallIntegerField:
    """A small count or a calendar year; blank is unknown."""
    return models.PositiveSmallIntegerField(label, null=True, blank=True)


def typed_fields(record: models.Model, kept: Collection[str] = ()) -> set[str]:
    """Columns that a person fills in, with their search keys: what an ordinary save writes.

    Columns kept by events are not editable and left alone, so that a form that was opened before an
    event cannot undo it; `kept` names further ones.
    """
    return {
        field.name
        for field in record._meta.concrete_fields
        if field.name not in kept
        and (field.editable or isinstance(field, KeyedIndexField))
        and not field.primary_key
    }
