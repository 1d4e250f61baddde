"""The schematic tile map of an area's parts: a tile each in the order of the codes, shaded by a chosen figure (pure).

The grid is automatic, since areas hold no place of their own. Darker is where more is left to do. Each step has its
word, so that it reads without colour; the bounds of 贫困发生率 are those of the plans: under 2 % a village may leave
(004 二章四节二(二)), from 30 % on it is 深度贫困 (002 二章九节2).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

PERSONS, INCIDENCE, PROGRESS = "persons", "incidence", "progress"
SHADES = {PERSONS: "在册贫困人口", INCIDENCE: "贫困发生率", PROGRESS: "本年退出进度"}
UNKNOWN = "x"
WORDS = {
    PERSONS: ("没有", "少", "较少", "中等", "较多", "多"),
    INCIDENCE: ("没有", "很低", "较低", "中等", "高", "深度贫困"),
    PROGRESS: ("", "完成", "接近完成", "过半", "未过半", "刚开始"),
}
MISSING = {PERSONS: "", INCIDENCE: "缺农村人口", PROGRESS: "没有计划"}
INCIDENCE_BOUNDS = (Decimal(2), Decimal(5), Decimal(10), Decimal(30))
PROGRESS_BOUNDS = (Decimal(100), Decimal(75), Decimal(50), Decimal(25))
# A tile is 160 wide and 100 high; names longer than 6 and 9 signs are set smaller.
TILE, LONG, LONGER = (160, 100), 6, 9
# A sheet of A3 between its margins, less the title and the key, in tenths of millimetres; A1 is the same, doubled.
# Where the tiles are grouped, the names of the groups stand at the left.
SHEET_WIDTH, SHEET_HEIGHT, NAMES, BETWEEN, GAP = 4000, 2120, 320, 20, 3
FEWEST, MOST = 3, 24


@dataclass(frozen=True)
class Scale:
    """The steps 1–5 begin above these bounds, rising for persons and incidence, falling for progress."""

    shade: str
    bounds: tuple[Decimal, ...]

    def step(self, value: Decimal | int | None) -> str:
        """ "0"–"5", or UNKNOWN."""
        if value is None:
            return UNKNOWN
        if self.shade == PROGRESS:
            return str(1 + sum(value < bound for bound in self.bounds))
        if value == 0:
            return "0"
        return str(1 + sum(value >= bound for bound in self.bounds))

    def word(self, step: str) -> str:
        return MISSING[self.shade] if step == UNKNOWN else WORDS[self.shade][int(step)]

    def key(self) -> list[tuple[str, str, str]]:
        """(step, word, range) of every step, lightest first, the unknown last."""
        low = [f"{bound:f}" for bound in self.bounds]
        if self.shade == PROGRESS:
            ranges = [f"{low[0]}%以上", *(f"{low[i]}%至不到{low[i - 1]}%" for i in (1, 2, 3))]
            ranges.append(f"不到{low[3]}%")
            steps = "12345"
        elif self.shade == INCIDENCE:
            ranges = ["0", f"不到{low[0]}%", *(f"{low[i]}%至不到{low[i + 1]}%" for i in range(3))]
            ranges.append(f"{low[3]}%以上")
            steps = "012345"
        else:
            ends = [*(int(bound) - 1 for bound in self.bounds)]
            ranges = ["0", f"1—{ends[0]} 人", *(f"{low[i]}—{ends[i + 1]} 人" for i in range(3))]
            ranges.append(f"{low[3]} 人以上")
            steps = "012345"
        found = [(step, self.word(step), said) for step, said in zip(steps, ranges, strict=True)]
        return found + ([(UNKNOWN, self.word(UNKNOWN), "")] if MISSING[self.shade] else [])


def scale(shade: str, values: Sequence[Decimal | int | None]) -> Scale:
    """Of incidence and progress the bounds are fixed, of persons four round ones up to the highest figure."""
    if shade == INCIDENCE:
        return Scale(shade, INCIDENCE_BOUNDS)
    if shade == PROGRESS:
        return Scale(shade, PROGRESS_BOUNDS)
    width = round_step(max((int(value) for value in values if value is not None), default=0))
    return Scale(shade, tuple(Decimal(width * times) for times in (1, 2, 3, 4)))


def round_step(most: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 … of which five reach the highest figure."""
    step = 1
    while True:
        for width in (step, 2 * step, 5 * step):
            if width * 5 >= most:
                return width
        step *= 10


@dataclass(frozen=True)
class Tile:
    """`figure` opens `list_url`, the name `url`; `mark` says whether it is or has key villages."""

    name: str
    url: str
    figure: str
    list_url: str | None
    word: str
    under: str
    mark: str
    step: str
    out: bool = False

    @property
    def size(self) -> str:
        """The class of the name's size."""
        return "" if len(self.name) <= LONG else "long" if len(self.name) <= LONGER else "longer"


@dataclass(frozen=True)
class TileGroup:
    """`name` is empty where the tiles are not grouped; `said` are the words for what the group comes to."""

    name: str
    url: str
    said: tuple[str, ...] = ()
    tiles: list[Tile] = field(default_factory=list)


@dataclass(frozen=True)
class TileMap:
    groups: list[TileGroup]
    scale: Scale
    title: str

    @property
    def count(self) -> int:
        return sum(len(group.tiles) for group in self.groups)

    @property
    def columns(self) -> int:
        """As few columns as let the whole stand on one sheet, so that the tiles are as large as can be."""
        return columns([len(group.tiles) for group in self.groups], grouped=len(self.groups) > 1)

    @property
    def many(self) -> bool:
        return self.count > 60

    @property
    def across(self) -> int:
        """On the screen few tiles stand in even rows of five or six; 0 leaves it to the width."""
        if len(self.groups) > 1 or self.count > 24:
            return 0
        rows = -(-self.count // 6)
        return max(5, -(-self.count // rows)) if rows else 0


def columns(sizes: Sequence[int], *, grouped: bool) -> int:
    room = SHEET_WIDTH - (NAMES if grouped else 0)
    for found in range(FEWEST, MOST):
        width = (room - GAP * (found - 1)) // found
        rows = sum(-(-size // found) for size in sizes)
        if rows * (width * TILE[1] // TILE[0] + GAP) + BETWEEN * len(sizes) <= SHEET_HEIGHT:
            return found
    return MOST
