/** The ticket: its number, what is happening, and how far it is; and the list of what happened. */
import { bytes, rate, seconds } from './format.js';
import { onLanguage, t } from './words.js';

const NO_NUMBER = '— — — —';
/** A guess is never shown as the end. */
const MOST_GUESSED = 97;

export class Ticket {
  #root = document.getElementById('ticket');
  #bar = document.getElementById('bar');
  #say = () => t('phase.idle');
  #stamp = () => '';
  #number = () => NO_NUMBER;
  #progress = null;
  #entries = [];
  #beganAt = 0;

  constructor() {
    onLanguage(() => {
      this.#render();
      this.#renderLog();
    });
  }

  /** A new ticket; its times count from now. */
  begin() {
    this.#beganAt = performance.now();
    this.#entries = [];
    this.#progress = null;
    this.#number = () => NO_NUMBER;
    this.#renderLog();
  }

  /** Milliseconds since it was asked for. */
  get age() {
    return performance.now() - this.#beganAt;
  }

  set number(number) {
    this.#number = () => number || t('ticket.none');
    this.#render();
  }

  get phaseName() {
    return this.#root.dataset.phase;
  }

  /** Where things stand: a name for the looks, and what to say. */
  phase(name, say = () => t(`phase.${name}`), stamp = () => '') {
    this.#root.dataset.phase = name;
    this.#say = say;
    this.#stamp = stamp;
    this.#render();
  }

  /** `here`, `made` (or null), `total`, whether that is `exact`, and `perSecond`. */
  progress(progress) {
    this.#progress = progress;
    this.#renderProgress();
  }

  log(say) {
    this.#entries.push([this.age, say]);
    this.#renderLog();
  }

  #render() {
    put('number', this.#number());
    put('stub-number', this.#number() === NO_NUMBER ? '' : `№ ${this.#number()}`);
    const state = document.getElementById('state');
    const text = this.#say();
    if (state.textContent !== text) state.textContent = text; // said once
    put('stamp', this.#stamp());
    this.#renderProgress();
  }

  #renderProgress() {
    if (!this.#progress) {
      this.#bar.removeAttribute('aria-valuenow');
      this.#bar.removeAttribute('aria-valuetext');
      this.#fill(0, 0);
      for (const id of ['here', 'made', 'rate', 'left']) put(id, '–');
      return;
    }
    const { here, made, total, exact, perSecond } = this.#progress;
    const share = (count) =>
      total > 0 ? Math.min(exact ? 100 : MOST_GUESSED, (count / total) * 100) : 0;
    this.#fill(share(here), share(Math.max(here, made ?? 0)));
    this.#bar.setAttribute('aria-valuenow', String(Math.floor(share(here))));
    this.#bar.setAttribute('aria-valuetext',
      t(exact ? 'progress.said' : 'progress.about', { here: bytes(here), total: bytes(total) }));
    put('here', bytes(here));
    put('made', made === null ? '–' : bytes(made));
    put('rate', perSecond > 0 ? rate(perSecond) : '–');
    const left = perSecond > 0 ? Math.max(0, total - here) / perSecond : NaN;
    put('left', here === total && exact ? seconds(0)
      : left < 3600 ? `${exact ? '' : '≈ '}${seconds(Math.max(1, Math.round(left)))}` : '–');
  }

  #fill(here, made) {
    this.#bar.querySelector('.here').style.width = `${here}%`;
    this.#bar.querySelector('.made').style.width = `${made}%`;
  }

  #renderLog() {
    document.getElementById('history').hidden = this.#entries.length === 0;
    document.getElementById('log').replaceChildren(...this.#entries.map(([age, say]) => {
      const item = document.createElement('li');
      const time = document.createElement('time');
      time.textContent = seconds(age / 1000, 2);
      item.append(time, ` ${say()}`);
      return item;
    }));
  }
}

function put(id, text) {
  document.getElementById(id).textContent = text;
}
