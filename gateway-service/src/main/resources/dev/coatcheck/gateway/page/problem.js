/** What went wrong, and the place where the page says so. */
import { seconds } from './format.js';
import { onLanguage, t, wordsOf } from './words.js';

const MOST_TEXT = 400;

/** A failure with a `reason` of the contract, or one of the page's own. */
export class Problem extends Error {
  constructor(reason, { status = 0, detail = '', field = '', retryAfter = 0, body = {} } = {}) {
    super(`${reason}: ${detail}`);
    Object.assign(this, { reason, status, detail, field, retryAfter, body });
  }

  /** Out of a response that is not OK. */
  static async of(response) {
    const body = await response.json().catch(() => ({}));
    return new Problem(body.reason ?? 'INTERNAL', {
      status: response.status,
      detail: body.detail ?? '',
      field: body.field ?? '',
      retryAfter: Number(response.headers.get('Retry-After')) || 0,
      body,
    });
  }

  /** Out of a function URL's response that is not OK: its own words, whatever they are. */
  static async ofFunction(response) {
    const text = (await response.text().catch(() => '')).slice(0, MOST_TEXT);
    const refused = response.status === 400 || response.status === 422;
    const reason = refused ? 'SPEC_REFUSED'
      : response.status === 429 ? 'FUNCTION_THROTTLED'
      : response.status === 504 ? 'FUNCTION_TIMEOUT' : 'FUNCTION_FAILED';
    return new Problem(reason, { status: response.status, detail: text });
  }
}

/** Shows one problem at a time. */
export class ProblemPanel {
  #root = document.getElementById('problem');
  #retry = document.getElementById('retry');
  #problem = null;
  #waitUntil = 0;
  #timer = 0;

  constructor(onRetry) {
    this.#retry.addEventListener('click', onRetry);
    onLanguage(() => this.#say());
  }

  show(problem) {
    this.#problem = problem;
    this.#waitUntil = performance.now() + problem.retryAfter * 1000;
    this.#say();
    this.#root.hidden = false;
    this.#mark(problem.field);
    clearInterval(this.#timer);
    if (problem.retryAfter > 0) this.#timer = setInterval(() => this.#count(), 250);
  }

  hide() {
    clearInterval(this.#timer);
    this.#problem = null;
    this.#root.hidden = true;
    this.#mark('');
  }

  #say() {
    const problem = this.#problem;
    if (!problem) return;
    const words = wordsOf(problem.reason);
    const put = (id, text) => (document.getElementById(id).textContent = text);
    put('problem-title', words.title);
    put('problem-why', words.why);
    put('problem-do', words.do);
    put('problem-code', `${problem.status || ''} ${problem.reason}`.trim());
    put('problem-detail', problem.detail);
    this.#count();
  }

  #count() {
    const left = Math.ceil((this.#waitUntil - performance.now()) / 1000);
    this.#retry.disabled = left > 0;
    this.#retry.textContent = left > 0
      ? t('problem.retry.in', { seconds: seconds(left) }) : t('problem.retry');
    if (left <= 0) clearInterval(this.#timer);
  }

  /** Marks the form's field that is wrong: `spec.center.lat` is `lat`. */
  #mark(field) {
    const name = field.split('.').at(-1);
    for (const input of document.querySelectorAll('#order input[name]')) {
      if (name && input.name === name) input.setAttribute('aria-invalid', 'true');
      else input.removeAttribute('aria-invalid');
    }
  }
}
