/** Tests of the relay's parts; {@code dev.coatcheck.gateway} tests it as a whole. */
@NullMarked
package dev.coatcheck.gateway.relay;

import org.jspecify.annotations.NullMarked;
