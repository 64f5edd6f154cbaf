package dev.coatcheck.generator.lambda;

import dev.coatcheck.generator.ingest.FunctionCall;

/** The event that a function is called with: JSON, as the contract has it. */
final class FunctionEvent {

  private FunctionEvent() {}

  /** The event's text. */
  static String json(FunctionCall call) {
    // Tokens need no escapes, and a URL that did would not have been taken at the start.
    String upload =
        call.upload()
            .map(address ->
                ",\"upload\":{\"url\":\"%s\",\"token\":\"%s\",\"partBytes\":%d}"
                    .formatted(address.url(), address.token(), address.partBytes()))
            .orElse("");
    return "{\"spec\":%s,\"transfer\":\"%s\",\"attempt\":%d,\"maxBytes\":%d%s}"
        .formatted(call.specJson(), call.transfer(), call.attempt(), call.maxBytes(), upload);
  }
}
