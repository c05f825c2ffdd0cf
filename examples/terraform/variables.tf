variable "bucket" {
  description = "Bucket for the package, in the stack's region; the one of token-rotator package --bucket, or another"
  type        = string
}

variable "prefix" {
  description = "What token-rotator package --prefix was given"
  type        = string
  default     = "token-rotator/"
}

variable "package" {
  description = "Directory that token-rotator package wrote"
  type        = string
  default     = "package"
}

variable "stack_name" {
  description = "Name of the stack in rotators.toml"
  type        = string
  default     = "intelligence-tokens"
}

variable "alarm_email" {
  description = "Address that is told when an alarm fires"
  type        = string
  default     = ""
}

variable "alarm_topic_arn" {
  description = "ARN of an SNS topic that alarms go to; empty: the stack creates one"
  type        = string
  default     = ""
}

variable "key_arn" {
  description = "ARN of a KMS key; empty: the stack creates one"
  type        = string
  default     = ""
}

variable "permissions_boundary_arn" {
  description = "ARN of the policy that bounds every role; empty: none"
  type        = string
  default     = ""
}

variable "subnet_ids" {
  description = "Private subnets of the functions; none: no VPC of yours"
  type        = list(string)
  default     = []
}

variable "security_group_ids" {
  description = "Security groups of the functions"
  type        = list(string)
  default     = []
}

variable "consumer_role" {
  description = "Name of the role of a workload that reads the token"
  type        = string
}
