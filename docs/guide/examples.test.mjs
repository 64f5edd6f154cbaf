// Runs every example of docs/guide.md, in order, and holds what it prints against what the
// page says below it. Wants a fleet with the map function at COATCHECK_URL and COATCHECK_GRPC, the
// checkout at COATCHECK_ROOT with the command built, buf in the path, Java 17 or later, and Debian's
// python3-grpcio.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = path.resolve(process.env.COATCHECK_ROOT ?? '../..');
const http = process.env.COATCHECK_URL ?? 'http://localhost:8080';
const grpc = process.env.COATCHECK_GRPC ?? 'localhost:9080';
const PATIENCE_MS = 60_000;

const RUNNERS = {
  sh: { file: 'sh', command: ['bash', '-euo', 'pipefail'] },
  js: { file: 'mjs', command: ['node'] },
  python: { file: 'py', command: [python()] },
  java: { file: 'java', command: ['java', '-cp', clientJars().join(path.delimiter)] },
};

const page = readFileSync(path.join(root, 'docs', 'guide.md'), 'utf8');
const directory = mkdtempSync(path.join(path.dirname(fileURLToPath(import.meta.url)), 'run-')); // below its node_modules
symlinkSync(path.join(root, 'proto'), path.join(directory, 'proto'));
after(() => rmSync(directory, { recursive: true }));

/** The client and what it needs, out of what the command has. */
function clientJars() {
  const lib = path.join(root, 'cli', 'target', 'lib');
  return readdirSync(lib).filter((jar) => !/^(logback|slf4j)/.test(jar)).map((jar) => path.join(lib, jar));
}

/** A Python that has gRPC: Debian's own before any other. */
function python() {
  const all = [process.env.PYTHON, '/usr/bin/python3', 'python3'].filter(Boolean);
  return all.find((one) => spawnSync(one, ['-c', 'import grpc']).status === 0) ?? 'python-without-grpcio';
}

/** The fences of the page, each with its language, its heading and its line. */
function fences() {
  const found = [];
  let heading = '';
  let open = null;
  page.split('\n').forEach((line, number) => {
    const fence = /^```(.*)$/.exec(line);
    if (open && fence) {
      found.push(open);
      open = null;
    } else if (open) {
      open.text += `${line}\n`;
    } else if (fence) {
      open = { language: fence[1], heading, line: number + 1, text: '' };
    } else if (line.startsWith('#')) {
      heading = line.replace(/^#+ /, '');
    }
  });
  return found;
}

/** The text as a pattern: `…` stands for anything within a line, a line of it for any lines. */
function pattern(text) {
  const lines = text.trimEnd().split('\n').map((line) =>
    line === '…' ? '[^]*' : line.split('…').map((s) => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*'));
  return new RegExp(`^${lines.join('\n').replaceAll('\n[^]*', '[^]*')}\n*$`);
}

const all = fences();
all.forEach((fence, index) => {
  if (fence.language === 'text') return;
  test(`${fence.heading} (line ${fence.line}, ${fence.language})`, { timeout: PATIENCE_MS }, () => {
    const runner = RUNNERS[fence.language];
    assert.ok(runner, `${fence.language} (expected: one of ${Object.keys(RUNNERS)}, or text)`);
    const name = `example-${fence.line}.${runner.file}`;
    writeFileSync(
      path.join(directory, name),
      fence.text.replaceAll('localhost:8080', new URL(http).host).replaceAll('localhost:9080', grpc));

    const [command, ...options] = runner.command;
    const ran = spawnSync(command, [...options, name], {
      cwd: directory, encoding: 'utf8', timeout: PATIENCE_MS, env: { ...process.env, LC_ALL: 'C' },
    });

    const missing = command.startsWith('python-') ? ' (expected: Debian\'s python3-grpcio)' : '';
    assert.equal(ran.error, undefined, `${ran.error}${missing}`);
    assert.equal(ran.status, 0, ran.stdout + ran.stderr);
    const next = all[index + 1];
    assert.match(ran.stdout, pattern(next?.language === 'text' ? next.text : ''));
  });
});

test('every language of the page is there', () => {
  assert.deepEqual([...new Set(all.map((fence) => fence.language))].sort(), [...Object.keys(RUNNERS), 'text'].sort());
});
