"""The arguments and attributes of ``TokenRotator`` as tables, from its signature and docstrings."""

import ast
import inspect
import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Final

from local import ROOT
from studies.reference.docstrings import described
from studies.reference.tables import table
from token_rotator_cdk.constructs.token_rotator import TokenRotator

PAGE: Final = "docs/reference/construct.md"

FOR_TESTS: Final = {"code"}
"""Arguments that are not documented and not promised."""


def arguments() -> str:
    """The arguments of the construct, but for the scope and the id."""
    rows = (_argument(one, default) for one, default in _keywords() if one.arg not in FOR_TESTS)
    return _linked(table(("argument", "type", "default", "what it is"), rows))


def attributes() -> str:
    """The attributes of the construct that have a docstring."""
    names = [name for name in TokenRotator.__annotations__ if not name.startswith("_")]
    return _table("attribute", ((name, described(TokenRotator, name)) for name in names))


def methods() -> str:
    """The methods of the construct."""
    found = (
        (f"{name}({', '.join(_parameters(method))})", described(TokenRotator, name))
        for name, method in vars(TokenRotator).items()
        if inspect.isfunction(method) and not name.startswith("_")
    )
    return _table("method", found)


def _table(heading: str, rows: Iterable[tuple[str, str]]) -> str:
    cells = ((f"`{name}`", meaning) for name, meaning in rows)
    return _linked(table((heading, "what it is"), cells))


def _argument(argument: ast.arg, default: ast.expr | None) -> tuple[str, ...]:
    meaning, _, otherwise = _documented(argument.arg).partition(" Default: ")
    if default is None:
        otherwise = "(required)"
    elif not otherwise:
        otherwise = f"`{ast.unparse(default)}`" if ast.unparse(default) != "()" else "none"
    kind = ast.unparse(argument.annotation).removesuffix(" | None") if argument.annotation else ""
    return f"`{argument.arg}`", f"`{kind}`", otherwise.rstrip("."), meaning


def _keywords() -> Iterator[tuple[ast.arg, ast.expr | None]]:
    (definition,) = ast.parse(inspect.getsource(TokenRotator)).body
    assert isinstance(definition, ast.ClassDef)
    (made,) = (
        one
        for one in definition.body
        if isinstance(one, ast.FunctionDef) and one.name == "__init__"
    )
    return zip(made.args.kwonlyargs, made.args.kw_defaults, strict=True)


def _documented(argument: str) -> str:
    text = inspect.getdoc(TokenRotator.__init__) or ""
    found = re.search(rf"^:param {argument}: (.*?)(?=^:param |\Z)", text, re.M | re.S)
    if found is None:
        raise KeyError(f"TokenRotator.__init__ does not document {argument}")
    said = re.sub(r"``(.*?)``", r"`\1`", " ".join(found[1].split()))
    return said if said.startswith("`") else said[0].upper() + said[1:]


def _parameters(method: object) -> Iterator[str]:
    assert callable(method)
    for name, parameter in [*inspect.signature(method).parameters.items()][1:]:
        yield f"**{name}" if parameter.kind is inspect.Parameter.VAR_KEYWORD else name


def _linked(text: str) -> str:
    """Paths of pages become links that say the page's title."""
    return re.sub(r"(docs/[\w/.-]+\.md)(#[\w-]+)?", _link, text)


def _link(found: re.Match[str]) -> str:
    title = (ROOT / found[1]).read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
    path = posixpath.relpath(found[1], posixpath.dirname(PAGE))
    return f"[{title}]({path}{found[2] or ''})"
