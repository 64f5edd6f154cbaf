// The page for people, in a real Chromium: the whole way of a map, and all that may happen to it.
// Wants a fleet at COATCHECK_URL with its local Lambda at COATCHECK_LAMBDA_URL, and Chromium.
// Pictures of each state go to COATCHECK_SCREENSHOTS, if that is set.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import axe from 'axe-core';
import { chromium } from 'playwright-core';

const gateway = process.env.COATCHECK_URL ?? 'http://localhost:8080';
const lambda = process.env.COATCHECK_LAMBDA_URL;
const screenshots = process.env.COATCHECK_SCREENSHOTS;
const WIDE = { width: 1360, height: 1660 };
const PATIENCE_MS = 60_000;
const MOST_BYTES_BEFORE_PAINT = 100_000;

let browser;
const opened = [];

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  if (screenshots) mkdirSync(screenshots, { recursive: true });
});
after(() => browser.close());

/** Nothing was asked of another host, and nothing went wrong that the test did not mean. */
afterEach(async () => {
  await faults({});
  for (const visit of opened.splice(0)) {
    await visit.context.close();
    assert.deepEqual(visit.strangers, []);
    assert.deepEqual(visit.errors, []);
  }
});

async function open(options = {}, prepare = async () => {}) {
  const { mayCall = [], ...rest } = options;
  const context = await browser.newContext({
    viewport: WIDE, locale: 'en-US', reducedMotion: 'reduce', ...rest,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const visit = { context, strangers: [], errors: [], requests: [], bytes: 0 };
  opened.push(visit);
  page.on('request', (request) => {
    visit.requests.push(request);
    const url = request.url();
    if (![gateway, 'blob:', ...mayCall].some((known) => url.startsWith(known))) {
      visit.strangers.push(url);
    }
  });
  page.on('response', async (response) => {
    const { responseBodySize } = await response.request().sizes().catch(() => ({}));
    visit.bytes += responseBodySize ?? 0;
  });
  page.on('pageerror', (error) => visit.errors.push(String(error)));
  page.on('console', (message) => {
    // Chromium itself writes a line for each answer that is an error
    const told = /^Failed to load resource: the server responded with a status of/;
    if (message.type() === 'error' && !told.test(message.text())) visit.errors.push(message.text());
  });
  await prepare(page);
  await page.goto(gateway);
  await page.waitForSelector('html[data-ready]');
  return { page, visit };
}

/** What is to go wrong in the local Lambda from now on. */
async function faults(json) {
  const said = await fetch(`${lambda}/_local/faults`, {
    method: 'PUT', body: JSON.stringify(json),
  });
  assert.ok(said.ok, await said.text());
}

const look = async (page, name) => {
  if (screenshots) await page.screenshot({ path: path.join(screenshots, `${name}.png`) });
};
const phase = (page, ...names) =>
  page.waitForFunction(
    (wanted) => wanted.includes(document.getElementById('ticket').dataset.phase), names);
const share = (page) =>
  page.locator('#bar').evaluate((bar) => Number(bar.getAttribute('aria-valuenow')));
const order = async (page, { width = 1024, height = 768, transfer = 'RESPONSE_STREAM' } = {}) => {
  await page.getByLabel('Width, pixels').fill(String(width));
  await page.getByLabel('Height, pixels').fill(String(height));
  await page.locator(`input[value=${transfer}]`).check();
};
const logged = (page) => page.locator('#log').innerText();

test('a map of Seoul: asked for, seen while it is made, checked, saved, and gone', async () => {
  const { page, visit } = await open();
  await look(page, '1-idle');
  assert.ok(visit.bytes > 20_000 && visit.bytes < MOST_BYTES_BEFORE_PAINT, `${visit.bytes} bytes`);
  assert.equal(await page.locator('#bar').getAttribute('aria-valuenow'), null);

  await faults({ bytesPerSecond: 900_000 });
  await page.getByRole('button', { name: 'Seoul' }).click();
  await order(page, { width: 2048, height: 1536 });
  await page.getByRole('button', { name: 'Draw this map' }).click();
  await phase(page, 'making');
  const seen = new Set();
  for (let now = 0; now < 45; now = await share(page)) {
    seen.add(now);
    await page.waitForTimeout(50);
  }
  assert.ok(seen.size >= 4, `the bar moved: ${[...seen]}`);
  const parts = page.locator('#frame img');
  await parts.first().waitFor();
  assert.equal(await parts.first().evaluate((image) => image.naturalWidth), 2048);
  assert.match(await page.locator('#made').innerText(), /MB$/);
  // Some 0.9 MB/s, which a page may measure as 952 kB/s or 1.1 MB/s.
  assert.match(await page.locator('#rate').innerText(), /^\d\S* [kM]B\/s$/);
  assert.match(await page.locator('#left').innerText(), /\ds$/);
  assert.equal(await page.locator('#ticket').getAttribute('data-phase'), 'making');
  await look(page, '2-half');

  await phase(page, 'done');
  assert.match(await logged(page), /last byte[\s\S]*delivery confirmed$/);
  await page.getByRole('img', { name: 'Map around 37.57° N, 126.98° E' }).waitFor();
  await look(page, '3-done');
  assert.equal(await share(page), 100);
  assert.match(await page.locator('#check').innerText(), /^✓ Checksum verified/);
  const [download] = await Promise.all([
    page.waitForEvent('download'), page.getByRole('link', { name: 'Save the map' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'seoul.png');
  const file = readFileSync(await download.path());
  assert.equal(
    createHash('sha256').update(file).digest('hex'), await page.locator('#sha256').innerText());
  const size = file.length.toLocaleString('en-US');
  assert.ok((await page.locator('#size').innerText()).includes(`(${size} bytes)`));

  await page.getByRole('button', { name: 'Open the same link again' }).click();
  await page.getByText('Already picked up').waitFor();
  assert.equal(await page.locator('#once-status').innerText(), '410');
  await look(page, '4-again-410');

  await page.getByRole('button', { name: 'Acknowledge' }).click();
  await phase(page, 'acknowledged');
  assert.match(await logged(page), /delivery confirmed[\s\S]*acknowledged$/);
  const content = visit.requests.filter((request) => request.url().endsWith('/content'));
  assert.equal(content.length, 2);
  for (const request of visit.requests) assert.equal(request.headers().referer ?? '', '');
});

test('a connection that breaks at half goes on where it broke', async () => {
  const { page, visit } = await open();
  await faults({ bytesPerSecond: 2_500_000 });
  await order(page, { width: 2048, height: 1536 });
  await page.getByRole('switch', { name: /Break the connection/ }).check();

  await page.getByRole('button', { name: 'Draw this map' }).click();
  await phase(page, 'broken');
  const share1 = await share(page);
  assert.ok(share1 > 30 && share1 < 70, `broke at ${share1} %`);
  await look(page, '5-broken');
  await phase(page, 'done');
  await look(page, '6-resumed');

  assert.match(
    await logged(page), /connection cut at [\d.]+ MB[\s\S]*resumed at byte [\d,]+ \(206/);
  assert.equal(await page.locator('#check').innerText(), '✓ Checksum verified (Repr-Digest)');
  const [first, second, ...more] = visit.requests.filter((r) => r.url().endsWith('/content'));
  assert.equal(first.headers().range, undefined);
  assert.match(second.headers().range, /^bytes=[1-9]\d+-$/);
  assert.match(second.headers()['if-range'], /^".+"$/);
  assert.deepEqual(more, []);
});

test('a full fleet says so, and what to do', async () => {
  const full = [];
  try {
    for (let n = 0; n < 40; n += 1) {
      const spec = { sizeBytes: 100_000_000, bytesPerSecond: 20_000 };
      const created = await fetch(`${gateway}/v1/images`, {
        method: 'POST', headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({
          function: 'bytes', spec, maxBytes: 190 << 20, transfer: 'RESPONSE_STREAM',
        }),
      });
      if (created.status === 503) break;
      assert.equal(created.status, 202);
      full.push(created.headers.get('Location'));
    }
    const { page } = await open();
    await order(page, { width: 8192, height: 6144 });

    await page.getByRole('button', { name: 'Draw this map' }).click();

    const alert = page.getByRole('alert');
    await alert.getByText('The cloakroom is full').waitFor();
    await look(page, '7-full');
    await alert.getByText('Server response').click();
    await alert.getByText('503 MEMORY_BUDGET_EXHAUSTED').waitFor();
    const retry = page.locator('#retry');
    assert.match(await retry.innerText(), /^Try again/);
    await Promise.all(full.splice(0).map((place) => fetch(gateway + place, { method: 'DELETE' })));
    await order(page);
    await retry.click(); // as soon as Retry-After is over
    await phase(page, 'done');
    assert.equal(await alert.isVisible(), false);
  } finally {
    await Promise.all(full.map((place) => fetch(gateway + place, { method: 'DELETE' })));
  }
});

for (const width of [320, 400]) {
  test(`it works on a phone ${width} px wide`, async () => {
    const viewport = { width, height: 780 };
    const { page } = await open({ viewport, hasTouch: true, isMobile: true });
    const overflow = () => page.evaluate(() => {
      const root = document.documentElement;
      return root.scrollWidth - root.clientWidth;
    });
    assert.equal(await overflow(), 0);
    await look(page, `8-phone-${width}-idle`);
    await page.locator('#world').tap({ position: { x: width / 2, y: 60 } });
    await page.getByRole('button', { name: 'Tokyo' }).tap();
    await order(page, { transfer: 'AUTO' });
    await page.getByRole('button', { name: 'Draw this map' }).tap();
    await phase(page, 'done');
    assert.equal(await overflow(), 0);
    await look(page, `8-phone-${width}-done`);
    if (screenshots) {
      await page.screenshot({
        path: path.join(screenshots, `8-phone-${width}-all.png`), fullPage: true,
      });
    }
  });
}

test('in the dark, with the names, roles and contrasts that people need', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const { page } = await open({ colorScheme });
    await order(page);
    await page.getByRole('button', { name: 'Draw this map' }).click();
    await phase(page, 'done');
    await page.getByRole('button', { name: 'Open the same link again' }).click();
    await page.getByText('Already picked up').waitFor();
    await look(page, `9-${colorScheme}`);

    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => globalThis.axe.run());

    assert.deepEqual(
      violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]), [], colorScheme);
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(background, colorScheme === 'dark' ? 'rgb(21, 20, 17)' : 'rgb(244, 240, 230)');
  }
});

test('in Korean for a Korean browser, and in either language by choice', async () => {
  const { page } = await open({ locale: 'ko-KR' });
  assert.equal(await page.locator('html').getAttribute('lang'), 'ko');
  await page.locator('#width').fill('1024');
  await page.locator('#height').fill('768');
  await page.getByRole('button', { name: '이 지도 그리기' }).click();
  await phase(page, 'done');
  await page.getByRole('button', { name: '같은 링크 다시 열기' }).click();
  await page.getByText('이미 찾아간 그림입니다').waitFor();
  await look(page, '10-korean');
  const names = /^(Coatcheck|English|Digest|Repr|JPEG|IMAGE|DELIVERED|Natural|Earth|[0-9a-f]+)$/;
  const body = await page.locator('body').innerText();
  assert.deepEqual(body.match(/[A-Za-z]{4,}/g).filter((word) => !names.test(word)), []);

  await page.getByRole('button', { name: 'English' }).click();

  await page.getByText('Already picked up').waitFor();
  assert.match(await logged(page), /first byte/);
  await page.reload();
  await page.getByRole('heading', { name: 'Order a map' }).waitFor();
});

test('by keyboard alone', async () => {
  const { page } = await open();
  const focus = () => page.evaluate(() => {
    const { id, textContent } = document.activeElement;
    return id || textContent;
  });
  const tabTo = async (id) => {
    for (let n = 0; n < 60; n += 1) {
      if ((await focus()) === id) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`no way to ${id}`);
  };
  await page.keyboard.press('Tab');
  assert.equal(await focus(), 'Skip to the ticket');
  await tabTo('world');
  const before = Number(await page.locator('#lat').inputValue());
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('+');
  assert.ok(Number(await page.locator('#lat').inputValue()) > before);
  assert.equal(await page.locator('#zoom').inputValue(), '6.5');
  await tabTo('1024 × 768');
  await page.keyboard.press('Enter');
  await tabTo('break');
  await page.keyboard.press('Space');
  await tabTo('ask');
  await page.keyboard.press('Enter');
  await phase(page, 'broken');
  await phase(page, 'done');
  assert.equal(await focus(), 'ask');
  await tabTo('again');
  await page.keyboard.press('Enter');
  await page.getByText('Already picked up').waitFor();
});

test('every reason has words in both languages, and the wrong field is marked', async () => {
  let answer;
  const { page } = await open({}, (opening) =>
    opening.route('**/v1/images', (route) => route.fulfill({
      status: answer.status, contentType: 'application/problem+json', body: JSON.stringify(answer),
    })));
  const words = await page.evaluate(async () => ({
    en: (await import('/page/words-en.js')).words, ko: (await import('/page/words-ko.js')).words,
  }));
  assert.deepEqual(Object.keys(words.ko), Object.keys(words.en));
  assert.deepEqual(Object.keys(words.ko.problems), Object.keys(words.en.problems));
  const reasons = Object.keys(words.en.problems);
  assert.ok(reasons.length > 20);
  for (const reason of reasons) {
    answer = { status: 409, reason, detail: `about ${reason}`, field: 'spec.center.lat' };
    await page.locator('#ask').click();
    for (const language of ['en', 'ko']) {
      await page.locator(`[data-language=${language}]`).click();
      await page.waitForSelector(`html[lang=${language}]`);
      const said = words[language].problems[reason];
      assert.equal(await page.locator('#problem-title').innerText(), said.title);
      assert.equal(await page.locator('#problem-why').innerText(), said.why);
      assert.equal(await page.locator('#problem-do').innerText(), said.do);
    }
    assert.equal(await page.locator('#problem-detail').textContent(), `about ${reason}`);
    assert.equal(await page.locator('[aria-invalid]').getAttribute('name'), 'lat');
  }
});

test('an order that the function refuses is told as its refusal', async () => {
  const { page } = await open();
  await order(page, { width: 16384, height: 16384 });
  await page.getByRole('button', { name: 'Draw this map' }).click();
  await page.getByRole('alert').getByText('This map cannot be drawn').waitFor();
  await page.getByText('Server response').click();
  await page.getByText('422 SPEC_REFUSED').waitFor();
});

test('who stops gives the image up', async () => {
  const { page, visit } = await open();
  await faults({ bytesPerSecond: 100_000 });
  await order(page);
  await page.getByRole('button', { name: 'Draw this map' }).click();
  await phase(page, 'making');
  const deleted = page.waitForResponse((response) => response.request().method() === 'DELETE');
  await page.getByRole('button', { name: 'Stop' }).click();
  assert.equal((await deleted).status(), 204);
  await phase(page, 'stopped');
  const content = visit.requests.find((request) => request.url().endsWith('/content'));
  assert.equal((await (await fetch(content.url())).json()).reason, 'IMAGE_DELETED');
  // The DELETE breaks the download, which Chromium tells if it has not dropped it by then.
  visit.errors = visit.errors.filter((error) => !error.endsWith('ERR_INCOMPLETE_CHUNKED_ENCODING'));
});

test('without servers: straight from the function, with nothing to fall back on', async () => {
  const made = await fetch(`${gateway}/v1/images:generate`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ spec: { width: 1024, height: 768 } }),
  });
  const image = Buffer.from(await made.arrayBuffer());
  await faults({ bytesPerSecond: 700_000 });
  const { page } = await open({ mayCall: [`${lambda}/url/map/`] });
  await order(page, { transfer: 'FUNCTION_URL' });
  await page.getByRole('button', { name: 'Draw this map' }).click();
  await phase(page, 'done');
  await look(page, '11-function-url');
  assert.equal(
    await page.locator('#sha256').innerText(), createHash('sha256').update(image).digest('hex'));
  assert.match(await page.locator('#check').innerText(), /no checksum to compare/);
  assert.equal(await page.locator('#again').isVisible(), false);

  await page.getByRole('switch', { name: /Break the connection/ }).check();
  await page.getByRole('button', { name: 'Draw this map' }).click();
  await page.getByRole('alert').getByText('The connection broke and cannot be resumed').waitFor();
  await look(page, '12-function-url-broken');
});

test('without a function URL there is no such choice', async () => {
  const { page } = await open({}, (opening) =>
    opening.route('**/page.json', (route) => route.fulfill({ json: {} })));
  assert.equal(await page.locator('#without-servers').isVisible(), false);
});
