"""The code lists of house renovation (data/codes.csv): the word is stored, codes and aliases are only read."""

from pathlib import Path

from office import codes

CODES = codes.load(Path(__file__).parent / "data" / "codes.csv")
