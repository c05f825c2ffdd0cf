"""Runs the function's exchange with third-party servers and libraries.

oidc-provider is one of the project's development tools. The first argument is a directory with the
others::

    python3 -m venv DIR/py
    DIR/py/bin/pip install authlib flask requests google-auth msal simple-salesforce docusign-esign
    .venv/bin/python -m studies.providers DIR

``docs/configure/providers.md`` contains the results.
"""

import json
import sys
from pathlib import Path

import jwt

from studies.providers.certified import certified
from studies.providers.grant import authlib
from studies.providers.vendors import vendors


def main() -> None:
    """Runs all three and shows one assertion decoded."""
    programs = Path(sys.argv[1])
    certified()
    print()
    shown = authlib(programs)
    vendors(programs)
    assertion = shown.parameters["assertion"]
    print("\nAn assertion that Authlib accepted, decoded:")
    print(json.dumps(jwt.get_unverified_header(assertion), indent=2))
    claims = jwt.decode(assertion, options={"verify_signature": False})
    print(json.dumps(claims, indent=2))


if __name__ == "__main__":
    main()
