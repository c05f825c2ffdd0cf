"""The sentences of a Python file as Markdown: docstrings, comments and texts in strings.

Each sentence stands on the line that it has in the source, so that a linter's line number is the
source's line number.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

WORDS_OF_A_TEXT = 4
"""A string with fewer words is a name or a label, and not a sentence."""

_DIRECTIVE = re.compile(r"#\s*(?:noqa|type:|fmt:|pragma|mypy:|ruff:|!)")
_DRAWN = re.compile("[├└│]|={3}|-{3}")
"""A paragraph with one of these is a tree or a table."""


def markdown_of(source: str) -> str:
    """The sentences of ``source``, each on its own line number; other lines are empty."""
    lines = [""] * (source.count("\n") + 1)
    for first, text in [*_strings(ast.parse(source)), *_comments(source)]:
        for number, line in enumerate(text.splitlines(), first - 1):
            lines[number] = line.rstrip()
    return "\n".join(lines)


def _comments(source: str) -> Iterator[tuple[int, str]]:
    """Comments. A block of comment lines is one paragraph, as it is read."""
    continues = -1
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT or _DIRECTIVE.match(token.string):
            continue
        line, column = token.start
        alone = not token.line[:column].strip()
        start = "  " if alone and continues == line else "- "
        continues = line + 1 if alone else -1
        yield line, start + token.string.lstrip("#: ")


def _strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    inside_others: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inside_others.update(ast.walk(node))
            inside_others.discard(node)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and _text(node.value):
            inside_others.add(node.value)
            yield node.lineno, _docstring(_text(node.value), node.col_offset)
        elif node not in inside_others and isinstance(node, ast.Constant | ast.JoinedStr):
            text = _text(node).strip()
            # several lines are a program for another language or a file's content
            if "\n" not in text and len(text.split()) >= WORDS_OF_A_TEXT:
                yield node.lineno, f"- {text}"


def _text(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) or "`…`" for part in parts)
    return ""


def _docstring(text: str, indentation: int) -> str:
    """The docstring, line by line, without the indentation of the code and without drawings."""
    lines = re.sub(rf"^ {{,{indentation}}}", "", text, flags=re.MULTILINE)
    parts = re.split(r"(\n\s*\n)", lines)
    return "".join("\n" * part.count("\n") if _DRAWN.search(part) else part for part in parts)
