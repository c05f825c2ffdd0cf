"""Templates and zip files for deployments with CloudFormation alone."""
