"""Runs the function's own exchange against other people's servers and libraries.

oidc-provider is among the project's own development tools. The first argument is a directory where
the others are installed::

    python3 -m venv DIR/py
    DIR/py/bin/pip install authlib flask requests google-auth msal simple-salesforce docusign-esign
    .venv/bin/python -m studies.providers DIR

``docs/configure/providers.md`` says what came of it.
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
