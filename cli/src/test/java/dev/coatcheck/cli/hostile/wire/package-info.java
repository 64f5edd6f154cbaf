/**
 * HTTP/2 and WebSocket frames as bytes, right or wrong as the caller likes: no library of either
 * protocol would send what these have to.
 */
@NullMarked
package dev.coatcheck.cli.hostile.wire;

import org.jspecify.annotations.NullMarked;
