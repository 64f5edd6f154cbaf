// Gets an image by a function's URL, over a connection that breaks: node function-url.js PORT URL BREAK_AFTER
// By the name in the URL's fragment: #bytes with fetch, #events with npm's eventsource, which can only GET.
"use strict";
const { EventSource } = require("eventsource");
const { createHash } = require("crypto");
const proxy = require("./cutting-proxy.js");

const sha256 = createHash("sha256");
let bytes = 0;

function end(more) {
  console.log(JSON.stringify({ bytes, sha256: sha256.digest("hex"), ...more }));
  process.exit(0);
}

function take(chunk) {
  sha256.update(chunk);
  bytes += chunk.length;
}

async function fetchBytes(url) {
  const spec = JSON.parse(url.searchParams.get("spec"));
  const answer = await fetch(new URL(url.pathname, url), { method: "POST", body: JSON.stringify({ spec }) });
  const type = answer.headers.get("Content-Type");
  try {
    for await (const chunk of answer.body) take(chunk);
  } catch (error) {
    end({ type, broken: error.message });
  }
  end({ type });
}

function takeEvents(url) {
  const source = new EventSource(url);
  let type;
  source.addEventListener("image", (event) => (type = JSON.parse(event.data).contentType));
  source.addEventListener("chunk", (event) => {
    if (Number(event.lastEventId) !== bytes) {
      throw new Error(`a chunk at ${event.lastEventId} (expected: ${bytes})`);
    }
    take(Buffer.from(event.data, "base64"));
  });
  source.addEventListener("done", (event) => {
    source.close();
    end({ type, done: JSON.parse(event.data) });
  });
  source.addEventListener("error", (event) => {
    // After a break it comes back by itself, and is told that there is no way to go on.
    if (source.readyState === EventSource.CLOSED) end({ type, broken: String(event.code) });
  });
}

async function main(port, address, breakAfter) {
  const server = await proxy(Number(port), Number(breakAfter), false);
  const url = new URL(address);
  url.port = server.address().port;
  if (url.hash === "#events") takeEvents(url);
  else await fetchBytes(url);
}

main(...process.argv.slice(2));
