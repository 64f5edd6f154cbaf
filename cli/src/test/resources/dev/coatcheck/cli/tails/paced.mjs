// Appends what a client's library gives to a file, at once and unbuffered, at a pace.
import { openSync, writeSync } from 'node:fs';

const STOP_AT = Number(process.env.TAILS_STOP_AT ?? Infinity); // from so many bytes on the program waits, to be killed
const FOR_EVER = 1e9;

const never = new Int32Array(new SharedArrayBuffer(4));

export class PacedFile {
  #file;
  #bytesPerSecond;
  #began;
  written = 0;

  constructor(path, bytesPerSecond) {
    this.#file = openSync(path, 'a');
    this.#bytesPerSecond = Number(bytesPerSecond);
  }

  /** Appends it; settled when the next may come. */
  async append(piece) {
    const left = this.#append(piece);
    if (left >= 1) await sleep(left);
  }

  /** For libraries that hold nobody back: the whole process waits. */
  appendAndBlock(piece) {
    const left = this.#append(piece);
    if (left >= 1) Atomics.wait(never, 0, 0, left);
  }

  /** Appends it; how many milliseconds are left until the next may come. */
  #append(piece) {
    this.#began ??= performance.now();
    for (let at = 0; at < piece.length; ) at += writeSync(this.#file, piece, at);
    this.written += piece.length;
    const due = this.#began + (this.written / this.#bytesPerSecond) * 1000;
    return this.written >= STOP_AT ? FOR_EVER : due - performance.now();
  }
}

export const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis));
