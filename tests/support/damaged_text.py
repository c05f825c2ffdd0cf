"""What editors, word processors, email, terminals and people do to a text on its way."""

import json
import quopri
import textwrap
from collections.abc import Callable

CHANGES: list[Callable[[str], str]] = [
    lambda text: text.replace("\n", "\\n"),
    lambda text: text.replace("\\n", "\n"),
    lambda text: text.replace("\n", "\r\n"),
    lambda text: text.replace("\n", " "),
    lambda text: text.replace("\n", ""),
    lambda text: text.replace(" KEY-----", "\nKEY-----"),
    lambda text: text.replace(" ", ""),
    lambda text: text.replace(" ", "\u00a0"),
    lambda text: text.replace("-", "\u2011"),
    lambda text: text.replace("-----", "\u2014\u2014-"),
    lambda text: text.replace('"', "\u201d"),
    lambda text: text.replace('"', "'"),
    lambda text: text.replace("END RSA", "END"),
    lambda text: text.replace("-----END", "-----end"),
    lambda text: text.replace("PRIVATE", "PUBLIC"),
    lambda text: text.replace(": ", "="),
    lambda text: text.replace("}", ",}"),
    lambda text: textwrap.indent(text, "> "),
    lambda text: quopri.encodestring(text.encode("utf-8", "replace")).decode(),
    lambda text: "\n".join(textwrap.wrap(text, 70)),
    lambda text: text[: len(text) * 9 // 10],
    lambda text: text * 40,
    lambda text: f"{{{text}",
    lambda text: f"[{text}]",
    str.lower,
    json.dumps,
]
