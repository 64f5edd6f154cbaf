/** The small world map: shows what an order takes in, and takes clicks and keys. */

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 1000;
const HEIGHT = 660;
/** How far the equator is below the map's upper edge, and what a radian is there. */
const EQUATOR = 461.52;
const RADIAN = WIDTH / (2 * Math.PI);
const SMALLEST_FRAME = 14;
const MAX_LATITUDE = 85;
const STEPS = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
};

const xOf = (lon) => ((lon + 180) / 360) * WIDTH;
const yOf = (lat) => EQUATOR - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) * RADIAN;
const lonOf = (x) => (x / WIDTH) * 360 - 180;
const latOf = (y) => (Math.atan(Math.sinh((EQUATOR - y) / RADIAN)) * 180) / Math.PI;

export class World {
  #root = document.getElementById('world');
  #mark = document.getElementById('mark');
  #order = null;

  /** Tells `onMove({ lat, lon })` and `onZoom(steps)` what its user wants. */
  constructor(onMove, onZoom) {
    this.#root.addEventListener('click', (event) => onMove(this.#at(event)));
    this.#root.addEventListener('pointermove', (event) => {
      if (event.pointerType === 'mouse' && event.buttons === 1) onMove(this.#at(event));
    });
    this.#root.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const step = STEPS[event.key];
      if (step) onMove(this.#stepped(step, event.shiftKey));
      else if (event.key === '+' || event.key === '=') onZoom(1);
      else if (event.key === '-') onZoom(-1);
      else return;
      event.preventDefault();
    });
  }

  /** Frames what `order` (`lat`, `lon`, `zoom`, `width`, `height`) takes in. */
  show(order) {
    this.#order = order;
    const scale = WIDTH / (256 * 2 ** order.zoom);
    const width = Math.min(WIDTH, order.width * scale);
    const height = order.height * scale;
    const [x, y] = [xOf(order.lon), yOf(order.lat)];
    const small = Math.max(width, height) < SMALLEST_FRAME;
    const shapes = [-WIDTH, 0, WIDTH].flatMap((turn) => [
      small
        ? shape('circle', { cx: x + turn, cy: y, r: SMALLEST_FRAME / 2 })
        : shape('rect', {
          x: x + turn - width / 2, y: y - height / 2, width, height, rx: 2,
        }),
      shape('circle', { cx: x + turn, cy: y, r: 3.5, class: 'centre' }),
    ]);
    this.#mark.replaceChildren(...shapes);
  }

  #at(event) {
    const box = this.#root.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * WIDTH;
    const y = ((event.clientY - box.top) / box.height) * HEIGHT;
    return { lat: rounded(latOf(y)), lon: rounded(lonOf(Math.min(WIDTH, Math.max(0, x)))) };
  }

  /** An eighth of what a screen of that zoom would show; with Shift, half of it. */
  #stepped([east, north], far) {
    const step = (360 / 2 ** this.#order.zoom) * (far ? 2 : 0.5);
    const lon = this.#order.lon + east * step;
    const lat = this.#order.lat + north * step;
    return {
      lat: rounded(Math.min(MAX_LATITUDE, Math.max(-MAX_LATITUDE, lat))),
      lon: rounded(((((lon + 180) % 360) + 360) % 360) - 180),
    };
  }
}

const rounded = (degrees) => Math.round(degrees * 100) / 100;

function shape(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
