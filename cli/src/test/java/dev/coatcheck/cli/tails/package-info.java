/**
 * Clients that others made, which end in the last megabytes of a download, or anywhere before: what
 * they have not received can still be had by the key alone. {@link dev.coatcheck.cli.tails.TailsIT}
 * runs the rounds, each of which is a {@link dev.coatcheck.cli.tails.Round}.
 */
@NullMarked
package dev.coatcheck.cli.tails;

import org.jspecify.annotations.NullMarked;
