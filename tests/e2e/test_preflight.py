"""`token-rotator preflight` on the local AWS: what that lacks is unknown, and no crash."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.e2e.test_operating import COMMAND
from tests.support.system import CONFIG, System
from token_rotator_cli.preflight.preflight import STEPS

NEW = """\
[stack]
name = "new"
alarm_topic_arn = "{topic}"

[rotators.marketing]
parameter_name = "{parameter}"
"""


def preflight(system: System, config: Path) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [COMMAND, "preflight", "--json", "--config", config],
        env=system.aws.client_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.startswith("Account "), done.stderr
    assert done.stderr.count("\n") == 1
    return done.returncode, json.loads(done.stdout)


def wrong(document: dict[str, Any]) -> dict[str, str]:
    return {one["step"]: one["message"] for one in document["steps"] if one["result"] == "wrong"}


def test_what_is_deployed_already_can_be_deployed_again(system: System) -> None:
    code, document = preflight(system, CONFIG)

    assert (code, wrong(document)) == (0, {})
    results = {one["step"]: one["result"] for one in document["steps"]}
    assert [*results] == [step.name for step in STEPS]
    known = {"account", "services", "bootstrap", "named", "roles", "secrets", "keys", "losses"}
    assert {step: results[step] for step in known} == dict.fromkeys(known, "ok")
    # what the emulator does not have is unknown, and nothing of it is a surprise
    assert {one["error"] for one in document["steps"]} <= {None, "CallerError"}, document["steps"]


def test_a_new_stack_that_would_meet_others_is_told_so(system: System, tmp_path: Path) -> None:
    config = tmp_path / "rotators.toml"
    topic = system.outputs["AlarmTopicArn"]
    secrets = system.aws.client("secretsmanager")
    secrets.create_secret(Name="new/marketing", SecretString="somebody's")

    config.write_text(NEW.format(topic=f"{topic}-gone", parameter=system.rotator.parameter_name))
    met = preflight(system, config)
    secrets.delete_secret(SecretId="new/marketing", ForceDeleteWithoutRecovery=True)
    config.write_text(NEW.format(topic=topic, parameter="/new/access-token"))
    free = preflight(system, config)

    assert met[0] == 1
    assert {*wrong(met[1])} == {"named", "secrets", "losses"}
    assert "cannot create it (AlreadyExists)" in wrong(met[1])["secrets"]
    assert (free[0], wrong(free[1])) == (0, {})
