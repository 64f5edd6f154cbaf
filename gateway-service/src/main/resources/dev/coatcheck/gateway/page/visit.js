/** One order, from the press of the button to the end of its image. */
import { bytes, place, seconds, whole } from './format.js';
import { callFunction, hex, pickUp } from './pickup.js';
import { Problem } from './problem.js';
import { t } from './words.js';
import { watch } from './watch.js';

const TICK_MS = 200;
/** The rate is that of the last seconds. */
const RATE_WINDOW_MS = 2500;
/** From here on the rows that have come tell the size better than the rule of thumb. */
const TELLING_FRACTION = 0.04;
const NUMBER_DIGITS = 8;

export class Visit {
  #order;
  #desk;
  #breaks;
  #functionUrl;
  #abort = new AbortController();

  // state
  #image = null; // what the fleet says of it
  #over = false;
  #size = null; // known, not guessed
  #made = null;
  #digest = '';
  #firstAt = 0;
  #allAt = 0;
  #sha256 = '';
  #check = '';
  #samples = [];
  #stopWatching = () => {};
  #completeLogged = false;
  #delivered = false; // as the fleet counts it

  /**
   * @param desk `ticket`, `picture`, `problems`, `result`
   * @param breaks whether the connection is to break at half
   */
  constructor(order, desk, { breaks, functionUrl }) {
    this.#order = order;
    this.#desk = desk;
    this.#breaks = breaks;
    this.#functionUrl = order.transfer === 'FUNCTION_URL' ? functionUrl : '';
  }

  get isStraight() {
    return this.#functionUrl !== '';
  }

  get link() {
    return this.#image?.links.content ?? '';
  }

