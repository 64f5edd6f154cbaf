/** The form: what map is wanted, and how. */
import { about } from './format.js';
import { onLanguage, t } from './words.js';
import { World } from './world.js';

const PLACES = [
  ['seoul', 37.57, 126.98, 6], ['tokyo', 35.68, 139.69, 6.5], ['alps', 46.6, 10.2, 6],
  ['cairo', 30.05, 31.24, 6], ['newyork', 40.71, -74, 6], ['sydney', -33.87, 151.21, 5],
];
const SIZES = [[1024, 768], [2048, 1536], [4096, 3072], [8192, 6144]];

/** Bytes a pixel: as a rule, and at most; tried with maps of all zooms. */
const USUAL = { paper: { png: 1.75, jpeg: 0.28 }, plain: { png: 0.14, jpeg: 0.1 } };
const MOST = { paper: { png: 2.8, jpeg: 0.7 }, plain: { png: 0.9, jpeg: 0.5 } };
/** What a picture has besides, however small it is. */
const MOST_BESIDES = 300_000;
/** No function streams more. */
const MOST_EVER = 200_000_000;
const MOST_BUFFERED = 4_500_000;

export class OrderForm {
  #form = document.getElementById('order');
  #fields = this.#form.elements;
  #world;
  #place = 'seoul';

  /** Tells `onChange(order)` of every change. */
  constructor(onChange) {
    this.#world = new World(
      (center) => this.#put(center),
      (steps) => this.#put({ zoom: Number(this.#fields.zoom.value) + steps * 0.5 }));
    chips('places', PLACES.map(([name]) => name), (n) => {
      const [, lat, lon, zoom] = PLACES[n];
      this.#put({ lat, lon, zoom });
    });
    chips('sizes', SIZES.map(([width, height]) => `${width} × ${height}`), (n) =>
      this.#put({ width: SIZES[n][0], height: SIZES[n][1] }));
    this.#form.addEventListener('input', () => this.#changed());
    onLanguage(() => this.#say());
    this.onChange = onChange;
  }

  /** What is asked for now. */
  get order() {
    const number = (name) => Number(this.#fields[name].value);
    const { style, format, transfer } = this.#fields;
    const order = {
      lat: number('lat'), lon: number('lon'), zoom: number('zoom'),
      width: number('width'), height: number('height'),
      style: style.value, format: format.value, transfer: transfer.value,
    };
    const pixels = order.width * order.height;
    return {
      ...order,
      usualBytes: Math.round(pixels * USUAL[order.style][order.format]),
      maxBytes: Math.min(
        MOST_EVER, Math.round(MOST_BESIDES + pixels * MOST[order.style][order.format])),
      filename: `${this.#place || 'map'}.${order.format === 'jpeg' ? 'jpg' : 'png'}`,
    };
  }

  get isValid() {
    return this.#form.reportValidity();
  }

  offerFunctionUrl() {
    document.getElementById('without-servers').hidden = false;
  }

  begin() {
    this.#changed();
  }

  #put(values) {
    for (const [name, value] of Object.entries(values)) this.#fields[name].value = value;
    this.#changed();
  }

  #changed() {
    const order = this.order;
    const preset = PLACES.findIndex(
      ([, lat, lon]) => lat === order.lat && lon === order.lon);
    this.#place = preset < 0 ? '' : PLACES[preset][0];
    press('places', preset);
    press('sizes', SIZES.findIndex(([w, h]) => w === order.width && h === order.height));
    this.#world.show(order);
    this.#say();
    this.onChange(order);
  }

  #say() {
    const order = this.order;
    document.querySelectorAll('#places button').forEach((button, n) => {
      button.textContent = t(`place.${PLACES[n][0]}`);
    });
    document.getElementById('zoom-said').textContent = String(order.zoom);
    const tight = order.transfer === 'BUFFERED' && order.usualBytes > MOST_BUFFERED;
    document.getElementById('estimate').textContent =
      t(tight ? 'estimate.buffered' : 'estimate', { size: about(order.usualBytes) });
  }
}

function chips(id, labels, onChoice) {
  document.getElementById(id).append(...labels.map((label, n) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = label;
    button.addEventListener('click', () => onChoice(n));
    return button;
  }));
}

function press(id, chosen) {
  document.querySelectorAll(`#${id} button`).forEach((button, n) => {
    button.setAttribute('aria-pressed', String(n === chosen));
  });
}
