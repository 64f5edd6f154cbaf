/**
 * Which generator a call goes to, and how it is spoken to. Start at {@link
 * dev.coatcheck.gateway.routing.GeneratorDirectory}, which knows the fleet; {@link
 * dev.coatcheck.gateway.routing.KeyRouter} finds the holder of an image in its key or upload token,
 * {@link dev.coatcheck.gateway.routing.Placement} a generator for a new one. {@link
 * dev.coatcheck.gateway.routing.GeneratorFailure} is what goes wrong, told without gRPC.
 */
@NullMarked
package dev.coatcheck.gateway.routing;

import org.jspecify.annotations.NullMarked;
