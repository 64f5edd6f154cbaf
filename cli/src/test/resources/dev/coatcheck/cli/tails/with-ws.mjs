// Picks an image up by npm's ws: node with-ws.mjs URL FILE BYTES_PER_SECOND
import { WebSocket } from 'ws';
import { PacedFile } from './paced.mjs';

const [url, path, pace] = process.argv.slice(2);
const file = new PacedFile(path, pace);
const socket = new WebSocket(url);
socket.on('message', (data, isBinary) => {
  if (isBinary) file.appendAndBlock(data);
});
socket.on('error', (error) => console.error(error.message));
socket.on('close', (code) => process.exit(code === 1000 ? 0 : 1));
