"""Calls to AWS: the protocol ``AwsService``, and its implementation with botocore."""
