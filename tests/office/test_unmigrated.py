"""A command in a folder that was never migrated says so: exit code 1, one sentence, no trace."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "command", [["check_register"], ["verify_trail"], ["report", "exit-tally", "--year", "2017"]]
)
def test_a_command_without_tables_says_what_to_do(tmp_path, command):
    outside = ("DATABASE_URL", "REDIS_URL", "PRODUCTION")
    kept = {name: value for name, value in os.environ.items() if name not in outside}
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={**kept, "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1 and "manage.py migrate" in done.stderr
    assert "Traceback" not in done.stderr and not done.stdout
