"""Authentication for requests: ``session.auth = RequestsAuth(reader)``."""

from typing import Any

import requests
from requests.auth import AuthBase
from requests.cookies import extract_cookies_to_jar

from token_reader.auth import HEADER, UNAUTHORIZED, replacement
from token_reader.reader import TokenReader


class RequestsAuth(AuthBase):
    """Sets the Authorization header. After a 401, repeats the request once with a newer token.

    It returns the 401 if no newer token is published, or if the body is a stream, which cannot be
    sent twice. The request raises TokenError if there is no usable token.
    """

    def __init__(self, reader: TokenReader) -> None:
        self._reader = reader

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Called by requests before it sends."""
        request.headers[HEADER] = self._reader.get().authorization
        request.register_hook("response", self._after)
        return request

    def _after(self, response: requests.Response, **kwargs: Any) -> requests.Response:
        refused = response.request
        sent = refused.headers.get(HEADER)  # requests drops it on a redirect to another host
        if (
            response.status_code != UNAUTHORIZED
            or sent is None
            or not isinstance(refused.body, (bytes, str, type(None)))
            or (token := replacement(self._reader, str(sent))) is None
        ):
            return response
        # like requests.auth.HTTPDigestAuth: read the body, release the connection, send again
        response.content  # noqa: B018
        response.close()
        again = refused.copy()
        extract_cookies_to_jar(again._cookies, refused, response.raw)  # type: ignore[arg-type]  # noqa: SLF001
        again.prepare_cookies(again._cookies)  # noqa: SLF001
        again.headers[HEADER] = token.authorization
        answer = response.connection.send(again, **kwargs)
        answer.history.append(response)
        answer.request = again
        return answer