  async run() {
    const { ticket, picture } = this.#desk;
    ticket.begin();
    ticket.phase('asking');
    ticket.log(() => t('log.asked'));
    picture.clear(this.#order);
    const ticking = setInterval(() => this.#tick(), TICK_MS);
    try {
      if (this.isStraight) await this.#callFunction();
      else await this.#createAndPickUp();
      clearInterval(ticking);
      await this.#finish();
    } catch (thrown) {
      if (this.#abort.signal.aborted) return;
      this.#fail(thrown instanceof Problem
        ? thrown : new Problem('INTERNAL', { detail: String(thrown?.message ?? thrown) }));
    } finally {
      clearInterval(ticking);
      this.#over = true;
    }
  }

  /** Gives it up: whatever there is of it is deleted. */
  async stop() {
    if (this.#over) return;
    this.#abort.abort();
    this.#stopWatching();
    this.#desk.ticket.phase('stopped');
    this.#desk.ticket.log(() => t('log.stopped'));
    if (this.#image) await this.#delete().catch(() => {});
  }

  /** Tells the fleet that the picture has come. */
  async acknowledge() {
    const response = await this.#delete();
    if (!response.ok) throw await Problem.of(response);
    this.#stopWatching();
    this.#desk.ticket.phase('acknowledged', undefined, () => t('stamp.done'));
    this.#desk.ticket.log(() => t('log.acknowledged'));
  }

  /** Opens the link once more, as anybody could; what is answered, which should be a problem. */
  async openAgain() {
    const response = await fetch(this.link, { credentials: 'omit', cache: 'no-store' });
    if (response.ok) {
      await response.body.cancel();
      return null;
    }
    const problem = await Problem.of(response);
    const { status, reason } = problem;
    this.#desk.ticket.log(() => t('log.again', { status, reason }));
    return problem;
  }

  #delete() {
    return fetch(this.#image.links.self, { method: 'DELETE', credentials: 'omit' });
  }

  async #createAndPickUp() {
    const { ticket } = this.#desk;
    this.#image = await this.#create();
    const number = await numberOf(this.#image.name);
    ticket.number = number;
    ticket.log(() => t('log.ticket', { number }));
    ticket.phase('waiting');
    this.#stopWatching = watch(this.#image.links.events, (news) => this.#hear(news));
    await pickUp(this.link, this.#hooks(), this.#abort.signal);
  }

  async #create() {
    const { transfer, maxBytes, filename } = this.#order;
    const response = await fetch('v1/images', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ spec: this.#spec(), transfer, maxBytes, filename }),
      signal: this.#abort.signal,
    }).catch((thrown) => {
      throw new Problem('CONNECTION_LOST', { detail: String(thrown.message) });
    });
    if (!response.ok) throw await Problem.of(response);
    return response.json();
  }

  async #callFunction() {
    this.#desk.ticket.number = '';
    this.#desk.ticket.phase('waiting');
    const body = JSON.stringify({ spec: this.#spec() });
    await callFunction(this.#functionUrl, body, this.#hooks(), this.#abort.signal);
  }

  #spec() {
    const { lat, lon, zoom, width, height, style, format } = this.#order;
    return { center: { lat, lon }, zoom, width, height, style, format };
  }

  #hooks() {
    const { ticket, picture } = this.#desk;
    return {
      onHead: ({ type, size, digest }) => {
        this.#size = size ?? this.#size;
        this.#digest = digest || this.#digest;
        picture.begin(type?.startsWith('image/') ? type : `image/${this.#order.format}`);
      },
      onBytes: (part) => {
        if (this.#firstAt === 0) {
          this.#firstAt = ticket.age;
          ticket.log(() => t('log.first'));
          this.#sayMaking();
        }
        picture.add(part, this.#total);
      },
      onRestart: () => {
        picture.restart();
        ticket.log(() => t('log.restarted'));
      },
      onBreak: ({ meant, problem }) => {
        const here = picture.bytes;
        this.#samples = [];
        picture.flush();
        if (problem) {
          ticket.log(() => t('log.retry', { reason: problem.reason }));
          return;
        }
        ticket.log(() => t(meant ? 'log.cut' : 'log.broke', { here: bytes(here) }));
        ticket.phase('broken', () => t('phase.broken', { here: bytes(here) }));
        this.#willResume(here);
      },
      onResume: (from) => {
        ticket.log(() => t('log.resumed', { from: whole(from) }));
        this.#sayMaking();
      },
      cutAt: () => (this.#breaks ? Math.floor(this.#total / 2) : null),
    };
  }

  /** Says that it goes on, when the break has been on show long enough to be read. */
  #willResume(here) {
    setTimeout(() => {
      if (this.#desk.ticket.phaseName === 'broken') {
        this.#desk.ticket.phase('resuming', () => t('phase.resuming', { here: bytes(here) }));
      }
    }, 1500);
  }

  #hear(news) {
    if (news.state === 'FAILED') return; // the content says why
    this.#made = news.availableBytes;
    this.#size = news.sizeBytes ?? this.#size;
    if (news.state !== 'GENERATING' && !this.#completeLogged) {
      this.#completeLogged = true;
      const size = news.sizeBytes;
      this.#desk.ticket.log(() => t('log.complete', { size: bytes(size) }));
      if (this.#desk.ticket.phaseName === 'making') this.#sayMaking();
    }
    if (news.state === 'DELIVERED') {
      this.#delivered = true;
      this.#desk.ticket.log(() => t('log.delivered'));
      if (this.#desk.ticket.phaseName === 'confirming') this.#sayDone();
    }
  }

  #sayDone() {
    this.#desk.ticket.phase('done', undefined, () => t('stamp.done'));
  }

  #sayMaking() {
    const made = this.#completeLogged ? 'coming' : 'making';
    this.#desk.ticket.phase(this.isStraight ? 'straight' : made);
  }

  /** How many bytes there will be: as was said, or as can be guessed. */
  get #total() {
    if (this.#size !== null) return this.#size;
    const { picture } = this.#desk;
    const guess = picture.fraction > TELLING_FRACTION
      ? picture.bytes / picture.fraction : this.#order.usualBytes;
    return Math.max(guess, picture.bytes, this.#made ?? 0);
  }

  #tick() {
    const here = this.#desk.picture.bytes;
    const now = performance.now();
    this.#samples.push([now, here]);
    while (now - this.#samples[0][0] > RATE_WINDOW_MS) this.#samples.shift();
    const [[from, was]] = this.#samples;
    if (this.#image === null && here === 0) return;
    this.#desk.ticket.progress({
      here, made: this.isStraight ? null : Math.max(here, this.#made ?? 0), total: this.#total,
      exact: this.#size !== null, perSecond: now > from ? ((here - was) / (now - from)) * 1000 : 0,
    });
  }

  async #finish() {
    const { ticket, picture } = this.#desk;
    this.#allAt = ticket.age;
    this.#size = picture.bytes;
    if (!this.isStraight) this.#made = this.#size;
    const perSecond = this.#size / Math.max(0.001, (this.#allAt - this.#firstAt) / 1000);
    ticket.progress({
      here: this.#size, made: this.#made, total: this.#size, exact: true, perSecond,
    });
    ticket.log(() => t('log.whole'));
    ticket.phase('checking');
    const url = await picture.whole(this.alt);
    await this.#compare();
    if (this.#abort.signal.aborted) return;
    if (this.#check === 'wrong') {
      this.#fail(new Problem('DIGEST_MISMATCH', {
        detail: `${this.#sha256} (expected: ${this.#digest})`,
      }));
    } else if (this.isStraight) {
      ticket.phase('done', () => t('phase.done.straight'), () => t('stamp.straight'));
    } else if (this.#delivered) {
      this.#sayDone();
    } else {
      ticket.phase('confirming');
    }
    this.#desk.result.show(this, url);
  }

  /** SHA-256 here, and as the fleet says. */
  async #compare() {
    const fromHeader = this.#digest !== '';
    if (!fromHeader && !this.isStraight) {
      const said = await fetch(this.#image.links.self, { credentials: 'omit' })
        .then((response) => response.json()).catch(() => ({}));
      this.#digest = said.sha256 ?? ''; // in the problem too, when it is gone
    }
    if (!globalThis.crypto?.subtle) {
      this.#check = 'insecure';
      return;
    }
    this.#sha256 = await sha256(await this.#desk.picture.file().arrayBuffer());
    this.#check = this.isStraight ? 'none'
      : this.#digest === '' ? 'unknown'
      : this.#digest !== this.#sha256 ? 'wrong' : fromHeader ? 'header' : 'metadata';
  }

  #fail(problem) {
    const { ticket, problems } = this.#desk;
    this.#stopWatching();
    ticket.log(() => t('log.failed', { reason: problem.reason }));
    ticket.phase('failed', undefined, () => t('stamp.failed'));
    problems.show(problem);
  }

  // --- what is told in the end, in the language of the moment

  get filename() {
    return this.#order.filename;
  }

  get alt() {
    return t('caption.alt', { place: place(this.#order) });
  }

  get facts() {
    const { width, height } = this.#order;
    return {
      size: t('result.size.said', {
        size: bytes(this.#size), bytes: whole(this.#size), width, height,
      }),
      first: seconds(this.#firstAt / 1000, 2),
      all: seconds(this.#allAt / 1000, 2),
      sha256: this.#sha256,
      check: t(`check.${this.#check}`, { sha256: this.#digest }),
      isWrong: this.#check === 'wrong',
    };
  }
}

async function sha256(buffer) {
  const digest = await crypto.subtle.digest('SHA-256', buffer);
  return [...new Uint8Array(digest)].map(hex).join('');
}

/** What the fleet's logs call it, where that can be computed; it gives nothing away. */
async function numberOf(name) {
  const key = name.split('/').at(-1);
  const id = globalThis.crypto?.subtle
    ? await sha256(new TextEncoder().encode(key)) : key;
  return id.slice(0, NUMBER_DIGITS).replace(/(.{4})/, '$1 ');
}
