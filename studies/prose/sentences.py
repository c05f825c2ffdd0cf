"""The sentences of a Python file as Markdown: docstrings, comments and texts in strings.

Each sentence stands on the line that it has in the source, so that a linter's line number is the
source's line number.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

WORDS_OF_A_MESSAGE = 4
"""A string with fewer words is a name or a label, and not a sentence."""

_DIRECTIVE = re.compile(r"#\s*(?:noqa|type:|fmt:|pragma|mypy:|ruff:|!)")
_DRAWN = re.compile("[├└│]|={3}|-{3}")
"""A paragraph with one of these is a tree or a table."""


def markdown_of(source: str, *, messages: bool = True) -> str:
    """The sentences of ``source``, each on its own line number; other lines are empty.

    Without ``messages``, only docstrings and comments: the strings of tests are test data.
    """
    tree = ast.parse(source)
    lines = [""] * (source.count("\n") + 1)
    found = [*_docstrings(tree), *_comments(source), *(_messages(tree) if messages else ())]
    for first, text in found:
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


def _docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and (text := _text(node.value)):
            yield node.lineno, _paragraphs(text, node.col_offset)


def _messages(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Texts of one line. Several lines are a program in another language, or a file."""
    seen: set[ast.AST] = set()
    for node in ast.walk(tree):  # parents come before their children
        if isinstance(node, ast.Expr):
            seen.add(node.value)
        elif isinstance(node, ast.Constant | ast.JoinedStr) and node not in seen:
            seen.update(ast.walk(node))
            text = _text(node).strip()
            if "\n" not in text and len(text.split()) >= WORDS_OF_A_MESSAGE:
                yield node.lineno, f"- {text}"


def _text(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) or "`…`" for part in parts)
    return ""


def _paragraphs(text: str, indentation: int) -> str:
    """The docstring, line by line, without the indentation of the code and without drawings."""
    lines = re.sub(rf"^ {{,{indentation}}}", "", text, flags=re.MULTILINE)
    parts = re.split(r"(\n\s*\n)", lines)
    return "".join("\n" * part.count("\n") if _DRAWN.search(part) else part for part in parts)
