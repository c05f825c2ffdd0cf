# A workload reads the token with its own role, and this policy.
resource "aws_iam_role_policy_attachment" "reads_the_token" {
  role       = var.consumer_role
  policy_arn = aws_cloudformation_stack.tokens.outputs["MarketingReaderPolicyArn"]
}
