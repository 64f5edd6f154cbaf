// Picks an image up by gRPC with `buf curl`: node with-buf.mjs BUF TARGET NAME FILE BYTES_PER_SECOND
import { spawn } from 'node:child_process';
import { PacedFile } from './paced.mjs';

const [buf, target, name, path, pace] = process.argv.slice(2);
const file = new PacedFile(path, pace);
const url = `http://${target}/coatcheck.v1.ImageService/DownloadImage`;
const options = ['--protocol', 'grpc', '--http2-prior-knowledge', '-d', JSON.stringify({ name })];
const child = spawn(buf, ['curl', ...options, url], { stdio: ['ignore', 'pipe', 'inherit'] });
const ended = new Promise((resolve) => child.on('close', resolve));

// Of the messages, which are printed as JSON, the bytes are taken as they come, by four letters of base64.
const begin = /"data":\s*"/;
let text = '';
let inData = false;
for await (const piece of child.stdout.setEncoding('latin1')) {
  text += piece;
  while (inData || begin.test(text)) {
    if (!inData) text = text.slice(text.search(begin)).replace(begin, '');
    const end = text.indexOf('"');
    const letters = end < 0 ? text.length - (text.length % 4) : end;
    await file.append(Buffer.from(text.slice(0, letters), 'base64'));
    text = text.slice(letters);
    inData = end < 0;
    if (inData) break;
  }
}
process.exit(await ended);
