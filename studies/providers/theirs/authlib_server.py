"""A token endpoint of Authlib, whose class JWTBearerGrant implements RFC 7523 section 2.1.

Authlib verifies with joserfc. ``{"client_id", "public_key", "user", "audience"}`` comes on stdin;
its port is printed. What is written here is storage only: who the client and the user are.
"""

import json
import os
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc7523 import JWTBearerGrant
from flask import Flask
from joserfc.jwk import import_key

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # it is on loopback
KNOWN = json.load(sys.stdin)


class Client(ClientMixin):
    client_id = KNOWN["client_id"]

    def get_client_id(self):
        return self.client_id

    def check_grant_type(self, grant_type):
        return grant_type == JWTBearerGrant.GRANT_TYPE

    def get_allowed_scope(self, scope):
        return scope


class User:
    id = KNOWN["user"]

    def get_user_id(self):
        return self.id


class Grant(JWTBearerGrant):
    def get_audiences(self):
        return [KNOWN["audience"]]

    def resolve_issuer_client(self, issuer):
        return Client() if issuer == Client.client_id else None

    def resolve_client_public_key(self, client):
        return import_key(KNOWN["public_key"], "RSA")

    def authenticate_user(self, subject):
        return User() if subject == User.id else None

    def has_granted_permission(self, client, user):
        return True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


app = Flask(__name__)
app.config["OAUTH2_SCOPES_SUPPORTED"] = ["api"]
server = AuthorizationServer(
    app, query_client=lambda _: Client(), save_token=lambda token, request: None
)
server.register_grant(Grant)
app.route("/token", methods=["POST"])(server.create_token_response)

listening = make_server("127.0.0.1", 0, app, handler_class=Quiet)
print(listening.server_port, flush=True)
listening.serve_forever()
