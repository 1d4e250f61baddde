"""A copy of a size's register for what changes it; thrown away afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from tests.bench.places import Place


@dataclass(frozen=True)
class Copy(Place):
    """A copy of a size's register with the keys of its data folder, thrown away afterwards."""

    more: tuple[tuple[str, str], ...] = ()

    @property
    def database_url(self) -> str:
        address = urlsplit(super().database_url)
        return urlunsplit(address._replace(path=f"{address.path}_busy"))

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, **dict(self.more)}

    def given(self, **more: str) -> "Copy":
        return replace(self, more=tuple(more.items()))

    def _on_server(self, *statements: str) -> None:
        server = psycopg2.connect(urlunsplit(urlsplit(self.database_url)._replace(path="/postgres")))
        server.autocommit = True
        with server.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        server.close()

    @contextmanager
    def made(self) -> Iterator["Copy"]:
        own, source = (urlsplit(each).path.lstrip("/") for each in (self.database_url, super().database_url))
        drop = f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)'
        self._on_server(drop, f'CREATE DATABASE "{own}" TEMPLATE "{source}"')
        try:
            yield self
        finally:
            self._on_server(drop)

    def sheet(self) -> Path:
        """As many new households as there are, for the villages of this register; kept between runs."""
        path = self.folder / "busy.xlsx"
        if not path.exists():
            self.given(BENCH_FILE=str(path), BENCH_HOUSEHOLDS=str(self.size)).measured("import_file")
        return path
