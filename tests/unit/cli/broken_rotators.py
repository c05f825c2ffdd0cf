"""Ways to break a rotator: the step of ``check`` that shows it, the error and its text."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from fakes.keys import ec_key, pem
from local.idp import faults
from local.idp.faults import Endpoint, Fault
from tests.support.operating import FUNCTION, PARAMETER, SECOND_WATCHDOG, OperatedRotator, Refusing
from token_rotator.contract import EventField, Trigger, Variable
from token_rotator.parameter.record import Record

Break = Callable[[OperatedRotator], object]


def stores(value: Callable[[OperatedRotator], str | bytes]) -> Break:
    return lambda rotator: rotator.store(value(rotator))


def answers(endpoint: Endpoint, fault: Fault) -> Break:
    return lambda rotator: rotator.idp.fail(endpoint, fault, times=None)


def replaces(service: str, client: object) -> Break:
    return lambda rotator: vars(rotator.aws).update({service: client})


def denies(action: str) -> Break:
    return lambda rotator: rotator.simulator.denied.add(action)


def an_expired_record(rotator: OperatedRotator) -> None:
    now = datetime.now(UTC)
    record = Record(
        access_token="eyJ-expired",
        issued_at=now - timedelta(seconds=307),
        expires_at=now - timedelta(seconds=7),
    )
    rotator.publish(record.to_json())


def half_an_environment(rotator: OperatedRotator) -> None:
    missing = {Variable.SECRET_ARN, Variable.PARAMETER_NAME}
    rotator.configure({k: v for k, v in rotator.environment.items() if k not in missing})


def a_token_endpoint_elsewhere(rotator: OperatedRotator) -> None:
    elsewhere = rotator.idp.token_endpoint.replace("127.0.0.1", "localhost")
    document = faults.answers_json({"token_endpoint": elsewhere})
    rotator.idp.fail(Endpoint.DISCOVERY, document, times=None)


def a_disabled_watchdog(rotator: OperatedRotator) -> None:
    rotator.aws.schedules.delete_schedule(Name=Trigger.WATCHDOG)
    rotator.create_schedule(
        Trigger.WATCHDOG,
        "rate(1 minute)",
        state="DISABLED",
        sends=json.dumps({EventField.TRIGGER: Trigger.WATCHDOG}),
    )


def no_schedules(rotator: OperatedRotator) -> None:
    for name in (Trigger.SCHEDULE, Trigger.WATCHDOG, SECOND_WATCHDOG):
        rotator.aws.schedules.delete_schedule(Name=name)


def with_key(rotator: OperatedRotator, key: str) -> str:
    return replace(rotator.account, private_key_pem=key).as_downloaded()


def without_its_end(rotator: OperatedRotator) -> str:
    return with_key(rotator, rotator.account.private_key_pem[:-200])


def another_stack_with_the_same_parameter(rotator: OperatedRotator) -> None:
    name = Variable.ROTATOR
    rotator.create_function("another", rotator.environment | {name: "renamed/marketing"})


BROKEN: dict[str, tuple[Break, str, str, str]] = {
    "the function is missing": (
        OperatedRotator.delete_function,
        "function",
        "ConfigurationError",
        f"no function {FUNCTION}",
    ),
    "the environment is incomplete": (
        half_an_environment, "function", "ConfigurationError",
        "SECRET_ARN is missing; PARAMETER_NAME is missing",
    ),
    "the function may not be looked at": (
        replaces("functions", Refusing()), "function", "CallerError",
        "ask for lambda:GetFunctionConfiguration",
    ),
    "the caller is logged out": (
        replaces("functions", Refusing("ExpiredTokenException")), "function", "CallerError",
        "log in",
    ),
    "the secret is missing": (
        lambda rotator: rotator.aws.secrets.delete_secret(
            SecretId=rotator.secret, ForceDeleteWithoutRecovery=True
        ),
        "secret", "CredentialError", "does not exist",
    ),
    "access to the secret is denied": (
        replaces("secrets", Refusing()), "secret", "CallerError",
        "ask for secretsmanager:GetSecretValue",
    ),
    "the secret is a random string": (
        stores(lambda _: "sentinel-x9K$Zr7"), "key", "CredentialError", "no service account",
    ),
    "the secret is a picture": (
        stores(lambda _: b"\x89PNG\xff"), "key", "CredentialError", "save it as UTF-8",
    ),
    "the key is truncated": (stores(without_its_end), "key", "CredentialError", "truncated"),
    "the key is of the wrong type": (
        stores(lambda rotator: with_key(rotator, pem(ec_key()))), "key", "CredentialError",
        "is no RSA key",
    ),
    "discovery is down": (
        answers(Endpoint.DISCOVERY, faults.status(503)), "discovery", "IdentityProviderDown",
        "status 503",
    ),
    "discovery names another host": (
        a_token_endpoint_elsewhere, "discovery", "IdentityProviderUntrusted", "localhost",
    ),
    "the key is refused": (
        lambda rotator: rotator.idp.reject(rotator.account), "assertion", "TokenRequestRefused",
        "invalid_client",
    ),
    "the token endpoint answers HTML": (
        answers(Endpoint.TOKEN, faults.HTML), "assertion", "AnsweredByAnother", "no JSON",
    ),
    "the token endpoint answers nonsense": (
        answers(Endpoint.TOKEN, faults.answers_json(["sentinel"])), "assertion", "AnswerUnusable",
        "no access_token",
    ),
    "the role may not write the parameter": (
        denies("ssm:PutParameter"), "role", "ConfigurationError", "ssm:PutParameter",
    ),
    "the role may not read the parameter": (
        denies("ssm:GetParameter"), "role", "ConfigurationError", "ssm:GetParameter",
    ),
    "the role may not use the key": (
        denies("kms:GenerateDataKey"), "role", "ConfigurationError", "kms:GenerateDataKey",
    ),
    "the role may not read the secret": (
        denies("secretsmanager:GetSecretValue"), "role", "ConfigurationError",
        "secretsmanager:GetSecretValue",
    ),
    "the parameter is missing": (
        lambda rotator: rotator.aws.parameters.delete_parameter(Name=PARAMETER), "record",
        "PublicationError", "There is no parameter",
    ),
    "the parameter is foreign": (
        lambda rotator: rotator.publish("sentinel-foreign"), "record", "PublicationError",
        "no token record",
    ),
    "the parameter may not be read": (
        replaces("parameters", Refusing()), "record", "CallerError", "ask for ssm:GetParameter",
    ),
    "the token has expired": (
        an_expired_record, "record", "PublicationError", "s ago: consumers have none",
    ),
    "another stack writes the parameter": (
        another_stack_with_the_same_parameter, "writers", "ConfigurationError",
        "renamed/marketing (arn:aws:lambda:eu-west-1:123456789012:function:another) writes",
    ),
    "a schedule is disabled": (
        a_disabled_watchdog, "schedules", "ConfigurationError", "Disabled: watchdog",
    ),
    "no schedule is there": (
        no_schedules, "schedules", "ConfigurationError", "No schedule invokes the function",
    ),
}  # fmt: skip
