// A way to a gateway that breaks: the first connection after so many bytes of answer, all later ones never; or that
// freezes there, as for a client that has lost its network, and lets no later one through.
"use strict";
const net = require("net");

function proxy(port, breakAfter, freeze) {
  let first = true;
  const server = net.createServer((client) => {
    const breaks = first;
    first = false;
    if (freeze && !breaks) {
      client.destroy();
      return;
    }
    const gateway = net.connect(port, "127.0.0.1");
    let passed = 0;
    gateway.on("data", (data) => {
      passed += data.length;
      client.write(data);
      if (breaks && passed >= breakAfter) {
        if (freeze) {
          gateway.pause();
        } else {
          client.destroy();
          gateway.destroy();
        }
      }
    });
    client.on("data", (data) => gateway.write(data));
    for (const [one, other] of [[client, gateway], [gateway, client]]) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  return new Promise((ready) => server.listen(0, "127.0.0.1", () => ready(server)));
}

module.exports = proxy;
