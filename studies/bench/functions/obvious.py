"""A typical first version: boto3, requests and PyJWT, all in the handler."""

import json
import os
import time
import uuid
from datetime import UTC, datetime

import boto3
import jwt
import requests


def handle(event, context):
    now = int(time.time())
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["SECRET_ARN"])
    account = json.loads(secret["SecretString"])
    client_id = account["serviceAccountId"]
    discovered = requests.get(account["discoveryEndpoint"], timeout=10).json()
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": discovered["issuer"],
        "iat": now,
        "jti": uuid.uuid4().hex,
    }
    assertion = jwt.encode(claims, account["privateKey"].replace("\\n", "\n"), algorithm="RS256")
    answer = requests.post(
        discovered["token_endpoint"],
        params={
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_assertion": assertion,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        },
        timeout=10,
    )
    answer.raise_for_status()
    token = answer.json()
    expires_at = now + token["expires_in"]
    timestamp = datetime.fromtimestamp(expires_at + 300, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    policy = {"Type": "Expiration", "Version": "1.0", "Attributes": {"Timestamp": timestamp}}
    boto3.client("ssm").put_parameter(
        Name=os.environ["PARAMETER_NAME"],
        Value=json.dumps({"access_token": token["access_token"], "expires_at": expires_at}),
        Type="SecureString",
        Tier="Advanced",
        KeyId=os.environ["PARAMETER_KEY_ARN"],
        Policies=json.dumps([policy]),
        Overwrite=True,
    )
    print(json.dumps({"published": expires_at}))
    return {"expires_at": expires_at}
