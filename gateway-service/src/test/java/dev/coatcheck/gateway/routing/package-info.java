/** Tests of how a call finds its generator; {@code dev.coatcheck.gateway} tests it as a whole. */
@NullMarked
package dev.coatcheck.gateway.routing;

import org.jspecify.annotations.NullMarked;
