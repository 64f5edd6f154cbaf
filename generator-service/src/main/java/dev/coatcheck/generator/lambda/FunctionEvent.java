package dev.coatcheck.generator.lambda;

import dev.coatcheck.generator.ingest.FunctionCall;

/** The event that a function is called with: JSON, as the contract has it. */
final class FunctionEvent {

  private FunctionEvent() {}

  /** The event's text. */
  static String json(FunctionCall call) {
    return "{\"spec\":%s,\"transfer\":\"%s\",\"attempt\":%d,\"maxBytes\":%d}"
        .formatted(call.specJson(), call.transfer(), call.attempt(), call.maxBytes());
  }
}
