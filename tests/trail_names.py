"""Under which names the program writes rows of the trail, read from its sources: what stands first in a call of
`trail.record`, followed to whoever hands it over."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("reporting", "audits", "measures", "households", "villages", "accounts", "office", "areas")
Function = ast.FunctionDef | None


@cache
def trees() -> dict[Path, ast.Module]:
    paths = [
        path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts
    ]
    return {path: ast.parse(path.read_text()) for path in paths}


def called(call: ast.Call) -> str:
    """The last word of what is called: record of trail.record."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


@cache
def calls() -> list[tuple[Path, Function, ast.Call]]:
    """Every call of the program with the function around it."""
    found = []

    def walk(path: Path, node: ast.AST, function: Function) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Call):
                found.append((path, function, child))
            walk(path, child, child if isinstance(child, ast.FunctionDef) else function)

    for path, tree in trees().items():
        walk(path, tree, None)
    return found


def of_the_trail() -> Iterator[tuple[Path, Function, ast.Call]]:
    for path, function, call in calls():
        if ast.unparse(call.func) == "trail.record":
            yield path, function, call


def calls_of(home: Path, function: ast.FunctionDef) -> Iterator[tuple[Path, Function, ast.Call]]:
    """A method by its name; a function by its name where it is at home or imported, else behind its module's name."""
    module = ".".join(home.relative_to(ROOT).with_suffix("").parts)
    method = function.args.args[:1] and function.args.args[0].arg in ("self", "cls")
    for path, around, call in calls():
        if called(call) != function.name:
            continue
        if isinstance(call.func, ast.Attribute):
            owner = ast.unparse(call.func.value)
            if method or (path != home and owner == home.stem):
                yield path, around, call
        elif path == home or function.name in imported(path, module):
            yield path, around, call


def imported(path: Path, module: str) -> set[str]:
    """What the file takes from the module, or from a package that gives on what is in it."""
    return {
        name.name
        for node in trees()[path].body
        if isinstance(node, ast.ImportFrom) and node.module and module.startswith(node.module)
        for name in node.names
    }


def given(home: Path, function: ast.FunctionDef, name: str) -> Iterator[tuple[Path, Function, ast.expr]]:
    """What callers hand over for this parameter."""
    positional = [each.arg for each in function.args.args if each.arg not in ("self", "cls")]
    for path, around, call in calls_of(home, function):
        yield from ((path, around, word.value) for word in call.keywords if word.arg == name)
        if name in positional[: len(call.args)]:
            yield path, around, call.args[positional.index(name)]


def assigned(node: ast.AST, name: str) -> Iterator[ast.expr]:
    for each in ast.walk(node):
        if isinstance(each, ast.Assign) and any(ast.unparse(target) == name for target in each.targets):
            yield each.value
        if isinstance(each, ast.AnnAssign) and ast.unparse(each.target) == name and each.value:
            yield each.value


def default(function: ast.FunctionDef, name: str) -> Iterator[ast.expr]:
    words = function.args
    pairs = [
        *zip(reversed(words.args), reversed(words.defaults), strict=False),
        *zip(words.kwonlyargs, words.kw_defaults, strict=True),
    ]
    yield from (value for word, value in pairs if word.arg == name and value)


def names(path: Path, function: Function, word: ast.expr, depth: int = 0) -> Iterator[str]:
    """The names that the expression stands for; "? place: expression" for what cannot be followed."""
    if depth > 6:
        return
    if isinstance(word, ast.Constant) and isinstance(word.value, str):
        yield word.value
        return
    if isinstance(word, ast.IfExp):
        yield from names(path, function, word.body, depth)
        yield from names(path, function, word.orelse, depth)
        return
    found = list(handed(path, function, word))
    for there, around, value in found:
        yield from names(there, around, value, depth + 1)
    if not found:
        yield f"? {path.relative_to(ROOT)}: {ast.unparse(word)}"


def handed(path: Path, function: Function, word: ast.expr) -> Iterator[tuple[Path, Function, ast.expr]]:
    """Where the value of a name comes from: the function itself, its callers, or the head of a module."""
    if isinstance(word, ast.Attribute):
        module = ast.unparse(word.value)
        heads = [home for home in trees() if home.stem == module] if "." not in module else []
        yield from ((home, None, value) for home in heads for value in assigned(trees()[home], word.attr))
    elif isinstance(word, ast.Name):
        inside = [(path, function, value) for value in assigned(function, word.id)] if function else []
        words = [each.arg for each in function.args.args + function.args.kwonlyargs] if function else []
        if inside:
            yield from inside
        elif function and word.id in words:
            yield from given(path, function, word.id)
            yield from ((path, None, value) for value in default(function, word.id))
        else:
            yield from ((path, None, value) for value in assigned(trees()[path], word.id))


def every_name() -> set[str]:
    return {name for path, function, call in of_the_trail() for name in names(path, function, call.args[0])}
