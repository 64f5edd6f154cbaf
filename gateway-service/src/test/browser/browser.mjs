// A Chromium as a person has it: with a profile, cookies, and its own download manager.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from 'playwright-core';

const FLAGS = [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-sync',
  '--disable-background-networking', '--disable-component-update', '--remote-debugging-port=0',
];

export async function startBrowser() {
  const profile = mkdtempSync(path.join(os.tmpdir(), 'coatcheck-browser-'));
  const downloads = path.join(profile, 'downloads');
  const chrome = spawn(
    process.env.CHROMIUM ?? 'chromium', [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'],
    { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise((end) => chrome.once('exit', end));
  const browser = await chromium.connectOverCDP(await devTools(chrome));
  // Playwright would take the downloads over, and end them at the first cut.
  const session = await browser.newBrowserCDPSession();
  await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: downloads });
  return {
    page: browser.contexts()[0].pages()[0],
    downloads,
    close: async () => {
      await browser.close();
      chrome.kill();
      await ended;
      await remove(profile);
    },
  };
}

// Chromium's helper processes outlive it for a moment and still write. rmSync's own retries repeat the
// last rmdir only, without looking for what has come since.
async function remove(folder, triesLeft = 50) {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    if (triesLeft === 0) throw error;
    await pause(100);
    await remove(folder, triesLeft - 1);
  }
}

function devTools(chrome) {
  return new Promise((found, failed) => {
    let said = '';
    chrome.once('error', failed);
    chrome.once('exit', (code) => failed(new Error(`Chromium ended with ${code}: ${said}`)));
    chrome.stderr.on('data', (bytes) => {
      said += bytes;
      const address = /DevTools listening on (\S+)/.exec(said);
      if (address) found(address[1]);
    });
  });
}
