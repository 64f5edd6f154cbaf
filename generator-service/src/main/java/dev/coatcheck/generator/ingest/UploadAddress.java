package dev.coatcheck.generator.ingest;

/**
 * Where a function pushes its parts.
 *
 * @param url {@code PATCH} it for a part, and {@code POST} it with {@code :complete} at the end
 * @param token what the URL ends in, for who speaks gRPC
 * @param partBytes where parts begin: at its multiples
 */
public record UploadAddress(String url, String token, int partBytes) {}
