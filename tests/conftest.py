"""What holds for every test: signals, hypothesis profiles, and caches of what takes long."""

import functools
import gc
import os
import signal
from collections.abc import Iterator
from datetime import timedelta

import pytest
from botocore.loaders import JSONFileLoader
from hypothesis import HealthCheck, settings

from token_rotator.credential import private_key

# A shell starts background jobs with SIGINT ignored, and children inherit that: the tests that send
# it to a program would wait in vain. https://docs.python.org/3/library/signal.html#signal.SIGINT
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# more than half of the time of a synthesis; tests/infra/test_synth.py validates
os.environ.setdefault("CDK_VALIDATION", "false")

# on a busy machine, an example that takes milliseconds may take seconds
settings.register_profile("short", max_examples=150, deadline=timedelta(seconds=10))
settings.register_profile(
    "long",
    max_examples=20_000,
    deadline=timedelta(seconds=10),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("short")


@pytest.fixture(scope="session", autouse=True)
def _each_file_and_key_is_loaded_once() -> Iterator[None]:
    """OpenSSL checks a key by primality tests; botocore's service models are large."""
    gc.freeze()  # the tests' imports: each full collection would visit them, for half a second
    with pytest.MonkeyPatch.context() as patch:
        read = functools.cache(JSONFileLoader().load_file)
        patch.setattr(JSONFileLoader, "load_file", lambda _, path: read(path))
        load = vars(private_key)["load_der_private_key"]
        patch.setitem(vars(private_key), "load_der_private_key", functools.lru_cache(64)(load))
        yield
