package dev.coatcheck.generator.ingest;

/**
 * One call of a function.
 *
 * @param function what AWS knows it by: a name or an ARN
 * @param specJson what the caller asks for, as JSON text
 * @param transfer how its bytes get here
 * @param attempt 1 for the first
 * @param maxBytes the most that the image may have
 */
public record FunctionCall(
    String function, String specJson, Transfer transfer, int attempt, long maxBytes) {}
