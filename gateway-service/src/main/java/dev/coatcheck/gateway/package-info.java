/**
 * The gateway: speaks HTTP to browsers and gRPC to programs, routes by key to the generator that
 * holds an image, and holds nothing itself. Start at {@link dev.coatcheck.gateway.GatewayServer},
 * which wires it together.
 */
@NullMarked
package dev.coatcheck.gateway;

import org.jspecify.annotations.NullMarked;
