/**
 * Malformed requests of HTTP/1.1, to the gateway itself and through proxies that stand before it:
 * {@link dev.coatcheck.cli.hostile.corpus.MalformedRequestsIT}.
 */
@NullMarked
package dev.coatcheck.cli.hostile.corpus;

import org.jspecify.annotations.NullMarked;
