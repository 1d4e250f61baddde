"""The lowest area that holds the whole register."""

from django.db.models import Max, Min

from areas.models import Area
from households.models import StatusEvent


def register_area() -> Area | None:
    """The county in a county's deployment, a city or province where several share it; None without events."""
    levels = ("village", "town", "county")
    ends = StatusEvent.objects.aggregate(
        **{f"low_{level}": Min(f"{level}_id") for level in levels},
        **{f"high_{level}": Max(f"{level}_id") for level in levels},
    )
    for level in levels:
        if ends[f"low_{level}"] is not None and ends[f"low_{level}"] == ends[f"high_{level}"]:
            return Area.objects.select_related("parent").get(pk=ends[f"low_{level}"])
    counties = Area.objects.filter(pk__in=StatusEvent.objects.values("county_id").distinct())
    lines = [{above.pk: above for above in county.ancestors()} for county in counties]
    if not lines:
        return None
    shared = set.intersection(*(set(line) for line in lines))
    return next((area for pk, area in reversed(lines[0].items()) if pk in shared), None)
