/**
 * The generator: calls the function, and keeps its images in memory. Start at {@link
 * dev.coatcheck.generator.GeneratorServer}, which wires it.
 */
@NullMarked
package dev.coatcheck.generator;

import org.jspecify.annotations.NullMarked;
