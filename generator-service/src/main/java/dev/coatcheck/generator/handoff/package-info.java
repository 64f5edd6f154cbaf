/**
 * Handing images over to other generators, and taking theirs. Start at {@link
 * dev.coatcheck.generator.handoff.DrainCoordinator} for the one who leaves, and at {@link
 * dev.coatcheck.generator.handoff.PeerGrpcService} for the one who stays.
 */
@NullMarked
package dev.coatcheck.generator.handoff;

import org.jspecify.annotations.NullMarked;
