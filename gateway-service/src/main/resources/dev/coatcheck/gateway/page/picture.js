/**
 * Shows a picture while it comes. What is here is put together as a blob and shown as an image of
 * its own over the one before, which is taken away later: browsers show the rows of a file that ends
 * early, and decode it beside the page's own thread.
 */
import { PngRows } from './rows.js';

/** How often it is shown anew, at most: each time all of it is decoded again. */
const SHOWS = 14;
const PAUSE_MS = 250;

export class Picture {
  #frame = document.getElementById('frame');
  #empty = document.getElementById('empty');

  // state
  #run = 0;
  #type = '';
  #blob = new Blob();
  #fresh = [];
  #freshBytes = 0;
  #step = 0;
  #rows = null;
  #busy = false;
  #timer = 0;
  #url = '';

  get bytes() {
    return this.#blob.size + this.#freshBytes;
  }

  /** The share of its rows that is here, as far as that can be told; else 0. */
  get fraction() {
    return this.#rows?.fraction ?? 0;
  }

  /** An empty frame of that shape. */
  clear({ width, height }) {
    this.#run += 1;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#rows?.close();
    this.#rows = null;
    this.#busy = false;
    this.#blob = new Blob();
    this.#fresh = [];
    this.#freshBytes = 0;
    for (const image of this.#images()) image.remove();
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = '';
    this.#empty.hidden = false;
    this.#frame.classList.remove('whole', 'coming');
    this.shape({ width, height });
  }

  shape({ width, height }) {
    const shape = Math.min(3, Math.max(1 / 3, width / height));
    this.#frame.style.aspectRatio = String(shape);
  }

  begin(type) {
    this.#type = type;
    this.#rows ??= new PngRows();
    this.#empty.hidden = true;
    this.#frame.classList.add('coming');
  }

  /** What came is worth nothing. */
  restart() {
    this.#blob = new Blob();
    this.#fresh = [];
    this.#freshBytes = 0;
    this.#rows?.close();
    this.#rows = new PngRows();
  }

  /** Takes the next bytes; `total` is how many there will be, or a guess. */
  add(bytes, total) {
    this.#fresh.push(bytes);
    this.#freshBytes += bytes.length;
    if (this.#type.includes('png')) this.#rows.add(bytes);
    this.#step = total / SHOWS;
    if (this.#freshBytes > this.#step) this.#showSoon();
  }

  /** Shows all that is here, since nothing comes for a while. */
  flush() {
    this.#step = 0;
    if (this.#freshBytes > 0) this.#showSoon();
  }

  /** What has come, as a file. */
  file() {
    this.#blob = new Blob([this.#blob, ...this.#fresh], { type: this.#type });
    this.#fresh = [];
    this.#freshBytes = 0;
    return this.#blob;
  }

  /** All of it is here; returns its URL. */
  async whole(alt) {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#rows?.close();
    this.#run += 1; // no more parts
    this.#url = URL.createObjectURL(this.file());
    const image = await this.#put(this.#url, this.#run);
    image.alt = alt;
    image.removeAttribute('aria-hidden');
    for (const older of this.#images()) if (older !== image) older.remove();
    this.#frame.classList.add('whole');
    this.#frame.classList.remove('coming');
    return this.#url;
  }

  rename(alt) {
    const image = this.#images().at(-1);
    if (image && this.#url) image.alt = alt;
  }

  #showSoon() {
    if (this.#busy || this.#timer) return;
    this.#timer = setTimeout(() => this.#show(), this.#blob.size === 0 ? 0 : PAUSE_MS);
  }

  async #show() {
    this.#timer = 0;
    this.#busy = true;
    const run = this.#run;
    const url = URL.createObjectURL(this.file());
    await this.#put(url, run);
    URL.revokeObjectURL(url);
    if (run !== this.#run) return;
    for (const older of this.#images().slice(0, -2)) older.remove();
    this.#busy = false;
    if (this.#freshBytes > this.#step) this.#showSoon();
  }

  /** Puts an image over the others when it is decoded, if it is still wanted then. */
  async #put(url, run) {
    const image = new Image();
    image.decoding = 'async';
    image.alt = '';
    image.setAttribute('aria-hidden', 'true');
    image.src = url;
    await new Promise((settled) => (image.onload = image.onerror = settled));
    await image.decode().catch(() => {}); // of a file that ends early: some refuse, and show it
    if (image.naturalWidth > 0 && run === this.#run) this.#frame.append(image);
    return image;
  }

  #images() {
    return [...this.#frame.querySelectorAll('img')];
  }
}
