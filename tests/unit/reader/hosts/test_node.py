"""examples/snippets/access-token.mjs with the AWS SDK for JavaScript from the npm registry."""

import shutil
import subprocess
from pathlib import Path

import pytest

from local import ROOT
from tests.unit.reader.hosts.conftest import RotatingStore
from tests.unit.reader.hosts.test_hosts import environment
from tests.unit.reader.scenario import NAME

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not shutil.which("npm"), reason="needs Node.js and npm"),
]
PROGRAM = """
import { accessToken } from "./access-token.mjs";
const seen = new Set();
for (let turn = 0; seen.size < 3; turn += 1) {
  for (const token of await Promise.all(Array.from({ length: 10 }, accessToken))) seen.add(token);
  await new Promise((resolve) => setTimeout(resolve, 20));
}
console.log(seen.size);
"""


def test_ten_callers_at_a_time_through_two_rotations(store: RotatingStore, tmp_path: Path):
    shutil.copy(ROOT / "examples" / "snippets" / "access-token.mjs", tmp_path)
    (tmp_path / "package.json").write_text("{}", encoding="utf-8")
    (tmp_path / "program.mjs").write_text(PROGRAM, encoding="utf-8")
    install = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([*install, "@aws-sdk/client-ssm@3"], cwd=tmp_path, check=True, timeout=300)
    reads = store.reads

    ended = subprocess.run(
        ["node", "program.mjs"],
        cwd=tmp_path,
        env=environment(store, AWS_REGION="eu-west-1", TOKEN_PARAMETER=NAME),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert ended.stdout == "3\n", ended.stderr
    assert store.reads - reads <= 12, "callers share a read"
