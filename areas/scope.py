"""Who sees which ground: a frozen scope, and querysets that start from nothing.

A scoped model names where its county, town and village stand:

    area_lookups = {"county": "county_id", "town": "town_id", "village": "village_id"}

and every view fetches through `.visible_to(request.user)`. No duty, no scope, no row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from areas.models import Area


class HasScope(Protocol):
    def area_scope(self) -> AreaScope: ...


@dataclass(frozen=True)
class AreaScope:
    """Ids of the areas that are seen whole, by level; what lies under them is seen too."""

    counties: frozenset[int] = frozenset()
    towns: frozenset[int] = frozenset()
    villages: frozenset[int] = frozenset()
    above: frozenset[int] = frozenset()  # cities and provinces seen whole; their counties are in `counties`
    everything: bool = False

    @classmethod
    def nothing(cls) -> AreaScope:
        return cls()

    @classmethod
    def whole(cls) -> AreaScope:
        """For the system itself: commands and invariants, never a user's request."""
        return cls(everything=True)

    @classmethod
    def of(cls, areas: Iterable[Area], closed: Sequence[tuple] | None = None) -> AreaScope:
        """The areas and all below them; who holds a successor sees the closed area as well.

        `closed`: Area.objects.succeeded() of who has asked for it already.
        """
        model: Any = None
        ids: dict[str, set[int]] = {
            level: set() for level in ("province", "city", "county", "town", "village")
        }
        for area in areas:
            model = type(area)
            ids[area.level].add(area.pk)
        if model is None:
            return cls.nothing()
        if ids["province"]:
            ids["city"].update(
                model.objects.filter(level="city", parent__in=ids["province"]).values_list("pk", flat=True)
            )
        if ids["city"]:
            ids["county"].update(
                model.objects.filter(level="county", parent__in=ids["city"]).values_list("pk", flat=True)
            )
        if closed is None:
            closed = model.objects.succeeded()
        while True:
            counties, towns, villages = (frozenset(ids[level]) for level in ("county", "town", "village"))
            scope = cls(counties, towns, villages, frozenset(ids["province"] | ids["city"]))
            # Closed areas are few, and every request asks: one plain question, the rest is looked up here.
            added = [
                (level, pk)
                for pk, level, *way, successor, over, over_that in closed
                if scope._holds(successor, over, over_that) and not scope._holds(pk, *way)
            ]
            if not added:
                return scope
            for level, pk in added:
                ids[level].add(pk)

    def _holds(self, area: int, parent: int | None, above_that: int | None) -> bool:
        """As area_q, of an area whose way up is known."""
        return (
            area in self.own or parent in self.counties or parent in self.towns or above_that in self.counties
        )

    def __bool__(self) -> bool:
        return self.everything or bool(self.own)

    @property
    def own(self) -> frozenset[int]:
        """The areas that are seen whole, of any level."""
        return self.counties | self.towns | self.villages | self.above

    def covers(self, area: Area) -> bool:
        """The area lies whole within the scope."""
        if self.everything:
            return True
        here: Area | None = area
        while here is not None:
            if here.pk in self.own:
                return True
            here = here.parent
        return False

    def q(self, lookups: dict[str, str]) -> Q:
        """Condition on a model whose county, town and village stand in columns of its own."""
        if self.everything:
            return Q()
        condition = Q(pk__in=())
        for level, ids in (("county", self.counties), ("town", self.towns), ("village", self.villages)):
            if ids:
                condition |= Q(**{f"{lookups[level]}__in": ids})
        return condition

    def area_q(self, to: str = "") -> Q:
        """Condition on a foreign key `to` an Area of any level (empty: on Area itself)."""
        if self.everything:
            return Q()
        prefix = f"{to}__" if to else ""
        towns_up = self.counties | self.towns
        condition = Q(**{f"{prefix}pk__in": self.own})
        if towns_up:
            condition |= Q(**{f"{prefix}parent__in": towns_up})
        if self.counties:
            condition |= Q(**{f"{prefix}parent__parent__in": self.counties})
        return condition


class ScopedQuerySet(models.QuerySet[Any, Any]):
    """Rows of an area. Models with one foreign key to an Area of any level set `area_field` instead."""

    model: Any

    def in_scope(self, scope: AreaScope) -> Any:
        lookups = getattr(self.model, "area_lookups", None)
        if lookups:
            return self.filter(scope.q(lookups))
        return self.filter(scope.area_q(self.model.area_field))

    def visible_to(self, user: HasScope | AnonymousUser) -> Any:
        """Nobody, who has not signed in, sees no row."""
        scope = AreaScope.nothing() if isinstance(user, AnonymousUser) else user.area_scope()
        return self.in_scope(scope)

    def in_area(self, area: Area | None) -> Any:
        """Rows of exactly this area and what lies below it; None is the whole deployment.

        Unlike a scope, a closed predecessor does not count: old figures stay with the old area.
        """
        if area is None:
            return self
        lookups = getattr(self.model, "area_lookups", None)
        if lookups and area.level in lookups:
            return self.filter(**{lookups[area.level]: area.pk})
        if lookups:
            up = "__parent" if area.level == "city" else "__parent__parent"
            return self.filter(**{f"{lookups['county'].removesuffix('_id')}{up}": area.pk})
        field = self.model.area_field
        return self.filter(
            Q(**{field: area.pk})
            | Q(**{f"{field}__parent": area.pk})
            | Q(**{f"{field}__parent__parent": area.pk})
            | Q(**{f"{field}__parent__parent__parent": area.pk})
            | Q(**{f"{field}__parent__parent__parent__parent": area.pk})
        )
