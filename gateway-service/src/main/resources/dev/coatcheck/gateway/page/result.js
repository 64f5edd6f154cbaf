/** What is said and offered when a picture is here. */
import { onLanguage, t, wordsOf } from './words.js';
import { Problem } from './problem.js';

const element = (id) => document.getElementById(id);

export class Result {
  #root = element('result');
  #visit = null;
  #answer = undefined; // of the same link again: a problem, or null for a picture
  #acknowledged = false;
  #picture;

  constructor(picture, problems) {
    this.#picture = picture;
    element('acknowledge').addEventListener('click', async () => {
      try {
        await this.#visit.acknowledge();
        this.#acknowledged = true;
        this.#say();
      } catch (thrown) {
        problems.show(thrown instanceof Problem
          ? thrown : new Problem('CONNECTION_LOST', { detail: String(thrown.message) }));
      }
    });
    element('again').addEventListener('click', async () => {
      try {
        this.#answer = await this.#visit.openAgain();
        this.#say();
      } catch (thrown) {
        problems.show(new Problem('CONNECTION_LOST', { detail: String(thrown.message) }));
      }
    });
    onLanguage(() => this.#say());
  }

  show(visit, url) {
    this.#visit = visit;
    this.#answer = undefined;
    this.#acknowledged = false;
    element('save').href = url;
    element('save').download = visit.filename;
    element('full').href = url;
    element('acknowledge').hidden = visit.isStraight;
    element('again').hidden = visit.isStraight;
    this.#root.hidden = false;
    this.#say();
  }

  hide() {
    this.#visit = null;
    this.#root.hidden = true;
    element('caption').textContent = '';
  }

  #say() {
    if (!this.#visit) return;
    const facts = this.#visit.facts;
    for (const id of ['size', 'first', 'all', 'sha256', 'check']) {
      element(id).textContent = facts[id];
    }
    element('sha256').hidden = facts.sha256 === '';
    element('check').classList.toggle('wrong', facts.isWrong);
    element('caption').textContent = this.#visit.alt;
    this.#picture.rename(this.#visit.alt);
    element('acknowledge').disabled = this.#acknowledged;
    element('acknowledged').textContent = this.#acknowledged ? t('acknowledged') : '';
    this.#sayAnswer();
  }

  #sayAnswer() {
    const answer = this.#answer;
    element('once').hidden = answer === undefined;
    if (answer === undefined) return;
    if (answer === null) {
      element('once-status').textContent = '200';
      element('once-reason').textContent = '';
      element('once-why').textContent = t('once.open');
      element('once-means').textContent = '';
      return;
    }
    const words = wordsOf(answer.reason);
    element('once-status').textContent = String(answer.status);
    element('once-reason').textContent = answer.reason;
    element('once-why').textContent = `${words.title}. ${words.why}`;
    element('once-means').textContent = answer.status === 410 ? t('once.means') : words.do;
  }
}
