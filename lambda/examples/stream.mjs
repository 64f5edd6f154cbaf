// Makes a PNG of noise and streams it meanwhile: the transfer RESPONSE_STREAM.
import { randomBytes } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { crc32, createDeflate } from 'node:zlib';

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

export const handler = awslambda.streamifyResponse(async (event, out) => {
  const { width = 2048, height = 2048 } = event.spec;
  if (![width, height].every((n) => Number.isInteger(n) && n > 0 && n <= 16384)) {
    const error = new Error(`width, height: ${width}, ${height} (expected: 1 to 16384 pixels)`);
    error.name = 'InvalidSpec'; // What the caller is told: it was the spec, not the function.
    throw error;
  }
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  async function* rows() {
    for (let y = 0; y < height; y++) yield Buffer.concat([Buffer.of(0), randomBytes(3 * width)]);
  }
  async function* png(deflated) {
    yield Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header)]);
    for await (const piece of deflated) yield chunk('IDAT', piece);
    yield chunk('IEND', Buffer.alloc(0));
  }
  await pipeline(rows, createDeflate(), png, out);
});
