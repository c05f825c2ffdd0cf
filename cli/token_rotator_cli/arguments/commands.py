"""The commands: their help texts and options."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from token_rotator_cli.arguments import options


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command and its help texts."""

    purpose: str
    usage: str
    details: str
    add_options: Callable[[argparse.ArgumentParser], None] = options.add_rotator_options


COMMANDS: Final = {
    "check": Command(
        purpose="Diagnose a rotator",
        usage="[ROTATOR] [OPTIONS]",
        details="""\
Invokes the function once, like `rotate`: the new token is published. Shows each step that the
function reports, and then checks parameter, key, schedules, event rules, roles, alarms, log,
concurrency and drift in AWS. Each row is ok, warning, wrong (with what to do), unknown (your
credentials or a local AWS prevent the check) or skipped. Exits with 1 if anything is wrong.""",
    ),
    "status": Command(
        purpose="Show the published token, and the rotation that published it",
        usage="[ROTATOR] [OPTIONS]",
        details="""\
Shows version, age, remaining lifetime and fingerprint of the token, never the token itself, and
the error of the last rotation if it failed. Exits with 1 if there is no valid token.""",
    ),
    "rotate": Command(
        purpose="Obtain and publish a new token now",
        usage="[ROTATOR] [OPTIONS]",
        details="""\
Invokes the function, like its schedule, and waits for the result. Exits with 1 if the function
fails; the published token is kept.""",
    ),
    "upload": Command(
        purpose="Store the file downloaded from Intelligence as the secret",
        usage="FILE [ROTATOR] [OPTIONS]",
        details="""\
Checks the file first, and rejects one that the function cannot use. Asks before it replaces a
working key with one of another service account. The previous version stays in the secret as
AWSPREVIOUS: the function uses it if the new key is refused. Then waits until a token for the new
key is published. Does not store the same file twice. Exits with 1 and the reason if the function
obtains no token with the key.""",
        add_options=options.add_upload_options,
    ),
    "live-check": Command(
        purpose="Verify a deployment in a real AWS account",
        usage="[ROTATOR] [OPTIONS]",
        details="""\
Reads the parameter's description, the alarms, the function's log and metrics, and uses the IAM
policy simulator. It changes nothing without --alarm or --expire. With them, it first shows what it
changes and for how long, and restores everything, even after Ctrl-C. Exits with 1 if anything
differs from this project's expectations. What your credentials do not allow to read is unknown,
which is not a failure.""",
        add_options=options.add_live_check_options,
    ),
    "preflight": Command(
        purpose="Check before a deployment whether it would fail or break consumers",
        usage="[OPTIONS]",
        details="""\
Compares the configuration file with the target account and region: bootstrap, services, quotas,
parameters, secrets, keys and networks, and finds consumers that would lose their token. Read-only.
Results are wrong (with what to do), warning, or unknown (your credentials do not allow the check),
which is not a failure. Exits with 1 if anything is wrong. Only the loss of tokens can be accepted.
`make diff` and `make deploy` run it first.""",
        add_options=options.add_preflight_options,
    ),
    "package": Command(
        purpose="Write templates and zip files for deployments without the CDK",
        usage="--bucket NAME [OPTIONS]",
        details="""\
Writes one CloudFormation template for each stack of the configuration file, and its zip files,
which are named by their contents. Deploying them needs only CloudFormation and an S3 bucket: no
bootstrap stack, CDK, Node.js or Python. Settings that the file leaves open, such as the alarm topic
or the subnets, are parameters of the template. Does not call AWS. The output is reproducible.
Requires Node.js on this machine. The output ends with the commands to deploy.""",
        add_options=options.add_package_options,
    ),
    "try": Command(
        purpose="Exchange a downloaded file's key for a token once, from this machine",
        usage="FILE [ROTATOR] [OPTIONS]",
        details="""\
Shows whether a key works before anything is deployed. Does not call AWS and writes nothing. Reads
the file and requests one token with the function's own code (discovery, signing, exchange), and
shows each step with its duration. The token is discarded, or printed alone on stdout with
--print-token. The requests use this machine's proxy (HTTPS_PROXY, NO_PROXY), CA certificates and
clock; the output says where the function would use others. Exits with 1 and the function's error
if there is no token.

--probe finds out what the provider accepts and does not document: the claim exp, the form body, an
iat that is not set back, and whether an issuer is named. It shows in advance what it sends, and
does not ask for confirmation. Findings go to stderr, a matching rotators.toml goes to stdout.""",
        add_options=options.add_try_options,
    ),
    "key-policy": Command(
        purpose="Show the statements that the policy of an existing KMS key needs",
        usage="[OPTIONS]",
        details="""\
Prints the statements that the policy of the key (key_arn) needs for the configuration file: those
for AWS services, and those for the account's roles, which are not needed if the policy delegates
to IAM policies. Does not call AWS. The file must set key_arn, or account and region. `check` shows
whether the function can use the key.""",
        add_options=options.add_file_options,
    ),
    "costs": Command(
        purpose="Show the monthly cost of a configuration at list prices",
        usage="[OPTIONS]",
        details="""\
Calculates the cost from the configuration file, and shows which settings change it. Does not call
AWS. Without a file, it calculates one rotator with the defaults.""",
        add_options=options.add_file_options,
    ),
}
