// Picks an image up by npm's eventsource: node with-eventsource.mjs URL FILE BYTES_PER_SECOND
import { EventSource } from 'eventsource';
import { PacedFile } from './paced.mjs';

const [url, path, pace] = process.argv.slice(2);
const file = new PacedFile(path, pace);
const source = new EventSource(url);
source.addEventListener('chunk', (event) => {
  if (parseInt(event.lastEventId, 10) !== file.written) throw new Error(`a chunk at ${event.lastEventId}`);
  file.appendAndBlock(Buffer.from(event.data, 'base64'));
});
source.addEventListener('done', () => source.close());
source.addEventListener('error', (event) => {
  if (source.readyState === EventSource.CLOSED) throw new Error(`ended: ${event.code} ${event.message}`);
});
