"""examples/snippets/access-token.mjs in Node, with virtual clocks."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from local import ROOT

SNIPPET = ROOT / "examples" / "snippets" / "access-token.mjs"

pytestmark = pytest.mark.skipif(not shutil.which("node"), reason="needs Node.js")

SDK = """
export class GetParameterCommand { constructor(input) { this.input = input; } }
export class SSMClient { send(command) { return globalThis.aws(command.input); } }
"""

STAGE = """
import assert from "node:assert/strict";

const HOUR = 3600;
const clock = { wall: 1_800_000_000, ticks: 1000 };
Date.now = () => clock.wall * 1000;
performance.now = () => clock.ticks * 1000;
Math.random = () => 0;
const pass = (seconds) => { clock.wall += seconds; clock.ticks += seconds; };
const step = (seconds) => { clock.wall += seconds; };

let published = 0, reads = 0, value, inFlight = 0, most = 0;
let duringRead = async () => {};
const publish = (issued = clock.wall) => {
  published += 1;
  const times = { issued_at: issued, expires_at: issued + 300, refresh_after: issued + 240 };
  value = JSON.stringify({ access_token: `token-${published}`, token_type: "Bearer", ...times });
};
globalThis.aws = async (input) => {
  assert.deepEqual(input, { Name: "/intelligence/marketing/access-token", WithDecryption: true });
  reads += 1; inFlight += 1; most = Math.max(most, inFlight);
  const answer = value;
  await duringRead();
  inFlight -= 1;
  if (answer instanceof Error) throw answer;
  return { Parameter: { Value: answer } };
};
const { accessToken } = await import("./access-token.mjs");
const settled = () => new Promise((resolve) => setImmediate(resolve));
"""

CASES = {
    "three callers share the first read": """
publish();
assert.deepEqual(await Promise.all([accessToken(), accessToken(), accessToken()]),
  ["token-1", "token-1", "token-1"]);
assert.equal(reads, 1);
""",
    "three callers share a read after a thaw": """
publish(); await accessToken();
step(HOUR); publish();
assert.deepEqual(await Promise.all([accessToken(), accessToken(), accessToken()]),
  ["token-2", "token-2", "token-2"]);
assert.equal(reads, 2);
""",
    "three callers share an error, and the next one is sent after five seconds": """
value = new Error("throttled");
const results = await Promise.allSettled([accessToken(), accessToken(), accessToken()]);
assert.deepEqual(results.map((one) => one.reason.message), Array(3).fill("throttled"));
await assert.rejects(accessToken(), /throttled/);
assert.equal(reads, 1);
pass(5); publish();
assert.equal(await accessToken(), "token-1");
""",
    "the held token is returned while it is read again, and when that fails": """
publish(); await accessToken();
pass(240); value = new Error("throttled");
assert.equal(await accessToken(), "token-1");
await settled();
assert.equal(await accessToken(), "token-1");
assert.equal(reads, 2);
pass(5); publish();
assert.equal(await accessToken(), "token-1");
await settled();
assert.equal(await accessToken(), "token-2");
""",
    "a clock that was ahead and is set back": """
publish(); step(HOUR);
await assert.rejects(accessToken(), /has expired/);
step(-HOUR);
assert.equal(await accessToken(), "token-1");
""",
    "a clock that is set back does not keep an old token": """
publish(); await accessToken();
step(-HOUR); await accessToken(); await settled();
pass(240); publish(clock.wall + HOUR);
await accessToken(); await settled();
assert.equal(await accessToken(), "token-2");
""",
    "an expired token is never returned, and the next one is found at its expiry": """
publish(); await accessToken();
pass(298); await accessToken(); await settled();
pass(2); publish();
assert.equal(await accessToken(), "token-2");
""",
    "a read that was frozen in flight is asked again": """
publish(); await accessToken();
pass(250);
let thaw;
duringRead = () => new Promise((resolve) => { duringRead = async () => {}; thaw = resolve; });
assert.equal(await accessToken(), "token-1");
step(HOUR); publish(); thaw();
await settled();
assert.deepEqual(await Promise.all([accessToken(), accessToken()]), ["token-2", "token-2"]);
assert.equal(reads, 3);
""",
    "a first read that was frozen in flight is asked again": """
publish();
duringRead = async () => { duringRead = async () => {}; step(HOUR); publish(); };
assert.equal(await accessToken(), "token-2");
""",
    "a value that is no record is not quoted": """
for (value of ["sentinel-password", '{"access_token": "sentinel"}', "[]", "null", "1"]) {
  const quotes = (error) => /sentinel/.test(`${error.stack} ${error.cause}`);
  await assert.rejects(accessToken(), (error) => /token record/.test(error) && !quotes(error));
  pass(5);
}
publish();
assert.equal(await accessToken(), "token-1");
""",
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_javascript(tmp_path: Path, case: str):
    shutil.copy(SNIPPET, tmp_path)
    sdk = tmp_path / "node_modules" / "@aws-sdk" / "client-ssm"
    sdk.mkdir(parents=True)
    (sdk / "package.json").write_text(json.dumps({"type": "module", "main": "index.js"}))
    (sdk / "index.js").write_text(SDK)
    (tmp_path / "test.mjs").write_text(f"{STAGE}{case}\nassert.ok(most <= 1);")

    ended = subprocess.run(
        ["node", "test.mjs"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
