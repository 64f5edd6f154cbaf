/**
 * A fleet of real processes that are killed, frozen, cut off and restarted under load. {@link
 * dev.coatcheck.cli.fleet.ProcessFleet} runs it, each process in a {@link
 * dev.coatcheck.cli.fleet.Network} of its own; {@link dev.coatcheck.cli.fleet.Load} uses it, and
 * enters every image into the ledger of the pickups; each {@code IT} is one scenario.
 */
@NullMarked
package dev.coatcheck.cli.fleet;

import org.jspecify.annotations.NullMarked;
