"""The trust policies of the roles that CI assumes: for one environment of one repository."""

import json
from typing import Any

import pytest

from local import ROOT
from tests.audit.iam.account import Account
from tests.audit.iam.call import ALLOWED, REFUSED, Call, decisions
from tests.audit.iam.intrinsics import Place

HERE = ROOT / "examples" / "pipelines"
ROLE = "arn:aws:iam::111122223333:role/deploy-rotators"
KNOWN_TO_THE_SIMULATOR = "accounts.google.com"
"""It takes the condition keys of this issuer only: in policy and request, the name is replaced."""

ISSUERS = {
    "github-trust.json": (
        "token.actions.githubusercontent.com",
        "repo:example@123456/token-rotator@456789:environment:production",
    ),
    "gitlab-trust.json": (
        "gitlab.com",
        "project_path:example/token-rotator:ref_type:branch:ref:main",
    ),
}


def policy(file: str) -> dict[str, Any]:
    text = (HERE / file).read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(
        text.replace(f'"{ISSUERS[file][0]}:', f'"{KNOWN_TO_THE_SIMULATOR}:')
    )
    return document


def answer(file: str, *, issuer: str, subject: str, audience: str = "sts.amazonaws.com") -> str:
    of = KNOWN_TO_THE_SIMULATOR
    account = Account(
        place=Place(),
        policies={"trust": policy(file)},
        of_principal={},
        of_resource={ROLE: "trust"},
    )
    call = Call(
        principal=f"arn:aws:iam::111122223333:oidc-provider/{issuer}",
        action="sts:AssumeRoleWithWebIdentity",
        resource=ROLE,
        context={f"{of}:aud": audience, f"{of}:sub": subject},
    )
    (decided,) = decisions([(account, call)])
    return decided


@pytest.mark.parametrize("file", ISSUERS)
def test_the_job_that_deploys_may_assume_the_role(file: str) -> None:
    issuer, subject = ISSUERS[file]

    assert answer(file, issuer=issuer, subject=subject) == ALLOWED


@pytest.mark.parametrize("file", ISSUERS)
def test_no_other_job_may(file: str) -> None:
    issuer, subject = ISSUERS[file]
    others = [
        subject.replace("production", "test").replace("main", "feature"),
        subject.replace("token-rotator", "another"),
        subject.replace("example", "somebody-else"),
        f"{subject}-2",
    ]

    for other in others:
        assert answer(file, issuer=issuer, subject=other) in REFUSED, other
    assert answer(file, issuer=issuer, subject=subject, audience="other") in REFUSED
    assert answer(file, issuer="idp.example.com", subject=subject) in REFUSED
