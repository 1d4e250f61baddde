"""Another machine of the same office: nothing in common with the first but the two databases and the file store."""

import os
from collections.abc import Sequence
from pathlib import Path

from tests.soak.processes import ROOT, Server

KEYS = ("secret_key", "pii_key", "pii_index_key")


class Machine(Server):
    """web, worker and beat of one machine: its own DATA_DIR, working and temporary folder, its own node name."""

    def __init__(self, first: Server, name: str) -> None:
        folder = first.folder / name
        folder.mkdir()
        super().__init__(folder, first.cluster)
        self.name, self.redis_port = name, first.redis_port
        self.cwd, self.scratch = folder / "work", folder / "tmp"
        for each in (self.cwd, self.scratch):
            each.mkdir()
        self.environment |= {
            **{key.upper(): (first.data / "keys" / key).read_text().strip() for key in KEYS},
            "REDIS_URL": first.environment["REDIS_URL"],
            "FILE_STORE": str(first.data / "files"),
            "TMPDIR": str(self.scratch),
            "PYTHONPATH": str(ROOT),
            "OFFICE_DAY": "2018-11-20",
        }

    def words(self, name: str) -> Sequence[str]:
        return [word.replace(f"{name}@%h", f"{name}@{self.name}") for word in super().words(name)]

    def pids(self, name: str) -> set[str]:
        """Of the process and its children, as a job says who works on it."""
        parent = self.running[name].pid
        found = {str(parent)}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[1] == str(parent):
                found.add(stat.parent.name)
        return found

    def own_files(self) -> set[str]:
        """What lies in its folders, logs aside."""
        return {
            os.path.relpath(path, self.folder)
            for path in self.folder.rglob("*")
            if path.is_file() and path.suffix != ".log"
        }
