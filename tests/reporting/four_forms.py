"""The same report read back from what an office gets: the page as HTML, the workbook, the csv and the json as bytes.

Each is read by its own words and places, by no code that wrote it, into {(row code, column key): Decimal, words or None}.
"""

import csv
import io
import json
import re
from decimal import Decimal
from html.parser import HTMLParser

import openpyxl

NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
Cells = dict[tuple[str, str], Decimal | str | None]


def plain(value) -> Decimal | str | None:
    """A number in whatever way it is written (−12, ＋800, 1,234.50, 3.0), words as they are, nothing for a blank."""
    if value is None or value == "":
        return None
    if isinstance(value, int | float | Decimal):
        return Decimal(str(value))
    bare = value.replace("−", "-").replace("＋", "").replace(",", "")
    return Decimal(bare) if NUMBER.fullmatch(bare) else value


class _Table(HTMLParser):
    """The body of the report's table: of each line the texts of its cells with the address that each opens."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[list[tuple[str, str | None]]] = []
        self._inside = self._in_cell = self._in_mark = False
        self._text, self._url = "", None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "table":
            self._plan = "plan" in (given.get("class") or "").split()
        elif tag == "tbody":
            self._inside = self._plan
        elif self._inside and tag == "tr":
            self.lines.append([])
        elif self._inside and tag in ("td", "th"):
            self._in_cell, self._text, self._url = True, "", None
        elif self._in_cell and tag == "a":
            self._url = given["href"]
        elif self._in_cell and tag == "span":
            self._in_mark = True

    def handle_endtag(self, tag):
        if tag == "tbody":
            self._inside = False
        elif tag == "span":
            self._in_mark = False
        elif self._in_cell and tag in ("td", "th"):
            self.lines[-1].append((self._text, self._url))
            self._in_cell = False

    def handle_data(self, data):
        # ① beside a marked figure is no part of it.
        if self._in_cell and not self._in_mark:
            self._text += data


def page(client, run, rows: dict[str, str], blocks) -> tuple[Cells, dict[tuple[str, str], str | None]]:
    """From the pages of all its blocks, as this client gets them: what stands in each cell, and what it opens."""
    cells: Cells = {}
    opened: dict[tuple[str, str], str | None] = {}
    for block in blocks:
        answer = client.get(f"/reports/runs/{run}/", {"block": block.key})
        assert answer.status_code == 200, (block.key, answer.status_code)
        table = _Table()
        table.feed(answer.content.decode())
        lines = [(code, name, *line) for code, name in rows.items() for line in block.line_keys()]
        assert len(table.lines) == len(lines), block.key
        for number, ((code, name, word, keys), found) in enumerate(zip(lines, table.lines, strict=True)):
            lead = [name] if number % len(block.line_keys()) == 0 else []
            lead += [word] if word else []
            assert [text for text, _ in found[: len(lead)]] == lead, block.key
            for key, (text, url) in zip(keys, found[len(lead) :], strict=True):
                cells[code, key], opened[code, key] = plain(text), url
    return cells, opened


def workbook(data: bytes, rows: dict[str, str], blocks) -> Cells:
    book, cells = openpyxl.load_workbook(io.BytesIO(data)), Cells()
    for block, sheet in zip(blocks, book.worksheets, strict=False):
        assert sheet.title == (block.sheet or block.word)
        at, lead = 3 + max(len(column.path) for column in block.columns), 2 if block.lines else 1
        for code, name in rows.items():
            for number, (word, keys) in enumerate(block.line_keys()):
                if number == 0:
                    assert str(sheet.cell(at, 1).value).strip("　 ") == name, (block.key, code)
                assert not word or sheet.cell(at, 2).value == word
                for place, key in enumerate(keys, lead + 1):
                    cells[code, key] = plain(sheet.cell(at, place).value)
                at += 1
    return cells


def csv_file(data: bytes) -> Cells:
    lines = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    return {(one["row"], one["column"]): plain(one["value"]) for one in lines}


def json_file(data: bytes) -> Cells:
    return {(one["row"], one["column"]): plain(one["value"]) for one in json.loads(data)["cells"]}


def downloads(client, run) -> dict[str, bytes]:
    """By the word of its kind what the client gets for each file of the run."""
    found = {}
    for file in run.files.all():
        answer = client.get(f"/reports/files/{file.pk}/")
        found[file.format] = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return found
