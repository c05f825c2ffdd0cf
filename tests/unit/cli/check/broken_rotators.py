"""Ways to break a rotator: the step of ``check`` that shows it, the error and its text."""

import json
from collections.abc import Callable
from dataclasses import replace

from fakes.keys import ec_key, pem
from local.idp import faults
from local.idp.faults import Endpoint, Fault
from tests.support.operated_aws import Denying, Refusing, trust
from tests.support.operating import (
    FUNCTION,
    LOG_GROUP,
    PARAMETER_RULE,
    RULE,
    SECOND_WATCHDOG,
    OperatedRotator,
)
from token_rotator.contract import EventField, Trigger, Variable

Break = Callable[[OperatedRotator], object]


def stores(value: Callable[[OperatedRotator], str | bytes]) -> Break:
    return lambda rotator: rotator.store(value(rotator))


def answers(endpoint: Endpoint, fault: Fault) -> Break:
    def start(rotator: OperatedRotator) -> None:
        rotator.idp.fail(endpoint, fault, times=None)
        rotator.start()  # remembers nothing of discovery

    return start


def replaces(service: str, client: object) -> Break:
    return lambda rotator: vars(rotator.aws).update({service: client})


def may_not(operation: str, code: str = "AccessDeniedException") -> Break:
    """The function's role lacks a permission."""

    def start(rotator: OperatedRotator) -> None:
        service = "secrets" if "secret" in operation else "parameters"
        client = Denying(getattr(rotator.aws, service), operation, code)
        rotator.start(**{service: client})

    return start


def lacks(*missing: Variable) -> Break:
    return lambda rotator: rotator.configure(
        {name: value for name, value in rotator.environment.items() if name not in missing}
    )


def trusts_nobody(role: str) -> Break:
    return lambda rotator: rotator.aws.iam.update_assume_role_policy(
        RoleName=role, PolicyDocument=trust("ec2")
    )


def has_no_role(rotator: OperatedRotator) -> None:
    rotator.aws.iam.delete_role(RoleName="rotator")


def is_never_triggered(rotator: OperatedRotator) -> None:
    rotator.aws.logs.delete_log_stream(logGroupName=LOG_GROUP, logStreamName="s")
    rotator.aws.logs.create_log_stream(logGroupName=LOG_GROUP, logStreamName="s")


def a_rule_that_is_off(rotator: OperatedRotator) -> None:
    rotator.aws.event_rules.disable_rule(Name=RULE)


def without_rule(name: str) -> Callable[[OperatedRotator], None]:
    def breaks(rotator: OperatedRotator) -> None:
        rotator.aws.event_rules.remove_targets(Rule=name, Ids=["function"])
        rotator.aws.event_rules.delete_rule(Name=name)

    return breaks


def throttles(rotator: OperatedRotator) -> None:
    """Somebody has pressed "Throttle" in the console."""
    rotator.functions.reserved = 0
    rotator.while_waiting = [lambda: None] * 99
    rotator.functions.invoke = Refusing("TooManyRequestsException").invoke  # type: ignore[method-assign]


def a_token_endpoint_elsewhere(rotator: OperatedRotator) -> None:
    elsewhere = rotator.idp.token_endpoint.replace("127.0.0.1", "localhost")
    answers(Endpoint.DISCOVERY, faults.answers_json({"token_endpoint": elsewhere}))(rotator)


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


def says(**answer: object) -> Break:
    return lambda rotator: vars(rotator.functions).update(answer=answer)


def another_stack_with_the_same_parameter(rotator: OperatedRotator) -> None:
    name = Variable.ROTATOR
    rotator.create_function("another", rotator.environment | {name: "renamed/marketing"})


