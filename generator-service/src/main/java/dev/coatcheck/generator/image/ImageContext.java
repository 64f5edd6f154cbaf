package dev.coatcheck.generator.image;

import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What every image of one store shares.
 *
 * @param time the clocks
 * @param limits how long things may take
 * @param proofs makes the proof of a new claim
 * @param onGone is called once for each image, when it has ended
 */
record ImageContext(
    Clocks time, ImageLimits limits, Supplier<String> proofs, Consumer<Image> onGone) {}
