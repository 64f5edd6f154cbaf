// Picks an image up by npm's eventsource, over a connection that breaks: node sse.js PORT NAME BREAK_AFTER FREEZE
"use strict";
const { EventSource } = require("eventsource");
const { createHash } = require("crypto");
const proxy = require("./cutting-proxy.js");

async function main(port, name, breakAfter, freeze) {
  const server = await proxy(Number(port), Number(breakAfter), freeze === "true");
  const source = new EventSource(`http://127.0.0.1:${server.address().port}/v1/${name}/content`);
  const sha256 = createHash("sha256");
  let bytes = 0;
  let streams = 0;
  source.addEventListener("image", () => streams++);
  source.addEventListener("chunk", (event) => {
    if (parseInt(event.lastEventId, 10) !== bytes) {
      throw new Error(`a chunk at ${event.lastEventId} (expected: ${bytes})`);
    }
    const chunk = Buffer.from(event.data, "base64");
    sha256.update(chunk);
    bytes += chunk.length;
  });
  source.addEventListener("done", (event) => {
    source.close();
    console.log(JSON.stringify({ bytes, streams, sha256: sha256.digest("hex"), done: JSON.parse(event.data) }));
    process.exit(0);
  });
  source.addEventListener("error", (event) => {
    if (source.readyState === EventSource.CLOSED) {
      console.error("ended: " + event.code + " " + event.message);
      process.exit(1);
    }
  });
}

main(...process.argv.slice(2));
