"""A logging filter that removes tokens from logs, at any level.

It is for HTTP libraries that log headers at DEBUG. The reader itself already hides botocore's
output during a read.

for handler in logging.getLogger().handlers:
    handler.addFilter(HideTokens())
"""

import logging
import re
import traceback
from typing import Final

from token_reader.reader import held_tokens

HIDDEN: Final = "***"

_BEARER: Final = re.compile(r"(?i)(\bbearer\s+)[A-Za-z0-9._~+/-]+=*")


class HideTokens(logging.Filter):
    """Replaces bearer tokens, and all tokens of this process's readers, with ``***``.

    Add it to handlers: a logger's filter does not apply to child loggers.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Changes the record. Returns True."""
        message = record.getMessage()
        hidden = _hide(message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        if record.exc_info and not record.exc_text:
            record.exc_text = _hide("".join(traceback.format_exception(*record.exc_info)).rstrip())
        return True


def _hide(text: str) -> str:
    text = _BEARER.sub(rf"\g<1>{HIDDEN}", text)
    for token in held_tokens():
        text = text.replace(token, HIDDEN)
    return text
