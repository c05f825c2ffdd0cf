import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";

const Name = process.env.TOKEN_PARAMETER ?? "/intelligence/marketing/access-token";
const client = new SSMClient({});

let held = { expires_at: 0 }; // the record of the token
let readAt = { wall: -Infinity, ticks: -Infinity };
let rest = 0; // for how many seconds after readAt no read is due
let reading; // the read in progress: all callers share it
let failure = new Error("The parameter has not been read yet.");

const clocks = () => ({ wall: Date.now() / 1000, ticks: performance.now() / 1000 });
const lives = () => clocks().wall < held.expires_at;

/** By either clock, or if one was set back: time stands still while Lambda freezes the process. */
function due() {
  const { wall, ticks } = clocks();
  const [slept, ran] = [wall - readAt.wall, ticks - readAt.ticks];
  return !(slept >= -1 && slept < rest && ran >= 0 && ran < rest);
}

async function published() {
  const answer = await client.send(new GetParameterCommand({ Name, WithDecryption: true }));
  let record;
  try {
    record = JSON.parse(answer.Parameter.Value);
  } catch {} // the error would quote the value
  if (!record?.access_token || !(record.issued_at > 0) || !(record.expires_at > 0)) {
    throw new Error("The parameter does not hold a token record.");
  }
  return record;
}

async function read() {
  const asked = clocks().wall;
  let ended = held.expires_at;
  try {
    const record = await published();
    ended = Math.max(ended, record.expires_at);
    if (record.expires_at <= clocks().wall) throw new Error("The published token has expired.");
    held = record;
    failure = undefined;
  } catch (error) {
    failure = error;
  }
  readAt = clocks();
  const left = held.expires_at - readAt.wall;
  rest = left > 0 ? Math.min(5, Math.max(left, 1)) : 5;
  if (!failure) {
    const ahead = Math.min(60, held.expires_at - held.issued_at) * (1 - Math.random() / 2);
    rest = Math.max(rest, held.expires_at - ahead - Math.max(readAt.wall, held.issued_at));
  } else if (asked < ended && ended <= readAt.wall) {
    rest = 0; // frozen while it was read: the answer is old
  }
}

/** A token that has not expired. Call it for every request. */
export async function accessToken() {
  for (let attempt = 0; attempt < 2 && due(); attempt += 1) {
    reading ??= read().finally(() => (reading = undefined));
    if (lives()) break; // nobody waits while the held token works
    await reading;
  }
  if (lives()) return held.access_token;
  throw failure ?? new Error("The token has expired.");
}
