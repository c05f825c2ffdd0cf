"""A script like in the provider's documentation, with requests and the jwt package.

It reads the downloaded file and prints a token, in one process per run, without publishing.
"""

import json
import sys
import time
import uuid
from pathlib import Path

import jwt
import requests
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.jwk import RSAJWK

account = json.loads(Path(sys.argv[1]).read_text())
client_id = account["serviceAccountId"]
discovered = requests.get(account["discoveryEndpoint"], timeout=10).json()
pem = account["privateKey"].replace("\\n", "\n").encode()
assertion = jwt.JWT().encode(
    {
        "iss": client_id,
        "sub": client_id,
        "aud": discovered["issuer"],
        "iat": int(time.time()),
        "jti": uuid.uuid4().hex,
    },
    RSAJWK(load_pem_private_key(pem, password=None)),
    alg="RS256",
)
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
print(answer.json()["access_token"])
