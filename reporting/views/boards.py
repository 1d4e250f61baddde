"""`/dashboards/` and `/wall/…`: the board of an area, and the three 挂图 (R300) as sheets for the wall."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import SignedIn
from accounts.roles import Capability
from areas.models import Level
from office import clock
from reporting.board import campaign, dashboard, ground, pairing
from reporting.board.asked import PAPERS, Asked
from reporting.board.ground import Ground
from reporting.board.shading import tile_map
from reporting.board.tiles import SHADES
from reporting.definitions import exit_tally
from reporting.lists import work_list
from reporting.report import ReportRefused, Request

BOARD = "reporting:dashboard"
DISTRIBUTION, CAMPAIGN, PAIRING = (
    "reporting:wall-distribution",
    "reporting:wall-campaign",
    "reporting:wall-pairing",
)
WALLS = {DISTRIBUTION: "贫困人口分布图", CAMPAIGN: "脱贫攻坚作战图", PAIRING: "结对帮扶图"}
VILLAGE, CHILD = "village", "child"
BY = {VILLAGE: "各村", CHILD: "各镇街"}


@require_safe
def board(request: SignedIn) -> HttpResponse:
    asked = Asked(request.user, request.GET, clock.today())
    shade = asked.chosen("shade", SHADES)

    def figures(of: Request) -> dict[str, Any]:
        found = dashboard.of(of, shade, lambda code: asked.address(BOARD, code), asked.today)
        return {"board": found, "map": found.map, **_parts(asked, BOARD, found.ground)}

    return _page(request, asked, BOARD, "reporting/dashboard.html", figures)


@require_safe
def distribution(request: SignedIn) -> HttpResponse:
    """A tile a village of a county or town, else a direct child, with households, persons and key villages."""
    asked = Asked(request.user, request.GET, clock.today())
    shade = asked.chosen("shade", SHADES)
    county = asked.area.level == Level.COUNTY
    by = BY if county and not ground.many_villages(asked.area) else {}

    def figures(of: Request) -> dict[str, Any]:
        exit_tally.registered(of)
        found = ground.of(of, by_village=bool(by) and asked.chosen("by", by) == VILLAGE)
        return {
            "ground": found,
            "map": tile_map(found, shade, lambda code: asked.address(DISTRIBUTION, code)),
            "shade": SHADES[shade],
            **_parts(asked, DISTRIBUTION, found),
        }

    ways = asked.choices(DISTRIBUTION, "by", by) if by else []
    return _page(request, asked, DISTRIBUTION, "reporting/wall_distribution.html", figures, by=ways)


@require_safe
def war(request: SignedIn) -> HttpResponse:
    """Targets, what is done and what is left, key villages and who answers for them, a line a part."""
    asked = Asked(request.user, request.GET, clock.today(), Capability.WORK_VIEW)

    def figures(of: Request) -> dict[str, Any]:
        found = campaign.of(of)
        lines = [
            (
                line,
                "" if line.whole else asked.address(CAMPAIGN, line.part.area.code),
                work_list("posts", line.part.area.code, group="三级包联", held="在岗"),
            )
            for line in found.lines
        ]
        return {
            "war": found,
            "lines": lines,
            "parts_word": dashboard.parts_word(asked.area, found.ground.level),
        }

    return _page(request, asked, CAMPAIGN, "reporting/wall_campaign.html", figures)


@require_safe
def pairs(request: SignedIn) -> HttpResponse:
    """Villages with their teams and the units that help, as the records stand today."""
    today = clock.today()
    asked = Asked(request.user, request.GET, today, Capability.WORK_VIEW)
    scopes = pairing.SCOPES if asked.area.level == Level.COUNTY else {pairing.ALL: "全部村"}
    found = pairing.of(asked.area, today, asked.chosen("of", scopes))
    lines = [(line, asked.address(PAIRING, line.area.code)) for line in found.parts]
    context = {
        "pairing": found,
        "lines": lines,
        "scopes": asked.choices(PAIRING, "of", scopes) if len(scopes) > 1 else [],
        "parts_word": dashboard.parts_word(asked.area, ground.BELOW.get(asked.area.level, Level.VILLAGE)),
        **_around(asked, PAIRING),
    }
    return render(request, "reporting/wall_pairing.html", context)


def _page(
    request: SignedIn,
    asked: Asked,
    page: str,
    template: str,
    figures: Callable[[Request], dict[str, Any]],
    **more: Any,
) -> HttpResponse:
    """With the figures, or with the reason why there are none."""
    context = {**_around(asked, page), **more}
    if asked.request is None:
        return render(request, template, context, status=422)
    try:
        context |= figures(asked.request)
    except ReportRefused as refusal:
        context["refused"] = str(refusal)
        context["steps"] = [
            (one, asked.address(page, one.code)) for one in asked.area.parts(asked.request.as_of)
        ]
    return render(request, template, context)


def _parts(asked: Asked, page: str, found: Ground) -> dict[str, Any]:
    """The lines of the table under a tile map, each with the address of its own board."""
    return {
        "leads": [(part, asked.address(page, part.area.code)) for part in found.parts],
        "parts_word": dashboard.parts_word(asked.area, found.level),
    }


def _around(asked: Asked, page: str) -> dict[str, Any]:
    paper = asked.chosen("paper", PAPERS)
    able = asked.user.capabilities()

    def opens(wall: str) -> bool:
        return wall == DISTRIBUTION or Capability.WORK_VIEW in able

    return {
        "area": asked.area,
        "asked": asked.request,
        "form": asked.form,
        "above": [(one, asked.address(page, one.code)) for one in asked.above()],
        "shades": asked.choices(page, "shade", SHADES),
        "papers": asked.choices(page, "paper", PAPERS),
        "paper": paper,
        "paper_word": PAPERS[paper],
        "board_url": asked.address(BOARD),
        "walls": [(name, asked.address(key), key == page) for key, name in WALLS.items() if opens(key)],
        "wall": WALLS.get(page, ""),
    }
