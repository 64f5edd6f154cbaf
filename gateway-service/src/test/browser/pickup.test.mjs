// A browser picks an image up over a connection that breaks. Wants a fleet at COATCHECK_URL, with
// the map function, and Chromium (CHROMIUM says where, if it is not in the path).
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startBrowser } from './browser.mjs';
import { cuttingProxy } from './cutting-proxy.mjs';

const gateway = process.env.COATCHECK_URL ?? 'http://localhost:8080';
const PATIENCE_MS = 30_000;
let browser;
let line;

before(async () => (browser = await startBrowser()));
after(() => browser.close());
beforeEach(async () => (line = await cuttingProxy(Number(new URL(gateway).port))));
afterEach(() => line.close());

/** Has a map made; what the gateway says of it. */
async function map() {
  const spec = { width: 2048, height: 1536 };
  const body = JSON.stringify({ spec, filename: 'map.png', transfer: 'RESPONSE_STREAM' });
  const created = await fetch(`${gateway}/v1/images`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body,
  });
  assert.equal(created.status, 202, await created.clone().text());
  const location = created.headers.get('Location');
  const image = await imageOf(location, { Prefer: 'wait=60' });
  assert.equal(image.state, 'COMPLETE');
  return { ...image, location };
}

async function imageOf(location, headers = {}) {
  return (await fetch(gateway + location, { headers })).json();
}

async function until(what, condition) {
  for (const began = Date.now(); Date.now() - began < PATIENCE_MS; await pause(50)) {
    const met = await condition();
    if (met) return met;
  }
  throw new Error(`not within ${PATIENCE_MS} ms: ${what}`);
}

/** It was delivered, once: nobody else gets it. */
async function assertDelivered(image) {
  await until('delivered', async () => {
    const { state, reason } = await imageOf(image.location);
    return state === 'DELIVERED' || reason === 'IMAGE_DELIVERED';
  });
  const again = await fetch(`${gateway}${image.location}/content`);
  assert.equal(again.status, 410);
  assert.equal((await again.json()).reason, 'IMAGE_DELIVERED');
}

test('a download that breaks at half is resumed by the browser itself', async () => {
  const image = await map();
  line.cutNextAfter(image.sizeBytes / 2);
  await browser.page.goto(`${line.url}/healthz`);
  await browser.page.evaluate((url) => {
    const link = document.createElement('a');
    link.href = url;
    link.download = '';
    link.click();
  }, `${image.location}/content`);

  const file = path.join(browser.downloads, 'map.png');
  await until('the file', () => existsSync(file));

  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  assert.equal(sha256, image.sha256);
  const [first, second, ...more] = line.requests;
  assert.equal(first.range, '');
  assert.match(second.range, /^bytes=[1-9]\d+-$/);
  assert.match(second.ifRange, /^".+"$/);
  assert.deepEqual(more, []);
  await assertDelivered(image);
});

test('a reload of a half-loaded picture shows it', async () => {
  const image = await map();
  line.cutNextAfter(image.sizeBytes / 2);
  const url = `${line.url}${image.location}/content`;
  await browser.page.goto(url, { waitUntil: 'commit' });
  await until('the cut', () => line.cuts() === 1);
  const isWhole = () =>
    browser.page.evaluate(async () => {
      const picture = document.querySelector('img');
      return picture.decode().then(() => picture.naturalWidth, () => 0);
    });
  assert.equal((await imageOf(image.location)).state, 'COMPLETE');

  await browser.page.reload();

  assert.equal(await isWhole(), 2048);
  assert.match(line.requests.at(-1).cookie, /coatcheck=/);
  await assertDelivered(image);
});
