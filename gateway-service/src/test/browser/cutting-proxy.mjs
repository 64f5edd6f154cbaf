// A line between a browser and a gateway that cuts the responses it is told to.
import net from 'node:net';

const HEAD_END = '\r\n\r\n';

/** Passes everything to `target`, a port on this machine, one request a connection. */
export async function cuttingProxy(target) {
  const requests = [];
  let cutAfterBytes = 0;
  let cuts = 0;
  const server = net.createServer((client) => {
    let head = '';
    client.on('error', () => {});
    client.on('data', (bytes) => {
      head += bytes.toString('latin1');
      if (!head.includes(HEAD_END)) return;
      client.removeAllListeners('data');
      const content = /^GET \S*\/content HTTP/.test(head);
      if (content) requests.push(requestOf(head));
      const cutAt = content ? cutAfterBytes : 0;
      if (content) cutAfterBytes = 0;
      pass(client, head, cutAt);
    });
  });
  const pass = (client, head, cutAt) => {
    const gateway = net.connect(target);
    let passed = 0;
    gateway.on('error', () => client.destroy());
    gateway.on('close', () => client.end());
    client.on('close', () => gateway.destroy());
    gateway.write(head.replace(/^Connection: .*$/im, 'Connection: close'), 'latin1');
    gateway.on('data', (bytes) => {
      passed += bytes.length;
      if (cutAt > 0 && passed > cutAt) {
        cuts += 1;
        gateway.destroy();
        client.end();
      } else if (!client.write(bytes)) {
        gateway.pause();
        client.once('drain', () => gateway.resume());
      }
    });
  };
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** What was asked of contents, in order. */
    requests,
    /** Cuts the next content after so many bytes, the head counted in. */
    cutNextAfter: (bytes) => (cutAfterBytes = bytes),
    /** How many were cut. */
    cuts: () => cuts,
    close: () => server.close(),
  };
}

function requestOf(head) {
  const value = (name) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1].trim() ?? '';
  return { range: value('Range'), ifRange: value('If-Range'), cookie: value('Cookie') };
}
