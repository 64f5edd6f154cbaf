/**
 * Tests of the whole gateway over loopback. {@link dev.coatcheck.gateway.FakeGenerator} stands in
 * for the generators, {@link dev.coatcheck.gateway.GatewayTest} starts what a test needs.
 */
@NullMarked
package dev.coatcheck.gateway;

import org.jspecify.annotations.NullMarked;
