"""The code lists of the register (data/codes.csv): the word is stored, codes and aliases are only read."""

import re
from pathlib import Path

from office import codes

CODES = codes.load(Path(__file__).parent / "data" / "codes.csv")
_OLD = re.compile("kept for old records|early forms only")


def old_words(name: str) -> frozenset[str]:
    """Words of a list that only old records have (codes.csv, note): never offered."""
    return frozenset(code.label for code in CODES[name].codes if _OLD.search(code.note))
