/**
 * The verbs of {@code ./coatcheck} that are more than starting one process. Start at {@link
 * dev.coatcheck.cli.Coatcheck}; {@link dev.coatcheck.cli.LocalFleet} is what {@code up} runs.
 */
@NullMarked
package dev.coatcheck.cli;

import org.jspecify.annotations.NullMarked;
