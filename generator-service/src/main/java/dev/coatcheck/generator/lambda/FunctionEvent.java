package dev.coatcheck.generator.lambda;

import dev.coatcheck.generator.ingest.FunctionCall;
import java.util.Locale;

/** The event that a function is called with: JSON, as the contract has it. */
final class FunctionEvent {

  private FunctionEvent() {}

  /** The event's text. */
  static String json(FunctionCall call) {
    // Tokens need no escapes, and a URL that did would not have been taken at the start.
    String upload =
        call.upload()
            .map(address ->
                String.format(
                    Locale.ROOT,
                    ",\"upload\":{\"url\":\"%s\",\"token\":\"%s\",\"partBytes\":%d}",
                    address.url(),
                    address.token(),
                    address.partBytes()))
            .orElse("");
    return String.format(
        Locale.ROOT,
        "{\"spec\":%s,\"transfer\":\"%s\",\"attempt\":%d,\"maxBytes\":%d%s}",
        call.specJson(),
        call.transfer(),
        call.attempt(),
        call.maxBytes(),
        upload);
  }
}
