"""The step that shows whether the KMS key of the token can be used at all."""

from token_rotator.errors import ConfigurationError
from token_rotator_cdk.config.places import region_of
from token_rotator_cli.check.context import CheckContext
from token_rotator_cli.deployment.key import describe_key, problem_of
from token_rotator_cli.steps import Finding


def encryption_key(context: CheckContext) -> Finding:
    """The key that encrypts the token is enabled. Whether the function may use it, it says."""
    arn = context.deployed.settings.parameter_key_arn
    here = region_of(context.deployed.function_arn)
    if region_of(arn) != here:
        raise ConfigurationError(
            f"The key {arn} is not in {here}, where the parameter is: name one that is."
        )
    key = describe_key(context.aws, arn)
    if problem := problem_of(key):
        raise ConfigurationError(f"The key {arn} {problem}.")
    multi_region = bool(key and key.get("MultiRegion"))
    return Finding(
        message=f"the {'multi-Region key' if multi_region else 'key'} {arn} is enabled",
        facts={"key": arn, "multi_region": multi_region},
    )
