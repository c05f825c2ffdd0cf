"""Authentication for requests: ``session.auth = RequestsAuth(reader)``."""

from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from requests.cookies import extract_cookies_to_jar

from token_reader.access_token import AccessToken
from token_reader.auth import HEADER, UNAUTHORIZED, replacement
from token_reader.reader import TokenReader


class RequestsAuth(AuthBase):
    """Sets the Authorization header. After a 401, repeats the request once with a newer token.

    Returns the 401 if no newer token is published, if the rejected request did not send this
    reader's token to the intended host, or if the body is a stream, which cannot be sent twice.
    Raises TokenError if there is no usable token.
    """

    def __init__(self, reader: TokenReader) -> None:
        self._reader = reader

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Called by requests before it sends a request."""
        sent = _Sent(self._reader, request.url)
        request.headers[HEADER] = sent.token.authorization
        request.register_hook("response", sent.handle_response)
        return request


class _Sent:
    """A token that was sent to one host."""

    def __init__(self, reader: TokenReader, url: str | None) -> None:
        self.token: AccessToken = reader.get()
        self._reader = reader
        self._host = _host(url)
        self._repeated = False

    def handle_response(self, response: requests.Response, **kwargs: Any) -> requests.Response:
        """The response hook of requests, also called for redirects."""
        if not self._may_repeat(response) or not (newer := replacement(self._reader, self.token)):
            return response
        self._repeated = True
        # like requests.auth.HTTPDigestAuth: read the body, release the connection, send again
        response.content  # noqa: B018
        response.close()
        rejected = response.request
        rejected.headers[HEADER] = newer.authorization  # requests copies it to redirects
        repeated_request = rejected.copy()
        extract_cookies_to_jar(repeated_request._cookies, rejected, response.raw)  # type: ignore[arg-type]  # noqa: SLF001
        repeated_request.prepare_cookies(repeated_request._cookies)  # noqa: SLF001
        new_response = response.connection.send(repeated_request, **kwargs)
        new_response.history.append(response)
        new_response.request = repeated_request
        return new_response

    def _may_repeat(self, response: requests.Response) -> bool:
        """Whether the intended host rejected our token, and the body can be sent again.

        On a redirect to another host, requests removes the header or replaces it with that host's
        ``.netrc`` credentials.
        """
        rejected = response.request
        return (
            response.status_code == UNAUTHORIZED
            and not self._repeated
            and _host(rejected.url) == self._host
            and rejected.headers.get(HEADER) == self.token.authorization
            and isinstance(rejected.body, (bytes, str, type(None)))
        )


def _host(url: str | None) -> str | None:
    return urlsplit(url or "").hostname
