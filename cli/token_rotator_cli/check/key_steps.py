"""The step that shows whether the KMS key can be used, and by whom its policy lets it be."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from token_rotator.contract import Actions, EncryptionContext
from token_rotator.errors import ConfigurationError
from token_rotator_cdk.config.key_policy import LOGS_CONTEXT
from token_rotator_cdk.config.places import account_of, dns_suffix, partition_in, region_of
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.check.context import CheckContext
from token_rotator_cli.deployment.find import Deployed
from token_rotator_cli.deployment.key import describe_key
from token_rotator_cli.deployment.resource_policy import Decision, Request, decide
from token_rotator_cli.errors import CallerError
from token_rotator_cli.steps import Finding, Result

if TYPE_CHECKING:
    from mypy_boto3_kms.type_defs import KeyMetadataTypeDef

STATEMENTS: Final = "`token-rotator key-policy` prints what it has to allow"

ENCRYPTS_LOGS: Final = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")


def encryption_key(context: CheckContext) -> Finding:
    """The key that encrypts the token is enabled, and its policy lets those use it that have to."""
    deployed = context.deployed
    arn = deployed.settings.parameter_key_arn
    key = _describe(context, arn)
    _confirm_usable(key, arn)
    kind = "multi-Region key" if key.get("MultiRegion") else "key"
    state = f"the {kind} {arn} is enabled"
    facts = {"key": arn, "multi_region": bool(key.get("MultiRegion"))}
    if account_of(arn) != account_of(deployed.function_arn):
        return Finding(
            message=f"{state}; its policy can be read in account {account_of(arn)} alone. "
            f"{STATEMENTS}",
            result=Result.UNKNOWN,
            facts=facts,
        )
    if context.aws.is_local:
        return Finding(
            message=f"{state}; a local AWS does not enforce its policy",
            result=Result.UNKNOWN,
            facts=facts,
        )
    try:
        with calling("kms:GetKeyPolicy"):
            policy = context.aws.keys.get_key_policy(KeyId=arn, PolicyName="default")["Policy"]
    except CallerError as error:
        return Finding(message=f"{state}. {error}", result=Result.UNKNOWN, facts=facts)
    decisions = {
        (who, one.action): decide(policy, one) for who, one in _requests(context, deployed, arn)
    }
    refused = [one for one, decision in decisions.items() if decision is Decision.REFUSED]
    if refused:
        listed = " and ".join(f"{who} {action}" for who, action in refused)
        raise ConfigurationError(f"The policy of {arn} does not allow {listed}: {STATEMENTS}.")
    if Decision.UNCLEAR in decisions.values():
        return Finding(
            message=f"{state}; its policy has conditions that only AWS can evaluate",
            result=Result.UNKNOWN,
            facts=facts,
        )
    whom = ", ".join(dict.fromkeys(who for who, _ in decisions))
    return Finding(message=f"{state}, and its policy lets it be used by {whom}", facts=facts)


def _describe(context: CheckContext, arn: str) -> "KeyMetadataTypeDef":
    here = region_of(context.deployed.function_arn)
    if region_of(arn) != here:
        raise ConfigurationError(
            f"The key {arn} is not in {here}, where the parameter is: name one that is."
        )
    found = describe_key(context.aws, arn)
    if found is None:
        raise ConfigurationError(
            f"There is no key {arn}: nothing can be encrypted with it any more, nor decrypted. "
            "Name another key (key_arn), and store the service account again: token-rotator upload "
            "FILE."
        )
    return found


def _confirm_usable(key: "KeyMetadataTypeDef", arn: str) -> None:
    state = key.get("KeyState", "Enabled")
    kind = key.get("KeySpec", "SYMMETRIC_DEFAULT"), key.get("KeyUsage", "ENCRYPT_DECRYPT")
    if kind != ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"):
        raise ConfigurationError(
            f"The key {arn} is {kind[0]} for {kind[1]}: Parameter Store and "
            "Secrets Manager take symmetric keys that encrypt and decrypt. Name one of those."
        )
    if state == "PendingDeletion":
        until = f" on {key['DeletionDate']:%Y-%m-%d}" if "DeletionDate" in key else ""
        raise ConfigurationError(
            f"The key {arn} is going to be deleted{until}, and what it encrypted is lost then. "
            "Cancel that (kms:CancelKeyDeletion), and enable the key again (kms:EnableKey)."
        )
    if state != "Enabled":
        raise ConfigurationError(f"The key {arn} is {state}: enable it again (kms:EnableKey).")


def _requests(context: CheckContext, deployed: Deployed, key: str) -> Iterator[tuple[str, Request]]:
    """What the rotator needs the key for, and whom."""
    account, region = account_of(deployed.function_arn), region_of(deployed.function_arn)
    partition = partition_in(deployed.function_arn)
    role = frozenset({deployed.role_arn, account, f"arn:{partition}:iam::{account}:root"})
    needed: list[tuple[str, EncryptionContext, str, tuple[str, ...]]] = [
        ("ssm", EncryptionContext.PARAMETER, deployed.parameter_arn, Actions.ENCRYPT_PARAMETER)
    ]
    settings = deployed.settings
    if f":secret:{settings.rotator}-" in settings.secret_arn:  # the stack created it, with this key
        needed.append(
            (
                "secretsmanager",
                EncryptionContext.SECRET,
                settings.secret_arn,
                Actions.DECRYPT_SECRET,
            )
        )
    for service, condition, value, actions in needed:
        for action in actions:
            yield (
                "the function's role",
                Request(
                    principals=role,
                    action=action,
                    resource=key,
                    context={
                        condition.lower(): value,
                        "kms:calleraccount": account,
                        "kms:viaservice": f"{service}.{region}.{dns_suffix(partition)}",
                        "aws:principalaccount": account,
                        "aws:principalarn": deployed.role_arn,
                    },
                ),
            )
    if _encrypts_logs(context, deployed, key):
        group = f"arn:{partition}:logs:{region}:{account}:log-group:{deployed.log_group}"
        for action in ENCRYPTS_LOGS:
            yield (
                "CloudWatch Logs",
                Request(
                    principals=frozenset({f"logs.{region}.{dns_suffix(partition)}"}),
                    action=action,
                    resource=key,
                    context={LOGS_CONTEXT.lower(): group, "aws:sourceaccount": account},
                ),
            )


def _encrypts_logs(context: CheckContext, deployed: Deployed, key: str) -> bool:
    """Whether the function's log group has this key. If that may not be seen, it counts as no."""
    try:
        with calling("logs:DescribeLogGroups"):
            found = context.aws.logs.describe_log_groups(logGroupNamePrefix=deployed.log_group)
    except CallerError:
        return False
    groups = {one["logGroupName"]: one.get("kmsKeyId") for one in found["logGroups"]}
    return groups.get(deployed.log_group) == key
