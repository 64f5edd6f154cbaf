/**
 * How much of a PNG has come: its pixel rows are counted by inflating them, which tells the share
 * of a picture whose size nobody knows yet. The pixels themselves are the browser's business.
 */
const SIGNATURE_BYTES = 8;
const CHUNK_HEAD_BYTES = 8;
const CRC_BYTES = 4;
const SAMPLES = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

export class PngRows {
  // state
  #head = [];
  #headBytes = SIGNATURE_BYTES + CHUNK_HEAD_BYTES;
  #left = 0;
  #chunk = '';
  #header = [];
  #allBytes = 0;
  #inflatedBytes = 0;
  #writer = null;

  constructor() {
    if (!('DecompressionStream' in self)) return;
    const inflate = new DecompressionStream('deflate');
    this.#writer = inflate.writable.getWriter();
    this.#count(inflate.readable.getReader()).catch(() => {});
  }

  /** From 0 to 1. */
  get fraction() {
    return this.#allBytes === 0 ? 0 : Math.min(1, this.#inflatedBytes / this.#allBytes);
  }

  /** Takes the next bytes of the file. */
  add(bytes) {
    for (let at = 0; at < bytes.length; ) {
      if (this.#left === 0) {
        const part = bytes.subarray(at, at + this.#headBytes - this.#head.length);
        this.#head.push(...part);
        at += part.length;
        if (this.#head.length === this.#headBytes) this.#beginChunk();
      } else {
        const part = bytes.subarray(at, at + this.#left);
        at += part.length;
        this.#left -= part.length;
        this.#take(part);
      }
    }
  }

  close() {
    this.#writer?.abort().catch(() => {});
    this.#writer = null;
  }

  #beginChunk() {
    const head = this.#head.slice(-CHUNK_HEAD_BYTES);
    this.#left = ((head[0] << 24) | (head[1] << 16) | (head[2] << 8) | head[3]) >>> 0;
    this.#chunk = String.fromCharCode(...head.slice(4));
    this.#head = [];
    this.#headBytes = CRC_BYTES + CHUNK_HEAD_BYTES; // the CRC of this one, the head of the next
  }

  #take(part) {
    if (this.#chunk === 'IDAT') {
      this.#writer?.write(part).catch(() => {});
    } else if (this.#chunk === 'IHDR') {
      this.#header.push(...part);
      if (this.#left === 0) this.#measure(new DataView(Uint8Array.from(this.#header).buffer));
    }
  }

  #measure(header) {
    const bits = header.getUint8(8) * SAMPLES[header.getUint8(9)];
    const interlaced = header.getUint8(12) !== 0; // rows in another order: no share can be told
    const rowBytes = 1 + Math.ceil((header.getUint32(0) * bits) / 8);
    this.#allBytes = interlaced ? 0 : rowBytes * header.getUint32(4);
  }

  async #count(reader) {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.#inflatedBytes += value.length;
    }
  }
}
