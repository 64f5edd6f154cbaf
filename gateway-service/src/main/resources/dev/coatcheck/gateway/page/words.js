/** What the page says, in the language of its reader; what is said again when that changes. */
import { words as english } from './words-en.js';

const LANGUAGES = ['en', 'ko'];
const MEMORY = 'coatcheck.language';

let words = english;
let language = 'en';
let wished = 'en';
const speakers = new Set();

export const currentLanguage = () => language;

/** The words of `key`, with `{name}`s filled in. */
export function t(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** What a person should know of `reason`: `title`, `why` and `do`. */
export const wordsOf = (reason) => words.problems[reason] ?? words.problems.INTERNAL;

/** Calls `say` whenever the language has changed. */
export const onLanguage = (say) => speakers.add(say);

/** The language to begin with: the one that was chosen here, or the browser's. */
export function firstLanguage() {
  let chosen = null;
  try {
    chosen = localStorage.getItem(MEMORY);
  } catch {
    // no memory here
  }
  const wished = [chosen, ...navigator.languages].filter(Boolean).map((tag) => tag.slice(0, 2));
  return wished.find((tag) => LANGUAGES.includes(tag)) ?? 'en';
}

export async function speak(next) {
  wished = next;
  const loaded = next === 'en' ? english : (await import('./words-ko.js')).words;
  if (wished !== next) return; // somebody was faster
  words = loaded;
  language = next;
  document.documentElement.lang = next;
  for (const element of document.querySelectorAll('[data-t]')) {
    element.textContent = t(element.dataset.t);
  }
  for (const element of document.querySelectorAll('[data-t-label]')) {
    element.setAttribute('aria-label', t(element.dataset.tLabel));
  }
  for (const button of document.querySelectorAll('[data-language]')) {
    button.setAttribute('aria-pressed', String(button.dataset.language === next));
  }
  for (const say of speakers) say();
}

export async function choose(next) {
  await speak(next);
  try {
    localStorage.setItem(MEMORY, next);
  } catch {
    // then only until the page is closed
  }
}
