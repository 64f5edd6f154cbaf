/** The page for people: puts its parts together. */
import { OrderForm } from './form.js';
import { Picture } from './picture.js';
import { ProblemPanel } from './problem.js';
import { Result } from './result.js';
import { Ticket } from './ticket.js';
import { Visit } from './visit.js';
import { choose, firstLanguage, speak } from './words.js';

const element = (id) => document.getElementById(id);
const narrow = matchMedia('(max-width: 899px)');
const calm = matchMedia('(prefers-reduced-motion: reduce)');

let visit = null;
let running = false;
let functionUrl = '';

const form = new OrderForm((order) => {
  if (!running && !visit) picture.shape(order);
});
const picture = new Picture();
const ticket = new Ticket();
const problems = new ProblemPanel(() => void start());
const result = new Result(picture, problems);

async function start() {
  if (running || !form.isValid) return;
  running = true;
  showRunning();
  problems.hide();
  result.hide();
  const desk = { ticket, picture, problems, result };
  visit = new Visit(form.order, desk, { breaks: element('break').checked, functionUrl });
  if (narrow.matches) {
    element('counter').scrollIntoView({ behavior: calm.matches ? 'auto' : 'smooth' });
  }
  try {
    await visit.run();
  } finally {
    running = false;
    showRunning();
  }
}

function showRunning() {
  const focused = [element('ask'), element('stop')].includes(document.activeElement);
  element('ask').hidden = running;
  element('stop').hidden = !running;
  if (focused) element(running ? 'stop' : 'ask').focus({ preventScroll: true });
}

element('order').addEventListener('submit', (event) => {
  event.preventDefault();
  void start();
});
element('stop').addEventListener('click', () => void visit?.stop());
for (const button of document.querySelectorAll('[data-language]')) {
  button.addEventListener('click', () => void choose(button.dataset.language));
}

await speak(firstLanguage());
form.begin();
try {
  const settings = await (await fetch('page.json')).json();
  functionUrl = settings.functionUrl ?? '';
  if (functionUrl) form.offerFunctionUrl();
} catch {
  // then the gateway is gone, which the first order will tell
}
document.documentElement.dataset.ready = '';
