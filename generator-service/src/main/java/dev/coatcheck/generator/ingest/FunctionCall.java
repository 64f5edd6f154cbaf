package dev.coatcheck.generator.ingest;

import java.util.Optional;

/**
 * One call of a function.
 *
 * @param function what AWS knows it by: a name or an ARN
 * @param specJson what the caller asks for, as JSON text
 * @param transfer how its bytes get here
 * @param attempt 1 for the first
 * @param maxBytes the most that the image may have
 * @param upload where the bytes go, if the function pushes them by itself
 */
public record FunctionCall(
    String function,
    String specJson,
    Transfer transfer,
    int attempt,
    long maxBytes,
    Optional<UploadAddress> upload) {}
