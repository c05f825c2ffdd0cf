"""What the vendors' own libraries would send, caught before it leaves.

``{"client_id", "private_key", "certificate", "user"}`` comes on stdin; parameters by library are
printed as JSON.
"""

import json
import sys
from types import SimpleNamespace
from urllib.parse import parse_qsl

import msal
from docusign_esign import ApiClient
from google.oauth2 import service_account
from simple_salesforce import SalesforceLogin

KNOWN = json.load(sys.stdin)
SENT = {}


def google():
    def request(url, method, body=None, headers=None, **_):
        SENT["Google service accounts"] = dict(parse_qsl(body.decode()))
        answer = json.dumps({"access_token": "t", "expires_in": 3600}).encode()
        return SimpleNamespace(status=200, headers={}, data=answer)

    service_account.Credentials.from_service_account_info(
        {
            "client_email": KNOWN["client_id"],
            "private_key": KNOWN["private_key"],
            "private_key_id": "key-1",
            "token_uri": "https://oauth2.googleapis.com/token",
        },
        scopes=["https://www.googleapis.com/auth/cloud-platform"],
    ).refresh(request)


def entra():
    class Http:
        def get(self, url, **_):
            at = "https://login.microsoftonline.com/TENANT/oauth2/v2.0"
            document = {
                "authorization_endpoint": f"{at}/authorize",
                "token_endpoint": f"{at}/token",
                "issuer": "https://login.microsoftonline.com/TENANT/v2.0",
            }
            return SimpleNamespace(status_code=200, text=json.dumps(document), headers={})

        def post(self, url, data=None, **_):
            SENT["Entra ID"] = dict(data)
            answer = {"access_token": "t", "expires_in": 3600, "token_type": "Bearer"}
            return SimpleNamespace(status_code=200, text=json.dumps(answer), headers={})

        def close(self):
            pass

    msal.ConfidentialClientApplication(
        KNOWN["client_id"],
        authority="https://login.microsoftonline.com/TENANT",
        client_credential={
            "private_key": KNOWN["private_key"],
            "public_certificate": KNOWN["certificate"],
        },
        http_client=Http(),
        instance_discovery=False,
    ).acquire_token_for_client(scopes=["https://graph.microsoft.com/.default"])


def salesforce():
    class Session:
        def post(self, url, data, **_):
            SENT["Salesforce Platform (core)"] = dict(data)
            answer = {"access_token": "t", "instance_url": "https://example.my.salesforce.com"}
            return SimpleNamespace(status_code=200, json=lambda: answer, text="", headers={})

    SalesforceLogin(
        username=KNOWN["user"],
        consumer_key=KNOWN["client_id"],
        privatekey=KNOWN["private_key"],
        domain="login",
        session=Session(),
    )


def docusign():
    client = ApiClient()

    def request(method, url, headers=None, post_params=None, **_):
        SENT["DocuSign"] = dict(post_params)
        answer = {"access_token": "t", "expires_in": 3600, "token_type": "Bearer"}
        return SimpleNamespace(status=200, data=json.dumps(answer))

    client.request = request
    client.request_jwt_user_token(
        KNOWN["client_id"],
        KNOWN["user"],
        "account.docusign.com",
        KNOWN["private_key"].encode(),
        3600,
        ["signature", "impersonation"],
    )


for library in (google, entra, salesforce, docusign):
    library()
print(json.dumps(SENT, default=bytes.decode))
