// Picks an image up by a page in Chromium: node with-chromium.mjs GATEWAY PATH FILE BYTES_PER_SECOND
import { chromium } from 'playwright-core';
import { PacedFile } from './paced.mjs';

const [gateway, content, path, pace] = process.argv.slice(2);
const file = new PacedFile(path, pace);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage();
await page.goto(`${gateway}/healthz`);
await page.exposeFunction('append', (base64) => file.append(Buffer.from(base64, 'base64')));
await page.evaluate(async (from) => {
  const answer = await fetch(from);
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  for (let reader = answer.body.getReader(), next; !(next = await reader.read()).done; ) {
    for (let at = 0; at < next.value.length; at += 16384) {
      await append(btoa(String.fromCharCode(...next.value.subarray(at, at + 16384))));
    }
  }
}, content);
await browser.close();
