# Deploys a package of `token-rotator package`: the zip files into a bucket, and the stack.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

locals {
  template = "${var.package}/${var.stack_name}.template.json"
}

data "aws_s3_bucket" "package" {
  bucket = var.bucket
}

# Named by the hash of what they were built from, as the template names them.
resource "aws_s3_object" "zip_file" {
  for_each = fileset(var.package, "*.zip")

  bucket = data.aws_s3_bucket.package.id
  key    = "${var.prefix}${each.value}"
  source = "${var.package}/${each.value}"

  # a stack that is rolled back needs the zip file that it had
  lifecycle {
    create_before_destroy = true
  }
}

# Terraform sees that a template has changed by its address.
resource "aws_s3_object" "template" {
  bucket = data.aws_s3_bucket.package.id
  key    = "${var.prefix}${filesha256(local.template)}.template.json"
  source = local.template

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudformation_stack" "tokens" {
  name         = var.stack_name
  template_url = "https://${data.aws_s3_bucket.package.bucket_regional_domain_name}/${aws_s3_object.template.key}"

  # CAPABILITY_NAMED_IAM, if rotators.toml has a role_name_prefix
  capabilities = ["CAPABILITY_IAM"]

  # An empty value is as good as none: the stack creates what is not given.
  parameters = {
    AssetsBucketName       = data.aws_s3_bucket.package.id
    AlarmEmail             = var.alarm_email
    ExistingAlarmTopicArn  = var.alarm_topic_arn
    ExistingKeyArn         = var.key_arn
    PermissionsBoundaryArn = var.permissions_boundary_arn
    SubnetIds              = join(",", var.subnet_ids)
    SecurityGroupIds       = join(",", var.security_group_ids)
  }

  depends_on = [aws_s3_object.zip_file]
}
