// Picks an image up by Node's http2: node with-http2.mjs URL FILE BYTES_PER_SECOND SECONDS_OPEN
import http2 from 'node:http2';
import { PacedFile, sleep } from './paced.mjs';

const [url, path, pace, secondsOpen] = process.argv.slice(2);
const file = new PacedFile(path, pace);
const session = http2.connect(new URL(url).origin);
const answer = session.request({ ':path': new URL(url).pathname });
answer.on('response', (headers) => {
  if (headers[':status'] !== 200) throw new Error(`answered ${headers[':status']}`);
});
for await (const piece of answer) await file.append(piece);
await sleep(1000 * secondsOpen);
await new Promise((resolve) => session.close(resolve));
