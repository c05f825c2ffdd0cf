"""Optional protections: a key for the logs, a signature for the code."""

from tests.support.infra_templates import a_stack, arn, logical_id, only, template

SIGNING = "arn:aws:lambda:eu-west-1:111122223333:code-signing-config:csc-0123456789abcdef0"


def may_use(document):
    statements = only(document, "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    return {one["Sid"]: one for one in statements if "Sid" in one}


def test_the_logs_are_encrypted_with_the_stacks_key_where_that_is_asked_for():
    document = template(a_stack(log_key=True))

    key = {"Fn::GetAtt": [logical_id(document, "AWS::KMS::Key"), "Arn"]}
    assert only(document, "AWS::Logs::LogGroup")["KmsKeyId"] == key


def test_cloudwatch_may_use_the_key_for_the_groups_of_this_stack_only():
    document = template(a_stack(log_key=True))

    logs = may_use(document)["LogsOfThisStack"]
    assert logs["Principal"]["Service"]["Fn::Join"][1] == [
        *("logs.", {"Ref": "AWS::Region"}, ".", {"Ref": "AWS::URLSuffix"}),
    ]
    assert logs["Condition"] == {
        "ArnLike": {"kms:EncryptionContext:aws:logs:arn": arn("logs:log-group:tokens-*")}
    }


def test_by_default_cloudwatch_encrypts_the_logs_with_a_key_of_its_own():
    document = template()

    assert "KmsKeyId" not in only(document, "AWS::Logs::LogGroup")
    assert "LogsOfThisStack" not in may_use(document)


def test_the_function_takes_signed_code_only_where_a_config_says_so():
    signed = only(template(a_stack(code_signing_config_arn=SIGNING)), "AWS::Lambda::Function")

    assert signed["CodeSigningConfigArn"] == SIGNING
    assert "CodeSigningConfigArn" not in only(template(), "AWS::Lambda::Function")
