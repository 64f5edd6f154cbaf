/**
 * Benchmarks beside their peers: {@code ./coatcheck bench}. Start reading at {@link
 * dev.coatcheck.cli.bench.Bench}.
 */
@NullMarked
package dev.coatcheck.cli.bench;

import org.jspecify.annotations.NullMarked;
