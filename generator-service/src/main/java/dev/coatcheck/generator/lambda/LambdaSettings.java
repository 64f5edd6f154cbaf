package dev.coatcheck.generator.lambda;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * How Lambda is reached.
 *
 * @param endpoint where, if not at AWS itself
 * @param region the AWS region; empty to let the SDK find it
 * @param dummyCredentials true to sign with credentials that only a stand-in accepts
 * @param functionTimeout how long a function may take
 * @param connections how many calls may run at once
 */
public record LambdaSettings(
    Optional<URI> endpoint,
    String region,
    boolean dummyCredentials,
    Duration functionTimeout,
    int connections) {}
