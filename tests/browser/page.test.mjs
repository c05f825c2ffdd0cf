// Drives the page at PAGE with the browser at CHROMIUM. test_page.py starts both.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const { CHROMIUM, PAGE } = process.env;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
let browser;

before(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
});

after(() => browser.close());

async function opened(options = {}) {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, ...options });
  page.complaints = [];
  page.on("console", (message) => message.type() === "error" && page.complaints.push(message.text()));
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  await page.goto(PAGE);
  await page.getByText("/a/token").waitFor();
  return page;
}

async function violations(page) {
  await page.evaluate(AXE); // unlike a script element, the page's policy does not forbid it
  const { violations: found } = await page.evaluate(() => globalThis.axe.run());
  return found.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`);
}

test("a healthy rotator: what a consumer reads, the line, and all alarms quiet", async () => {
  const page = await opened();

  assert.equal(await page.getByRole("status").first().textContent(), "Consumers have a valid token.");
  assert.equal(await page.locator("#fingerprint").textContent(), "0123456789ab");
  assert.match(await page.locator("#chart path.line").getAttribute("d"), /^M[\d.]+ [\d.]+L/);
  assert.match(await page.getByRole("img").getAttribute("aria-label"), /now 2\d\d seconds left/);
  assert.equal(await page.locator("#alarm-list .badge.good").count(), 6);
  assert.deepEqual(page.complaints, []);
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing to complain about, ${colorScheme}`, async () => {
    assert.deepEqual(await violations(await opened({ colorScheme })), []);
  });
}

test("a narrow telephone needs no sideways scrolling", async () => {
  const page = await opened({ viewport: { width: 320, height: 640 } });

  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
});

test("a switch is turned by keyboard, and a second window sees it", async () => {
  const [page, other] = [await opened(), await opened()];

  await page.getByRole("radio", { name: "works" }).focus();
  await page.keyboard.press("ArrowDown");

  await page.getByText("Identity provider: answers after 6 seconds.").waitFor();
  await other.getByRole("radio", { name: "answers after 6 seconds", checked: true }).waitFor();
});

test("another site can neither turn a switch nor read the state", async () => {
  const [page, foreign] = [await opened(), await browser.newPage()];

  const read = await foreign.evaluate(async (address) => {
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify({ switch: "identity-provider", position: "down" });
    await fetch(`${address}/turn`, { method: "POST", body, mode: "no-cors" }).catch(() => {});
    await fetch(`${address}/turn`, { method: "POST", body, headers }).catch(() => {});
    return fetch(`${address}/state`).then(() => "read", () => "refused");
  }, PAGE);

  const { switches } = await page.evaluate(() => fetch("/state").then((answer) => answer.json()));
  const provider = switches.find((one) => one.name === "identity-provider");

  assert.equal(read, "refused");
  assert.notEqual(provider.now, "down");
});

test("a failure shows its error and rings, and without a token the page says so", async () => {
  const page = await opened();

  await page.getByRole("button", { name: "Rotate now" }).click();
  await page.getByText("Consumers have a valid token. In ALARM: RefreshFailing.").waitFor();
  assert.match(await page.locator("#event-list li").first().textContent(), /failed.*IdentityProviderDown It answered 503\./);
  assert.equal(await page.locator("#chart path.failed").count(), 1);
  assert.deepEqual(await violations(page), []);

  await page.getByRole("button", { name: "Rotate now" }).click();
  await page.getByText(/^Consumers have no valid token\./).waitFor();
  assert.equal(await page.locator("#chart rect.gap").count(), 1);
  assert.equal(await page.locator("#left").textContent(), "expired");
  assert.deepEqual(await violations(page), []);
});
