"""Templates and zip files for whoever deploys with CloudFormation alone."""
