/**
 * Pickups that are cut, raced for, and left hanging, in a fleet in one process. {@link
 * dev.coatcheck.cli.pickup.FaultProxy} stands between a client and a gateway, {@link
 * dev.coatcheck.cli.pickup.Ledger} says what became of each image; start at {@link
 * dev.coatcheck.cli.pickup.CutsIT}.
 */
@NullMarked
package dev.coatcheck.cli.pickup;

import org.jspecify.annotations.NullMarked;
