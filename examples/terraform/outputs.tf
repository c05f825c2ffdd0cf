# The names begin with the rotator's name in rotators.toml: [rotators.marketing]

output "parameter_name" {
  description = "SSM parameter that holds the token"
  value       = aws_cloudformation_stack.tokens.outputs["MarketingParameterName"]
}

output "reader_policy_arn" {
  description = "Policy for the roles of workloads"
  value       = aws_cloudformation_stack.tokens.outputs["MarketingReaderPolicyArn"]
}

output "secret_arn" {
  description = "Secret for the downloaded file: token-rotator upload FILE --stack NAME"
  value       = aws_cloudformation_stack.tokens.outputs["MarketingSecretArn"]
}

output "function_name" {
  description = "For token-rotator check --function NAME"
  value       = aws_cloudformation_stack.tokens.outputs["MarketingFunctionName"]
}

output "alarm_topic_arn" {
  description = "Topic that alarms go to"
  value       = aws_cloudformation_stack.tokens.outputs["AlarmTopicArn"]
}
