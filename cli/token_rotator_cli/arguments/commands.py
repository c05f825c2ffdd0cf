"""The commands: what the help texts say of each, and its options."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from token_rotator_cli.arguments import options


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command in the help texts."""

    purpose: str
    usage: str
    details: str
    add_options: Callable[[argparse.ArgumentParser], None] = options.of_a_rotator


COMMANDS: Final = {
    "check": Command(
        purpose="Find out what is wrong with a rotator",
        usage="[ROTATOR] [OPTIONS]",
        details="""\
Invokes the function once, as `rotate` does: the new token is published. Shows each step as the
function reports it, and then what AWS says: parameter, key, schedules, event rules, roles, alarms,
log, concurrency, drift. Each row is ok, warning, wrong (with what to do), unknown (your credentials
or a local AWS do not allow to find out) or skipped. Exits with 1 if anything is wrong.""",
    ),
    "status": Command(
        purpose="Show the published token, and the rotation that published it",
        usage="[ROTATOR] [OPTIONS]",
        details="""\
Shows version, age, remaining life and fingerprint of the token, never the token itself, and the
error of the last rotation, if it failed. Exits with 1 unless a token is published that has not
expired.""",
    ),
    "rotate": Command(
        purpose="Obtain and publish a new token now",
        usage="[ROTATOR] [OPTIONS]",
        details="""\
Invokes the function, as its schedule does, and waits for the answer. Exits with 1 if the function
fails; the token that is published stays.""",
    ),
    "upload": Command(
        purpose="Store the file downloaded from Intelligence as the secret",
        usage="FILE [ROTATOR] [OPTIONS]",
        details="""\
Checks the file first, and refuses what the function could not use. Asks before it replaces a key
that works with one of another service account. The previous version stays in the secret as
AWSPREVIOUS: the function uses it if the new key is refused. Then waits until a token for the new
key is published. A file that is stored already is not stored again. Exits with 1 if the function
obtains no token with the key, and says why.""",
        add_options=options.upload,
    ),
    "live-check": Command(
        purpose="Check what only a deployment in a real account shows",
        usage="[ROTATOR] [OPTIONS]",
        details="""\
Reads the parameter's description, the alarms, the function's log and metrics, and asks IAM's
simulator. It changes nothing without --alarm or --expire. With them, it says beforehand what it
changes and for how long, and restores everything, also after Ctrl-C. Exits with 1 if anything is
not as this project expects it. What your credentials do not allow to see is unknown, and no
failure.""",
        add_options=options.live_check,
    ),
    "preflight": Command(
        purpose="Find out what would make a deployment fail or hurt, before it happens",
        usage="[OPTIONS]",
        details="""\
Compares the configuration file with the account and region that it goes to: bootstrap, services,
quotas, parameters, secrets, keys and networks, and whose consumers would lose their token. Reads
only. Shows what is wrong (with what to do), a warning, or unknown; what your credentials do not
allow to see is unknown, and no failure. Exits with 1 if anything is wrong. A loss can be accepted,
nothing else.
`make diff` and `make deploy` run it first.""",
        add_options=options.preflight,
    ),
    "package": Command(
        purpose="Write templates and zip files for deployments without the CDK",
        usage="--bucket NAME [OPTIONS]",
        details="""\
Writes one CloudFormation template for each stack of the configuration file, and its zip files,
which are named by their contents. Deploying them needs only CloudFormation and an S3 bucket: no
bootstrap stack, no CDK, no Node.js, no Python. What the file leaves open, such as the alarms' topic
or the subnets, is a parameter of the template. It does not call AWS, and the same input gives the
same bytes. It needs Node.js on this machine. The output ends with the commands that deploy.""",
        add_options=options.package,
    ),
    "try": Command(
        purpose="Exchange a downloaded file's key for a token once, from this machine",
        usage="FILE [ROTATOR] [OPTIONS]",
        details="""\
Answers "does this key work?" before anything is deployed. It calls no AWS and writes nothing. It
reads the file, discovers, signs and exchanges with the function's own code, once, and shows each
step with its time. One access token is requested. It is discarded, or printed alone on stdout with
--print-token. The requests use this machine's proxy (HTTPS_PROXY, NO_PROXY), certificates and
clock, and the output says where the function would use others. Exits with 1 if there is no token,
with the error that the function would give.

--probe finds out what the provider accepts: the claim exp, the form body, an iat that is not set
back; whether an issuer is named, and what else nobody documents. It says beforehand what it sends,
and never asks. The findings go to stderr, a rotators.toml that fits goes to stdout.""",
        add_options=options.try_a_file,
    ),
    "key-policy": Command(
        purpose="Show what the policy of an existing KMS key has to allow",
        usage="[OPTIONS]",
        details="""\
Prints the statements that the policy of the key needs (key_arn), by the configuration file: those
for AWS's services, and those for the account's roles, which a policy that lets IAM policies decide
does without. It does not call AWS. The file has to say where the stack goes: key_arn, or account
and region. `check` shows whether the function can use the key.""",
        add_options=options.of_the_file,
    ),
    "costs": Command(
        purpose="Show what a configuration costs a month, at list prices",
        usage="[OPTIONS]",
        details="""\
Computes the bill from the configuration file, and shows which settings change it. It does not call
AWS. Without a file it bills one rotator with the defaults.""",
        add_options=options.of_the_file,
    ),
}
