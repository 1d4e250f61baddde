"""The house stands as drawn: ten apps in one line, rooms named for what is in them."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINE = [
    "config",
    "demo",
    "reporting",
    "audits",
    "measures",
    "households",
    "villages",
    "accounts",
    "office",
    "areas",
]
GATHERERS = {"services", "utils", "helpers", "core", "common", "signals"}


def sources() -> list[Path]:
    return [path for app in LINE for path in sorted((ROOT / app).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("app", LINE)
def test_an_app_imports_only_those_to_its_right(app):
    left_of_it = set(LINE[: LINE.index(app)])
    wrong = {
        str(path.relative_to(ROOT)): sorted(imported(path) & left_of_it)
        for path in (ROOT / app).rglob("*.py")
        if imported(path) & left_of_it
    }
    assert not wrong


# What opens a connection to wherever it is told; redis and the database have their one address from the settings.
ASKS_ELSEWHERE = {
    "aiohttp", "asyncio", "ftplib", "http", "httpx", "imaplib", "nntplib", "poplib", "pycurl", "requests", "smtplib",
    "socket", "socketserver", "ssl", "telnetlib", "urllib3", "websockets", "xmlrpc",
}  # fmt: skip


def test_the_program_asks_no_address_that_somebody_typed():
    """No client of any protocol stands in it, so that there is nothing to be led elsewhere (SSRF)."""
    assert ASKS_ELSEWHERE & imported(ROOT / "office/job_run.py") == {"socket"}, "the net finds what is there"
    asking = {}
    for path in sources():
        text = path.read_text()
        found = ASKS_ELSEWHERE & imported(path) | set(
            re.findall(r"urllib\.request|urlopen|urlretrieve", text)
        )
        if set(re.findall(r"\bsocket\.(\w+)", text)) <= {"gethostname"}:
            found -= {"socket"}
        if found:
            asking[str(path.relative_to(ROOT))] = sorted(found)
    assert not asking


def test_no_room_gathers_anything():
    found = [str(path.relative_to(ROOT)) for path in sources() if GATHERERS & set(path.with_suffix("").parts)]
    assert not found


def test_no_import_hides_inside_a_function():
    hidden = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                hidden += [
                    f"{path.relative_to(ROOT)}:{inner.lineno}"
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.Import | ast.ImportFrom)
                ]
    assert not hidden


def test_a_file_over_400_lines_is_split_by_subject():
    long = {
        str(path.relative_to(ROOT)): count
        for path in [*sources(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "static").rglob("*.css")]
        if "migrations" not in path.parts and (count := len(path.read_text().splitlines())) > 400
    }
    assert not long


def test_templates_and_static_files_follow_the_app_names():
    rooms = {path.name for path in (ROOT / "templates").iterdir() if path.is_dir()}
    assert rooms <= {*LINE, "_"}


TRANSITION = re.compile(r"<form\b[^>]*\bdata-action=")
AS_PROMISED = re.compile(r'<form method="post" action="\{[^"]*\}" data-action="[a-z-]+"')


def test_a_transition_is_a_form_written_as_others_read_it():
    """method, absolute action, data-action, in this order and in double quotes (design, contract)."""
    templates = list((ROOT / "templates").rglob("*.html"))
    wrong = {
        str(path.relative_to(ROOT)): forms
        for path in templates
        if len(forms := TRANSITION.findall(text := path.read_text())) != len(AS_PROMISED.findall(text))
    }
    assert templates and not wrong


def test_nothing_reads_the_office_day_but_views_tasks_and_commands():
    """Time is an argument: a pure rule or a model method never asks the clock for today."""
    allowed = {"views", "commands", "jobs.py", "context.py", "middleware.py"}
    asking = []
    for path in sources():
        if allowed & {*path.parts, path.name} or path.parts[len(ROOT.parts)] in {"demo", "office"}:
            continue
        tree = ast.parse(path.read_text())
        asking += [
            str(path.relative_to(ROOT))
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "today"
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in {"clock", "date", "timezone"}
        ]
    assert set(asking) <= CLOCK_IN_MODELS


# A duty is valid today or not: the scope of the user who asks is the one place below the views that needs the day.
CLOCK_IN_MODELS = {"accounts/models.py"}
