// Picks an image up by npm's ws, over a connection that breaks: node socket.js PORT NAME BREAK_AFTER FREEZE
"use strict";
const { WebSocket } = require("ws");
const { createHash } = require("crypto");
const proxy = require("./cutting-proxy.js");

async function main(port, name, breakAfter, freeze) {
  const server = await proxy(Number(port), Number(breakAfter), freeze === "true");
  const sha256 = createHash("sha256");
  let bytes = 0;
  let streams = 0;
  let claim = "";
  let done;
  let progress = 0;
  const open = () => {
    const query = `offset=${bytes}&claim=${encodeURIComponent(claim)}`;
    const socket = new WebSocket(`ws://127.0.0.1:${server.address().port}/v1/${name}/socket?${query}`);
    socket.on("message", (data, isBinary) => {
      if (isBinary) {
        sha256.update(data);
        bytes += data.length;
        return;
      }
      const event = JSON.parse(data);
      if (event.event === "image") {
        streams++;
        claim = event.claim;
      } else if (event.event === "progress") {
        progress++;
      } else if (event.event === "done") {
        done = event;
      }
    });
    socket.on("error", () => {});
    socket.on("close", (code) => {
      if (code === 1000) {
        console.log(JSON.stringify({ bytes, streams, progress, sha256: sha256.digest("hex"), done }));
        process.exit(0);
      }
      if (code >= 4000) {
        console.error("ended: " + code);
        process.exit(1);
      }
      setTimeout(open, 200);
    });
  };
  open();
}

main(...process.argv.slice(2));
