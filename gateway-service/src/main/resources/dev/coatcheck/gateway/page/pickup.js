/**
 * Brings bytes home: over the gateway, where a break costs nothing, or from the function itself.
 *
 * No request shows a cookie: each is on its own, and the proof of the pickup is the entity tag
 * alone, so that "the same link again" is what anybody else would get.
 */
import { Problem } from './problem.js';

const PAUSES_MS = [300, 600, 1200, 2400, 4800, 9600];
/** Long enough to be seen. */
const PAUSE_AFTER_CUT_MS = 1600;
const WORTH_WAITING = new Set(['GENERATOR_UNAVAILABLE', 'IMAGE_CLAIMED']);

class Cut extends Error {}

/**
 * Picks an image up, whole, however often the connection breaks.
 *
 * @param hooks `onHead({ type, size, digest })`, `onBytes(bytes)`, `onRestart()` when what came is
 *     worth nothing, `onBreak({ meant, problem })`, `onResume()`, and `cutAt()`, where to break the
 *     connection once
 */
export async function pickUp(url, hooks, signal) {
  let received = 0;
  let etag = '';
  let cutDone = false;
  for (let failures = 0; ; ) {
    const before = received;
    try {
      const going = received > 0 && etag !== '';
      const headers = going ? { Range: `bytes=${received}-`, 'If-Range': etag } : {};
      const line = lineOf(signal);
      const response = await fetch(url, {
        headers, credentials: 'omit', cache: 'no-store', signal: line.signal,
      });
      if (!response.ok) throw await Problem.of(response);
      if (response.status === 206 && going) hooks.onResume(received);
      else if (received > 0) {
        received = 0;
        hooks.onRestart();
      }
      etag = response.headers.get('ETag') ?? '';
      const size = sizeOf(response);
      hooks.onHead({
        type: response.headers.get('Content-Type'), size, digest: digestOf(response),
      });
      await read(response, (bytes) => {
        const at = cutDone ? Infinity : (hooks.cutAt() ?? Infinity);
        const part = received + bytes.length > at
          ? bytes.subarray(0, Math.max(0, at - received)) : bytes;
        received += part.length;
        hooks.onBytes(part);
        if (received < at) return;
        cutDone = true;
        line.abort();
        throw new Cut();
      });
      if (size !== null && received !== size) throw new TypeError(`${received} of ${size} bytes`);
      return;
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      if (thrown instanceof Problem && !WORTH_WAITING.has(thrown.reason)) throw thrown;
      const meant = thrown instanceof Cut;
      failures = received > before ? 0 : failures + 1;
      if (failures >= PAUSES_MS.length) {
        throw thrown instanceof Problem
          ? thrown : new Problem('CONNECTION_LOST', { detail: String(thrown.message) });
      }
      hooks.onBreak({ meant, problem: thrown instanceof Problem ? thrown : null });
      const asked = (thrown.retryAfter ?? 0) * 1000;
      await pause(meant ? PAUSE_AFTER_CUT_MS : Math.max(asked, PAUSES_MS[failures]), signal);
    }
  }
}

/** Has the function answer itself: once, and a break is the end. */
export async function callFunction(url, body, hooks, signal) {
  const line = lineOf(signal);
  let received = 0;
  try {
    const response = await fetch(url, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body,
      credentials: 'omit', cache: 'no-store', signal: line.signal,
    });
    if (!response.ok) throw await Problem.ofFunction(response);
    hooks.onHead({ type: response.headers.get('Content-Type'), size: sizeOf(response) });
    await read(response, (bytes) => {
      received += bytes.length;
      hooks.onBytes(bytes);
      if (received < (hooks.cutAt() ?? Infinity)) return;
      line.abort();
      throw new Cut();
    });
  } catch (thrown) {
    if (thrown instanceof Problem || signal.aborted) throw thrown;
    throw new Problem(received > 0 ? 'NO_RESUME' : 'CONNECTION_LOST', {
      detail: thrown instanceof Cut ? '' : String(thrown.message),
    });
  }
}

async function read(response, onBytes) {
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onBytes(value);
  }
}

/** A connection that can be cut by itself, and goes when `signal` says so. */
function lineOf(signal) {
  const line = new AbortController();
  signal.addEventListener('abort', () => line.abort(), { once: true });
  return line;
}

/** The whole's size, where it is said. */
function sizeOf(response) {
  const range = /\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '');
  if (range) return Number(range[1]);
  const length = response.headers.get('Content-Length');
  return response.status === 206 || length === null ? null : Number(length);
}

/** The whole's SHA-256 in hex, where it is said (RFC 9530). */
function digestOf(response) {
  const said = /sha-256=:([A-Za-z0-9+/=]+):/.exec(response.headers.get('Repr-Digest') ?? '');
  return said ? [...atob(said[1])].map((c) => hex(c.charCodeAt(0))).join('') : '';
}

export const hex = (byte) => byte.toString(16).padStart(2, '0');

function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}
