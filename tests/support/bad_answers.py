"""Bad answers of a token endpoint, each with the error that it leads to."""

from typing import TYPE_CHECKING

from local.idp import faults
from local.idp.faults import Fault
from token_rotator.errors import (
    AnsweredByAnother,
    AnswerUnusable,
    IdentityProviderDown,
    IdentityProviderUntrusted,
    PublicationError,
    RotationError,
    TokenRequestRefused,
)

if TYPE_CHECKING:
    pass


TOKEN = "sentinel-access-token"

BAD_ANSWERS: list[tuple[str, Fault, type[RotationError]]] = [
    ("HTML instead of JSON", faults.HTML, AnsweredByAnother),
    ("an empty body", faults.EMPTY, AnsweredByAnother),
    ("garbage", faults.GARBAGE, AnsweredByAnother),
    ("a wrong path", faults.status(404, body=b"<html>"), AnsweredByAnother),
    ("a firewall", faults.status(403), AnsweredByAnother),
    (
        "a web server's own JSON",
        faults.answers_json({"status": 401, "error": "Unauthorized"}, http_status=401),
        AnsweredByAnother,
    ),
    ("half a body", faults.TRUNCATED, IdentityProviderDown),
    ("a reset", faults.RESET, IdentityProviderDown),
    ("a gateway error", faults.status(502), IdentityProviderDown),
    ("too many requests", faults.status(429, retry_after="3"), IdentityProviderDown),
    ("JSON that is no object", faults.answers_json([TOKEN]), AnswerUnusable),
    ("no access_token", faults.answers_json({"expires_in": 300}), AnswerUnusable),
    ("an empty access_token", faults.answers_json({"access_token": ""}), AnswerUnusable),
    ("ten megabytes", faults.HUGE, AnsweredByAnother),
    (
        "a refusal with status 200",
        faults.oauth_error("invalid_client", http_status=200),
        TokenRequestRefused,
    ),
    (
        "a token too long for the parameter",
        faults.answers_json({"access_token": TOKEN * 500, "expires_in": 300}),
        PublicationError,
    ),
    ("a redirect", faults.redirect("http://127.0.0.1:9/"), IdentityProviderUntrusted),
    (
        "a refusal",
        faults.oauth_error("invalid_client", http_status=401),
        TokenRequestRefused,
    ),
    ("a refusal with a token in it", faults.oauth_error(TOKEN), TokenRequestRefused),
    *(
        (
            f"expires_in {value!r}",
            faults.answers_json({"access_token": TOKEN, "expires_in": value}),
            AnswerUnusable,
        )
        for value in (0, -1, "soon", 0.5, 29, True, [300])
    ),
]