BROKEN: dict[str, tuple[Break, str, str, str]] = {
    "the function is missing": (
        OperatedRotator.delete_function,
        "rotator",
        "ConfigurationError",
        f"The function {FUNCTION} does not exist",
    ),
    "the environment does not say which rotator it is": (
        lacks(Variable.SECRET_ARN, Variable.PARAMETER_NAME), "rotator", "ConfigurationError",
        "SECRET_ARN is missing; PARAMETER_NAME is missing",
    ),
    "the environment is incomplete": (
        lacks(Variable.SECRET_ARN), "function", "ConfigurationError", "SECRET_ARN is missing",
    ),
    "the function may not be looked at": (
        replaces("functions", Refusing()), "rotator", "CallerError",
        "ask for lambda:GetFunctionConfiguration",
    ),
    "the caller is logged out": (
        replaces("functions", Refusing("ExpiredTokenException")), "rotator", "CallerError",
        "log in",
    ),
    "the function crashes": (
        says(errorType="Runtime.ImportModuleError", errorMessage="No module named 'jwt'"),
        "invocation", "Runtime.ImportModuleError", "No module named 'jwt'",
    ),
    "the function is another one": (
        says(statusCode=200), "invocation", "RotationFailed", "not a rotation's report",
    ),
    "the secret is missing": (
        lambda rotator: rotator.aws.secrets.delete_secret(
            SecretId=rotator.secret, ForceDeleteWithoutRecovery=True
        ),
        "secret", "SecretNotFound", "does not exist",
    ),
    "the role may not read the secret": (
        may_not("get_secret_value"), "secret", "CredentialError",
        "The function's role may not read it",
    ),
    "the secret is a random string": (
        stores(lambda _: "sentinel-x9K$Zr7"), "key", "CredentialError", "other text",
    ),
    "the secret is a picture": (
        stores(lambda _: b"\x89PNG\xff"), "key", "CredentialError", "save it as UTF-8",
    ),
    "the key is truncated": (stores(without_its_end), "key", "CredentialError", "truncated"),
    "the key is of the wrong type": (
        stores(lambda rotator: with_key(rotator, pem(ec_key()))), "key", "CredentialError",
        "is not an RSA key",
    ),
    "discovery is down": (
        answers(Endpoint.DISCOVERY, faults.status(503)), "discovery", "IdentityProviderDown",
        "status 503",
    ),
    "discovery names another host": (
        a_token_endpoint_elsewhere, "discovery", "IdentityProviderUntrusted", "localhost",
    ),
    "the key is refused": (
        lambda rotator: rotator.idp.reject(rotator.account), "exchange", "TokenRequestRefused",
        "invalid_client",
    ),
    "the token endpoint answers HTML": (
        answers(Endpoint.TOKEN, faults.HTML), "exchange", "AnsweredByAnother", "not JSON",
    ),
    "the token endpoint answers nonsense": (
        answers(Endpoint.TOKEN, faults.answers_json(["sentinel"])), "exchange", "AnswerUnusable",
        "no access_token",
    ),
    "the role may not write the parameter": (
        may_not("put_parameter"), "publish", "PublicationError", "The function's role may not",
    ),
    "Parameter Store throttles": (
        may_not("put_parameter", "ThrottlingException"), "publish", "ParameterStoreUnavailable",
        "ThrottlingException",
    ),
    "the parameter may not be read": (
        replaces("parameters", Refusing()), "record", "CallerError", "ask for ssm:GetParameter",
    ),
    "the function's role is gone": (
        has_no_role, "roles", "ConfigurationError", "The role rotator, which",
    ),
    "the function's role trusts somebody else": (
        trusts_nobody("rotator"), "roles", "ConfigurationError",
        "rotator does not let lambda.amazonaws.com assume it",
    ),
    "the schedules' role trusts somebody else": (
        trusts_nobody("invoke"), "roles", "ConfigurationError",
        "invoke does not let scheduler.amazonaws.com assume it",
    ),
    "no schedule reaches the function": (
        is_never_triggered, "triggered", "ConfigurationError", "No schedule has reached",
    ),
    "the event rule is disabled": (
        a_rule_that_is_off, "rules", "ConfigurationError", f"Disabled: {RULE}",
    ),
    "the event rule for a new key is gone": (
        without_rule(RULE), "rules", "ConfigurationError", "invokes the function after a new key,",
    ),
    "the event rule for the parameter is gone": (
        without_rule(PARAMETER_RULE), "rules", "ConfigurationError",
        "invokes the function after a deleted or overwritten parameter,",
    ),
    "the log group is gone": (
        lambda rotator: rotator.aws.logs.delete_log_group(logGroupName=LOG_GROUP), "log",
        "ConfigurationError", f"The log group {LOG_GROUP} does not exist",
    ),
    "another stack writes the parameter": (
        another_stack_with_the_same_parameter, "writers", "ConfigurationError",
        "renamed/marketing (arn:aws:lambda:eu-west-1:123456789012:function:another) also writes",
    ),
    "a schedule is disabled": (
        a_disabled_watchdog, "schedules", "ConfigurationError", "Disabled: watchdog",
    ),
    "no schedule is there": (
        no_schedules, "schedules", "ConfigurationError", "No schedule invokes the function",
    ),
}  # fmt: skip
