// The page at /docs shows the whole contract, asks no other host for anything, and can be tried.
// Wants a fleet at COATCHECK_URL, and Chromium.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser } from './browser.mjs';

const gateway = process.env.COATCHECK_URL ?? 'http://localhost:8080';
let browser;

before(async () => (browser = await startBrowser()));
after(() => browser.close());

test('the docs list every operation, and try one', async () => {
  const { page } = browser;
  const complaints = [];
  const hosts = new Set();
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => /^https?:/.test(request.url()) && hosts.add(new URL(request.url()).host));

  await page.goto(`${gateway}/docs`);
  await page.waitForSelector('.opblock');

  const { paths } = await (await fetch(`${gateway}/openapi.json`)).json();
  const written = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).filter((key) => key !== 'parameters').map((method) => `${method.toUpperCase()} ${path}`));
  const shown = await page.$$eval('.opblock-summary', (summaries) =>
    summaries.map((summary) =>
      `${summary.querySelector('.opblock-summary-method').textContent} ` +
      summary.querySelector('.opblock-summary-path').getAttribute('data-path')));
  assert.deepEqual(shown.sort(), written.sort());

  await page.click('#operations-operating-getReadiness .opblock-summary-control');
  await page.click('#operations-operating-getReadiness .try-out__btn');
  await page.click('#operations-operating-getReadiness .execute');
  await page.waitForSelector('#operations-operating-getReadiness .live-responses-table .response');
  const answer = await page.textContent('#operations-operating-getReadiness .live-responses-table');
  assert.match(answer, /"active"/);

  assert.deepEqual(complaints, []);
  assert.deepEqual([...hosts], [new URL(gateway).host]);
  assert.equal(await page.locator('.errors-wrapper').count(), 0);
  if (process.env.COATCHECK_SHOT) await page.screenshot({ path: process.env.COATCHECK_SHOT, fullPage: true });
});
