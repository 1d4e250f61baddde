"""docs/threats.md is whole and true: every item has its row, every test it names exists, its sums are right."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs/threats.md").read_text()
# How many of each letter the catalogue has; S and F of the quality bars come first.
QUALITY = {"S": 6, "F": 7}
CATALOGUE = {"A": 15, "B": 10, "C": 8, "D": 13, "E": 14, "F": 8, "G": 7, "H": 11, "I": 6, "J": 5}
NOT_SHOWN = ("部分", "尚无", "不适用")


def rows(text: str = TEXT) -> list[tuple[str, str]]:
    """(number, proof) in the order of the tables."""
    return re.findall(r"^\| ([A-Z]\d+) \| [^|]+ \| ([^|]*) \|$", text, re.MULTILINE)


def standing(proof: str) -> str:
    """已证, or what the row says is missing."""
    note = proof.split("<br>")[-1]
    return next((word for word in NOT_SHOWN if note.startswith(word)), "已证")


@cache
def names_in(file: str) -> set[str]:
    path = ROOT / "tests" / file
    if not path.exists() or not path.name.startswith("test_"):
        return set()
    return {node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}


def test_every_item_has_its_row_in_order():
    numbers = [number for number, _ in rows()]
    assert sum(CATALOGUE.values()) == 97
    assert numbers == [
        f"{letter}{place}"
        for part in (QUALITY, CATALOGUE)
        for letter, count in part.items()
        for place in range(1, count + 1)
    ]


def test_every_row_names_tests_that_exist_or_says_what_is_missing():
    for number, proof in rows():
        named = re.findall(r"`([\w/]+\.py)::(\w+)`", proof)
        assert named or standing(proof) in ("尚无", "不适用"), number
        missing = [name for file, name in named if not name.startswith("test_") or name not in names_in(file)]
        assert not missing, (number, missing)


def test_the_sums_are_those_of_the_rows():
    found = Counter(standing(proof) for _, proof in rows()[sum(QUALITY.values()) :])
    told = dict(re.findall(r"(已证|部分|尚无|不适用) (\d+) 条", TEXT))
    assert {word: int(count) for word, count in told.items()} == {
        word: found[word] for word in ("已证", *NOT_SHOWN)
    }


def test_the_net_finds_a_row_that_lies():
    assert rows("| A1 | 甲 | `test_x.py::test_y`<br>部分：乙 |\n") == [
        ("A1", "`test_x.py::test_y`<br>部分：乙")
    ]
    assert standing("`test_x.py::test_y`<br>部分：乙") == "部分" and names_in("test_x.py") == set()
