// Appends what a client's library gives to a file, at once and unbuffered, at a pace.
import { openSync, writeSync } from 'node:fs';

const SLICE_BYTES = 4096;
const STOP_AT = Number(process.env.TAILS_STOP_AT ?? Infinity); // where the program waits for ever, to be killed

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

  /** Appends it in slices; settled when the next may come. */
  async append(piece) {
    for (const left of this.#slices(piece)) if (left >= 1) await sleep(left);
  }

  /** For libraries that hold nobody back: the whole process waits. */
  appendAndBlock(piece) {
    for (const left of this.#slices(piece)) if (left >= 1) Atomics.wait(never, 0, 0, left);
  }

  /** Appends slice after slice; how many milliseconds are left until the next may come. */
  *#slices(piece) {
    this.#began ??= performance.now();
    for (let at = 0; at < piece.length; ) {
      const length = Math.min(SLICE_BYTES, piece.length - at, STOP_AT - this.written);
      const written = writeSync(this.#file, piece, at, length);
      at += written;
      this.written += written;
      yield Math.max(0, this.#began + (this.written / this.#bytesPerSecond) * 1000 - performance.now());
      while (this.written === STOP_AT) yield 60_000;
    }
  }
}

export const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis));
