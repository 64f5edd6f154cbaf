package dev.coatcheck.generator.image;

import java.time.Duration;

/**
 * What was agreed for one image.
 *
 * @param maxBytes its size may not exceed this
 * @param timeToMake how long the function may take
 * @param timeToLive how long it is held once it is complete
 * @param singleClaimant true when only the first who gets a byte of it gets any
 * @param filename the name under which a browser saves it; may be empty
 */
public record ImageOptions(
    long maxBytes,
    Duration timeToMake,
    Duration timeToLive,
    boolean singleClaimant,
    String filename) {}
