/**
 * Hostile clients beside healthy ones: what a stranger sends must not end a process, starve anybody
 * or cut what others read. {@link dev.coatcheck.cli.hostile.Scenarios} lists what is tried, {@link
 * dev.coatcheck.cli.hostile.Rehearsal} tries one of them on a fleet of real processes, and {@link
 * dev.coatcheck.cli.hostile.HostileIT} tries them all.
 */
@NullMarked
package dev.coatcheck.cli.hostile;

import org.jspecify.annotations.NullMarked;
