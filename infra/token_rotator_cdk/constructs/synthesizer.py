"""The CDK stack synthesizer for a customized bootstrap stack."""

from aws_cdk import CliCredentialsStackSynthesizer, DefaultStackSynthesizer, IStackSynthesizer

from token_rotator_cdk.config.models.bootstrap import BootstrapConfig


def synthesizer(bootstrap: BootstrapConfig) -> IStackSynthesizer | None:
    """The synthesizer, or None (the app's default) if the table is empty."""
    if bootstrap == BootstrapConfig():
        return None
    if bootstrap.cli_credentials:
        return CliCredentialsStackSynthesizer(
            qualifier=bootstrap.qualifier,
            file_assets_bucket_name=bootstrap.file_assets_bucket_name,
            bucket_prefix=bootstrap.bucket_prefix,
        )
    return DefaultStackSynthesizer(
        qualifier=bootstrap.qualifier,
        file_assets_bucket_name=bootstrap.file_assets_bucket_name,
        bucket_prefix=bootstrap.bucket_prefix,
        file_asset_publishing_role_arn=bootstrap.file_asset_publishing_role_arn,
        deploy_role_arn=bootstrap.deploy_role_arn,
        cloud_formation_execution_role=bootstrap.cloud_formation_execution_role,
        lookup_role_arn=bootstrap.lookup_role_arn,
        bootstrap_stack_version_ssm_parameter=bootstrap.bootstrap_stack_version_ssm_parameter,
    )
