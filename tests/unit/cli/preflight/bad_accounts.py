"""Accounts that a deployment should not go to as they are: each has one thing wrong with it."""

from collections.abc import Callable

from fakes.secrets_manager import ARN as SECRET
from tests.support.preflight_account import PARAMETER, VERSION, PreflightAccount
from tests.support.preflight_services import (
    BOUNDARY,
    CODE_SIGNING,
    GROUP,
    KEY,
    REGION,
    SUBNETS,
    TOPIC,
    VPC,
)

CREATED = f"""\
[stack]
name = "tokens"
alarm_topic_arn = "{TOPIC}"
permissions_boundary = "{BOUNDARY}"
code_signing_config_arn = "{CODE_SIGNING}"

[rotators.marketing]
parameter_name = "{PARAMETER}"
vpc.subnet_ids = ["{SUBNETS[0]}", "{SUBNETS[1]}"]
vpc.security_group_ids = ["{GROUP}"]
"""

NAMED = f"""\
{CREATED}
[rotators.marketing.secret]
arn = "{SECRET}"
key_arn = "{KEY}"
"""


def named_secret(account: PreflightAccount) -> None:
    account.secrets.put("{}")
    account.secrets.key = KEY


def nothing(_: PreflightAccount) -> None:
    """A first deployment."""


def of_another_account(account: PreflightAccount) -> None:
    account.number = "444455556666"


def elsewhere(account: PreflightAccount) -> None:
    account.region = "eu-central-1"


def without_scheduler(account: PreflightAccount) -> None:
    account.lacks = {"scheduler", "lambda"}
    of_list = "/aws/service/global-infrastructure"
    for name in ("services/scheduler", "services/lambda", f"regions/{REGION}/services/lambda"):
        account.parameters.put_foreign(f"{of_list}/{name}", "x")


def without_bootstrap(account: PreflightAccount) -> None:
    account.parameters.delete_parameter(Name=VERSION)


def with_an_old_bootstrap(account: PreflightAccount) -> None:
    account.parameters.put_foreign(VERSION, "5")


def without_a_topic(account: PreflightAccount) -> None:
    account.topics.topics.clear()


def without_a_boundary(account: PreflightAccount) -> None:
    account.iam.policies.clear()


def without_a_code_signing_config(account: PreflightAccount) -> None:
    account.functions.code_signing.clear()


def new(account: PreflightAccount) -> None:
    account.functions.quota = 10


def deployed_without_a_reservation(account: PreflightAccount) -> None:
    account.deploy()
    account.functions.quota = 10
    account.functions.reserved.clear()


def full_of_roles(account: PreflightAccount) -> None:
    account.iam.summary["Roles"] = 999


def full_of_policies(account: PreflightAccount) -> None:
    account.iam.summary["Policies"] = 1500


def full_of_rules(account: PreflightAccount) -> None:
    account.event_rules.rules = 300


def full_of_alarms(account: PreflightAccount) -> None:
    for number in range(4997):
        account.cloudwatch.add(f"alarm-{number}")


def full_of_code(account: PreflightAccount) -> None:
    account.functions.stored_bytes = 80_528_000_000


def with_a_text_parameter(account: PreflightAccount) -> None:
    account.parameters.put_foreign(PARAMETER, "theirs")


def with_a_parameter_of_others(account: PreflightAccount) -> None:
    account.publish(tags={"team": "theirs"})


def with_a_retained_secret(account: PreflightAccount) -> None:
    named_secret(account)


def with_a_deleted_secret(account: PreflightAccount) -> None:
    account.secrets.put("{}")
    account.secrets.delete()


def with_a_named_secret_deleted(account: PreflightAccount) -> None:
    named_secret(account)
    account.secrets.delete()


def with_a_secrets_key_pending_deletion(account: PreflightAccount) -> None:
    named_secret(account)
    account.keys.states[KEY] = "PendingDeletion"


def with_its_own_secret_deleted(account: PreflightAccount) -> None:
    account.deploy()
    account.secrets.delete()


def with_its_key_disabled(account: PreflightAccount) -> None:
    account.deploy()
    account.keys.states[KEY] = "Disabled"


def with_a_renamed_rotator(account: PreflightAccount) -> None:
    account.deploy(ROTATOR="tokens/before", SECRET_ARN=SECRET.replace("marketing", "before"))


def without_a_subnet(account: PreflightAccount) -> None:
    del account.network.subnets[SUBNETS[1]]


def without_a_group(account: PreflightAccount) -> None:
    account.network.groups.clear()


def with_subnets_of_two_vpcs(account: PreflightAccount) -> None:
    account.network.subnets[SUBNETS[0]]["VpcId"] = "vpc-2"


def with_a_group_of_another_vpc(account: PreflightAccount) -> None:
    account.network.groups[GROUP] = "vpc-2"
    account.network.associated.add((GROUP, "vpc-3"))


def with_full_subnets(account: PreflightAccount) -> None:
    for subnet in SUBNETS:
        account.network.subnets[subnet]["AvailableIpAddressCount"] = 0
    account.network.interfaces = [(SUBNETS[0], {GROUP, "sg-2"}), ("subnet-3", {GROUP})]


IN_AN_ACCOUNT = CREATED.replace('name = "tokens"', 'name = "tokens"\naccount = "111122223333"')

