// Picks an image up by Node's fetch: node with-fetch.mjs URL FILE BYTES_PER_SECOND SECONDS_OPEN
import { PacedFile, sleep } from './paced.mjs';

const [url, path, pace, secondsOpen] = process.argv.slice(2);
const file = new PacedFile(path, pace);
const answer = await fetch(url);
if (!answer.ok) throw new Error(`answered ${answer.status}`);
for await (const piece of answer.body) await file.append(piece);
await sleep(1000 * secondsOpen);
process.exit(0);
