package dev.coatcheck.client;

/**
 * An image that has come whole: its size and SHA-256 are those that the fleet says.
 *
 * @param name {@code images/{key}}
 * @param sizeBytes how many bytes it has
 * @param sha256 lower-case hex
 * @param streams how many streams it took; 1 when nothing broke
 */
public record ReceivedImage(String name, long sizeBytes, String sha256, int streams) {}
