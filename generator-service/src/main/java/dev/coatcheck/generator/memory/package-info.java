/**
 * The only place where image bytes live: a fixed budget of off-heap segments. Start at {@link
 * dev.coatcheck.generator.memory.SegmentPool}.
 */
@NullMarked
package dev.coatcheck.generator.memory;

import org.jspecify.annotations.NullMarked;
