"""The whole system on one machine: a local AWS, a stand-in identity provider, a live view."""

import infra as _infra  # noqa: F401 - importing it makes the function's contract importable