BAD: dict[str, tuple[Callable[[PreflightAccount], None], str, str, list[str]]] = {
    "another account": (
        of_another_account,
        IN_AN_ACCOUNT,
        "account",
        ["names account 111122223333", "are for account 444455556666", "--profile"],
    ),
    "another region": (
        elsewhere,
        CREATED.replace("[rotators", "# [rotators").split("permissions")[0]
        + f'[rotators.marketing]\nparameter_name = "{PARAMETER}"\n',
        "named",
        [f"alarm_topic_arn = {TOPIC}: write a topic in eu-central-1"],
    ),
    "a region without a service": (
        without_scheduler,
        CREATED,
        "services",
        [f"{REGION} has no scheduler: deploy to another region"],
    ),
    "no bootstrap": (
        without_bootstrap,
        CREATED,
        "bootstrap",
        ["is not bootstrapped", f"npx cdk bootstrap aws://111122223333/{REGION}"],
    ),
    "an old bootstrap": (
        with_an_old_bootstrap,
        CREATED,
        "bootstrap",
        ["with version 5, and 6 is needed: npx cdk bootstrap aws://111122223333/"],
    ),
    "no topic": (without_a_topic, CREATED, "named", [f"the topic {TOPIC}", "does not exist"]),
    "no boundary": (without_a_boundary, CREATED, "named", [BOUNDARY, "does not exist"]),
    "no code signing config": (
        without_a_code_signing_config,
        CREATED,
        "named",
        [CODE_SIGNING, "(code_signing_config_arn) does not exist"],
    ),
    "a new account": (
        new,
        CREATED,
        "concurrency",
        ["reserves 1; of the account's 10, 10 are unreserved", "reserve_concurrency = false"],
    ),
    "a reservation that was left out at first": (
        deployed_without_a_reservation,
        CREATED,
        "concurrency",
        ["reserves 1; of the account's 10, 10 are unreserved"],
    ),
    "no roles left": (full_of_roles, CREATED, "roles", ["999 of 1000 roles", "adds 2: delete"]),
    "no policies left": (full_of_policies, CREATED, "policies", ["1500 of 1500", "adds 2"]),
    "no rules left": (full_of_rules, CREATED, "rules", ["300 of 300 rules on the default event"]),
    "no alarms left": (full_of_alarms, CREATED, "alarms", ["4997 of 5000 alarms", "adds 4"]),
    "no code storage left": (
        full_of_code,
        CREATED,
        "code_storage",
        ["80528 of 80531 MB", "adds 5"],
    ),
    "somebody's text": (
        with_a_text_parameter,
        CREATED,
        "parameters",
        [f"{PARAMETER} exists (type String) and was not written by a rotator"],
    ),
    "somebody's secret text": (
        with_a_parameter_of_others,
        CREATED,
        "parameters",
        [f"{PARAMETER} exists (type SecureString) and was not written by a rotator"],
    ),
    "a retained secret": (
        with_a_retained_secret,
        CREATED,
        "secrets",
        [
            "cannot create it (AlreadyExists)",
            f'into [rotators.marketing]: secret = {{ arn = "{SECRET}", key_arn = "{KEY}" }}',
            "delete-secret --secret-id tokens/marketing --force-delete-without-recovery",
        ],
    ),
    "a deleted secret": (
        with_a_deleted_secret,
        CREATED,
        "secrets",
        ["is scheduled for deletion", "restore-secret --secret-id tokens/marketing, and write"],
    ),
    "the stack's own secret, deleted": (
        with_its_own_secret_deleted,
        CREATED,
        "secrets",
        ["is scheduled for deletion", "restore-secret --secret-id tokens/marketing. Or"],
    ),
    "no named secret": (
        nothing,
        NAMED,
        "secrets",
        [f"{SECRET} of tokens/marketing does not exist"],
    ),
    "a named secret, deleted": (
        with_a_named_secret_deleted,
        NAMED,
        "secrets",
        [f"restore-secret --secret-id {SECRET}"],
    ),
    "a key that the file does not name": (
        named_secret,
        NAMED.replace("key_arn", "# key_arn"),
        "secrets",
        ["names none: the function cannot decrypt it. Set key_arn"],
    ),
    "the secret's key, pending deletion": (
        with_a_secrets_key_pending_deletion,
        NAMED,
        "secrets",
        [f"{KEY} of the secret", "state is PendingDeletion: aws kms cancel-key-deletion"],
    ),
    "the key of a rotator that is deployed, disabled": (
        with_its_key_disabled,
        CREATED,
        "keys",
        [
            f"the key {KEY}, which encrypts tokens, cannot be used",
            "enable-key --key-id 0000-1111",
        ],
    ),
    "no subnet": (
        without_a_subnet,
        CREATED,
        "network",
        [f"tokens/marketing names the subnet {SUBNETS[1]}, which does not exist", "correct the id"],
    ),
    "no security group": (
        without_a_group,
        CREATED,
        "network",
        [f"tokens/marketing names the security group {GROUP}, which does not exist"],
    ),
    "subnets of two VPCs": (
        with_subnets_of_two_vpcs,
        CREATED,
        "network",
        [f"names subnets of {VPC} and vpc-2: use subnets of one VPC"],
    ),
    "a security group of another VPC": (
        with_a_group_of_another_vpc,
        CREATED,
        "network",
        [f"names the security group {GROUP} of a different VPC", f"use groups of {VPC}"],
    ),
    "no address left": (
        with_full_subnets,
        CREATED,
        "network",
        [f"names {SUBNETS[0]}, {SUBNETS[1]}, which has no free addresses"],
    ),
    "a rotator with another name": (
        with_a_renamed_rotator,
        CREATED,
        "losses",
        ["tokens/before becomes tokens/marketing"],
    ),
}
