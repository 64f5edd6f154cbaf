package dev.coatcheck.generator.image;

import java.time.Instant;

/**
 * All of a complete image but its bytes and its id, at a moment when nobody is reading: what goes
 * with it from one generator to another.
 *
 * @param terms what was agreed
 * @param contentType the media type
 * @param sizeBytes how many bytes it has
 * @param sha256 of all of them, in lower-case hex
 * @param createTime when it was asked for, to show
 * @param completeTime when it was complete, to show
 * @param completeNanos the same, to measure from, by this process's clock
 * @param pickup who is picking it up
 */
public record ImageSnapshot(
    ImageOptions terms,
    String contentType,
    long sizeBytes,
    String sha256,
    Instant createTime,
    Instant completeTime,
    long completeNanos,
    ActivePickup pickup) {}
