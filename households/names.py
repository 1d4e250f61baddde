"""Names as they are searched (pure): one form for all spellings, initials, and the grams of the name index.

Grams are every two and every three characters that stand together, 王小兰: 王小, 小兰, 王小兰, and the first two, three
and four initials: wx, wxl. They are looked up by equality, which an index answers in any database and locale; there
is no pattern, so % and _ are themselves. What is longer is found by its first and its last gram.
"""

import unicodedata
from functools import lru_cache
from itertools import islice, product

from pypinyin import Style, lazy_pinyin

SHORTEST, LONGEST = 2, 4
SIZES = (2, 3)  # characters of a gram of the name itself
INITIALS = (2, 3, 4)  # and of its initials
# 阿依古丽·买买提 is written with whatever dot the keyboard has, or with none; what is pasted may hold signs that nobody
# sees: of no width, of the direction of writing, of where a word may be parted.
DOTS = "·•．・‧∙⋅。.﹒᛫ "
UNSEEN = (
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
LEFT_OUT = dict.fromkeys(map(ord, DOTS + UNSEEN))
# Characters read otherwise as a surname than elsewhere: their initials as a surname.
SURNAMES = {
    "单": "s",
    "解": "x",
    "查": "z",
    "仇": "q",
    "曾": "z",
    "区": "o",
    "朴": "p",
    "种": "c",
    "翟": "z",
    "乐": "y",
    "员": "y",
    "秘": "b",
    "折": "s",
    "召": "s",
    "覃": "qt",
    "隗": "wk",
    "郗": "xc",
    "谌": "cs",
    "句": "g",
    "繁": "p",
    "祭": "z",
    "阚": "k",
    "尉": "w",
    "盖": "g",
    "么": "y",
    "车": "c",
    "石": "s",
    "洗": "x",
    "冼": "x",
    "都": "d",
    "重": "c",
    "长": "z",
    "朝": "c",
    "盛": "s",
    "万": "w",
    "哈": "h",
    "适": "k",
    "晁": "c",
    "宿": "s",
    "弗": "f",
    "缪": "m",
    "宁": "n",
}
DOUBLE_SURNAMES = {
    "单于": ("c", "y"),
    "尉迟": ("y", "c"),
    "万俟": ("m", "q"),
    "长孙": ("z", "s"),
    "澹台": ("t", "t"),
    "令狐": ("l", "h"),
    "宿勤": ("s", "q"),
}
# Characters of given names that are read in two ways: found by either.
BOTH_WAYS = {
    "长": "cz",
    "乐": "ly",
    "朝": "cz",
    "重": "cz",
    "行": "xh",
    "传": "cz",
    "盛": "sc",
    "晟": "sc",
    "茜": "xq",
    "藏": "cz",
    "曾": "zc",
    "单": "ds",
    "解": "jx",
    "查": "zc",
    "召": "zs",
    "奇": "qj",
    "秘": "mb",
    "卜": "b",
    "石": "s",
}
MOST_READINGS = 8


def searched(text: str) -> str:
    """The form in which a name is stored and asked for: NFKC, small letters, without blanks, dots and signs unseen."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return plain if plain.isalnum() else "".join(plain.translate(LEFT_OUT).split())


def initials(name: str) -> set[str]:
    """First letters of the name's pinyin, as 王小兰 wxl; several where a character is read in several ways."""
    return _initials(searched(name))


def _initials(plain: str) -> set[str]:
    ways: list[str] = [BOTH_WAYS.get(letter) or _letter(letter) for letter in plain]
    if plain[:2] in DOUBLE_SURNAMES:
        ways[:2] = DOUBLE_SURNAMES[plain[:2]]
    elif plain[:1] in SURNAMES:
        ways[0] = SURNAMES[plain[0]]
    if all(len(way) <= 1 for way in ways):
        reading = "".join(ways)
        return {reading} if len(reading) >= SHORTEST else set()
    readings = ("".join(reading) for reading in product(*(way for way in ways if way)))
    return {reading for reading in islice(readings, MOST_READINGS) if len(reading) >= SHORTEST}


def grams(name: str) -> set[str]:
    """Everything the name is found by."""
    plain = searched(name)
    parts = {plain[start : start + size] for size in SIZES for start in range(len(plain) - size + 1)}
    return parts | {
        reading[:size] for reading in _initials(plain) for size in INITIALS if len(reading) >= size
    }


def asked_grams(asked: str) -> set[str]:
    """The grams that a name with this in it has; empty for less than two characters."""
    plain = searched(asked)
    if len(plain) < SHORTEST:
        return set()
    size = LONGEST if plain.isascii() else max(SIZES)
    return {plain[:size]} if plain.isascii() else {plain[:size], plain[-size:]}


def holds(name: str, asked: str) -> bool:
    """What is asked for stands in the name, or begins its initials."""
    plain = searched(asked)
    return plain in searched(name) or any(reading.startswith(plain) for reading in initials(name))


@lru_cache(maxsize=8192)
def _letter(letter: str) -> str:
    if letter.isascii():
        return letter
    return "".join(lazy_pinyin(letter, style=Style.FIRST_LETTER, errors="ignore"))[:1]
