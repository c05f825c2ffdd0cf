"""What AWS or the network refused the caller is told with what to do about it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local.idp.service_account import ServiceAccount
from tests.support.verbs import command_line, named
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.errors import CallerError

USER = "User: arn:aws:iam::111122223333:user/sentinel is not authorized to perform: "

DENIALS = {
    f"{USER}kms:Decrypt on resource: arn:aws:kms:eu-west-1:111122223333:key/sentinel because no "
    "identity-based policy allows the kms:Decrypt action": (
        "ask for kms:Decrypt on the key (AWS: no identity-based policy allows it)"
    ),
    f"{USER}ssm:GetParameter on resource: sentinel with an explicit deny in a service control "
    "policy": "ask for ssm:GetParameter (AWS: an explicit deny in a service control policy)",
    f"{USER}ssm:GetParameter because no permissions boundary allows the ssm:GetParameter action": (
        "(AWS: no permissions boundary allows it)"
    ),
    "Access to KMS is not allowed": "ask for kms:Decrypt on the key,",
    "The ciphertext refers to a customer master key that does not exist, does not exist in this "
    "region, or you are not allowed to access.": "ask for kms:Decrypt on the key,",
    "sentinel": "Your credentials do not allow it: ask for ssm:GetParameter,",
}


def said_of(action: str, message: str) -> str:
    with pytest.raises(CallerError) as caught, calling(action):
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": message}}, "Call")
    return str(caught.value)


@pytest.mark.parametrize("message", DENIALS)
def test_the_denied_action_is_passed_on_and_nothing_else_of_the_message(message: str):
    said = said_of("ssm:GetParameter", message)

    assert DENIALS[message] in said
    assert "sentinel" not in said


def test_a_key_that_may_not_be_used_to_store_is_asked_for_with_that_action():
    said = said_of("secretsmanager:PutSecretValue", "Access to KMS is not allowed")

    assert "ask for kms:GenerateDataKey on the key" in said


@pytest.mark.parametrize("verb", ["upload", "preflight"])
def test_without_a_terminal_the_code_of_an_mfa_device_is_not_read_from_stdin(
    verb: str, account: ServiceAccount, tmp_path: Path
):
    named(tmp_path, 'region = "eu-west-1"', stack="tokens")
    (tmp_path / "config").write_text(
        "[profile keys]\n"
        "[profile mfa]\n"
        "role_arn = arn:aws:iam::111122223333:role/operator\n"
        "source_profile = keys\n"
        "mfa_serial = arn:aws:iam::111122223333:mfa/operator\n"
    )
    (tmp_path / "credentials").write_text(
        "[keys]\naws_access_key_id = AKIA\naws_secret_access_key = x\n"
    )

    done = subprocess.run(
        [
            Path(sys.executable).with_name("token-rotator"),
            *command_line(verb, tmp_path, downloaded=account.as_downloaded()),
            *("--profile", "mfa"),
        ],
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "AWS_CONFIG_FILE": str(tmp_path / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
            # nobody is there, and nobody may be asked
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        },
        input="123456\n",
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,  # without a controlling terminal
    )

    said = done.stdout + done.stderr
    assert "(MFA). The profile requires an MFA code, which needs a terminal." in said
    assert "Traceback" not in said
