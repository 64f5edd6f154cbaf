package dev.coatcheck.gateway.routing;

import dev.coatcheck.v1.ErrorReason;

/**
 * What a key or an upload token says of where its image is, once it was opened.
 *
 * @param imageId the SHA-256 of the image's key, in lower-case hex
 * @param incarnation the run of the generator that made it
 * @param address where that generator was, {@code host:port}
 * @param unknown the reason for an image that nobody knows
 */
record ImageLocation(String imageId, long incarnation, String address, ErrorReason unknown) {}
