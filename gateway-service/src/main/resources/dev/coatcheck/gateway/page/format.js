/** Numbers as a person reads them. */
import { currentLanguage } from './words.js';

const number = (value, digits) =>
  new Intl.NumberFormat(currentLanguage(), {
    minimumFractionDigits: digits, maximumFractionDigits: digits,
  }).format(value);

/** In kB and MB of ten, as networks and disks count. */
export function bytes(count) {
  if (count < 1e6) return `${number(Math.ceil(count / 1e3), 0)} kB`;
  return `${number(count / 1e6, count < 99.95e6 ? 1 : 0)} MB`;
}

/** A guess: two digits of it. */
export const about = (count) =>
  bytes(Number(count.toPrecision(2))).replace(/[.,]0(?= )/, '');

export const whole = (count) => number(count, 0);

export const rate = (perSecond) => `${bytes(perSecond)}/s`;

/** Seconds, without a fraction when they are only a guess. */
export function seconds(value, digits = 0) {
  return new Intl.NumberFormat(currentLanguage(), {
    style: 'unit', unit: 'second', unitDisplay: 'narrow',
    minimumFractionDigits: digits, maximumFractionDigits: digits,
  }).format(value);
}

/** `37.57° N, 126.98° E` */
export function place({ lat, lon }) {
  const degrees = (value, positive, negative) =>
    `${number(Math.abs(value), 2)}° ${value < 0 ? negative : positive}`;
  return `${degrees(lat, 'N', 'S')}, ${degrees(lon, 'E', 'W')}`;
}
