"""The minimum code: urllib3, cryptography and signed requests, without error handling."""

import base64
import functools
import hashlib
import hmac
import json
import os
import time
import uuid
from datetime import UTC, datetime
from urllib.parse import urlencode

import urllib3
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import load_pem_private_key

REGION = os.environ["AWS_REGION"]
ENDPOINT = os.environ["AWS_ENDPOINT_URL"]
HOST = ENDPOINT.partition("//")[2]
POOL = urllib3.PoolManager()


def handle(event, context):
    now = int(time.time())
    secret = call(
        "secretsmanager",
        "secretsmanager.GetSecretValue",
        SecretId=os.environ["SECRET_ARN"],
        VersionStage="AWSCURRENT",
    )
    account = json.loads(secret["SecretString"])
    discovered = discover(account["discoveryEndpoint"])
    client_id = account["serviceAccountId"]
    parameters = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_assertion": sign(
            account["privateKey"],
            iss=client_id,
            sub=client_id,
            aud=discovered["issuer"],
            iat=now,
            jti=uuid.uuid4().hex,
        ),
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }
    answer = POOL.request("POST", f"{discovered['token_endpoint']}?{urlencode(parameters)}").json()
    expires_at = now + answer["expires_in"]
    if event.get("looks"):
        call(
            "ssm", "AmazonSSM.GetParameter", Name=os.environ["PARAMETER_NAME"], WithDecryption=True
        )
    timestamp = datetime.fromtimestamp(expires_at + 300, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    policy = {"Type": "Expiration", "Version": "1.0", "Attributes": {"Timestamp": timestamp}}
    call(
        "ssm",
        "AmazonSSM.PutParameter",
        Name=os.environ["PARAMETER_NAME"],
        Value=json.dumps({"access_token": answer["access_token"], "expires_at": expires_at}),
        Type="SecureString",
        Tier="Advanced",
        KeyId=os.environ["PARAMETER_KEY_ARN"],
        Policies=json.dumps([policy]),
        Overwrite=True,
    )
    return {"expires_at": expires_at}


@functools.cache
def discover(endpoint):
    return POOL.request("GET", endpoint).json()


@functools.cache
def key(pem):
    return load_pem_private_key(pem.replace("\\n", "\n").encode(), password=None)


def sign(pem, **claims):
    head = {"alg": "RS256", "typ": "JWT"}
    signed = b".".join(b64(json.dumps(part).encode()) for part in (head, claims))
    return b".".join((signed, b64(key(pem).sign(signed, PKCS1v15(), hashes.SHA256())))).decode()


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def call(service, target, **arguments):
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html"""
    body = json.dumps(arguments).encode()
    at = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "host": HOST,
        "x-amz-date": at,
        "x-amz-target": target,
    }
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{at[:8]}/{REGION}/{service}/aws4_request"
    digest = hashlib.sha256(request.encode()).hexdigest()
    secret = f"AWS4{os.environ['AWS_SECRET_ACCESS_KEY']}".encode()
    for part in scope.split("/"):
        secret = hmac.digest(secret, part.encode(), "sha256")
    signature = hmac.digest(secret, f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{digest}".encode(), "sha256")
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={os.environ['AWS_ACCESS_KEY_ID']}/{scope}, "
        f"SignedHeaders={names}, Signature={signature.hex()}"
    )
    return POOL.request("POST", ENDPOINT + "/", body=body, headers=headers).json()
