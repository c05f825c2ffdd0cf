"""token_reader.testing, which is for the unit tests of the library's users."""

import pytest

from token_reader import AccessDenied, AsyncTokenReader, TokenExpired, TokenUnavailable
from token_reader.testing import FakeTokenReader


def test_it_holds_the_token_that_the_test_names():
    reader = FakeTokenReader("abc")

    assert reader.authorization_header() == {"Authorization": "Bearer abc"}


def test_a_newer_token_is_found_by_a_forced_read_and_when_it_is_due():
    reader = FakeTokenReader("one")
    reader.get()
    reader.publish("two")
    assert reader.get().value == "one"
    assert reader.refresh(force=True).value == "two"

    reader.publish("three")
    reader.advance(seconds=240)
    assert reader.get().value == "three"


def test_an_expired_token():
    reader = FakeTokenReader()
    reader.get()

    reader.advance(seconds=300)

    with pytest.raises(TokenExpired):
        reader.get()


@pytest.mark.parametrize(
    ("code", "error"),
    [("AccessDeniedException", AccessDenied), ("ThrottlingException", TokenUnavailable)],
)
def test_failures_until_the_next_publish(code: str, error: type[Exception]):
    reader = FakeTokenReader()
    reader.fail(code)
    with pytest.raises(error):
        reader.get()

    reader.publish("back")
    reader.advance(seconds=5)

    assert reader.get().value == "back"


@pytest.mark.anyio
async def test_it_serves_coroutines():
    assert (await AsyncTokenReader(FakeTokenReader("abc")).get()).value == "abc"
