package dev.coatcheck.lambda.local.http;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Which pages may use a function's URL: what AWS keeps as the {@code Cors} of the URL and answers
 * by itself. None is allowed by default.
 *
 * @param origins such as {@code http://localhost:8080}; {@code *} is every one
 */
public record Cors(List<String> origins) {

  private static final String ANY = "*";
  private static final Pattern ORIGIN =
      Pattern.compile("\\*|https?://([A-Za-z0-9.-]+|\\[[0-9a-fA-F:]+])(:\\d{1,5})?");

  public Cors {
    origins = List.copyOf(origins);
  }

  /**
   * Reads origins with commas between them; no text is none.
   *
   * @throws IllegalArgumentException which names the one that is none
   */
  public static Cors parse(String text) {
    List<String> origins =
        text.isBlank() ? List.of() : List.of(text.strip().split("\\s*,\\s*", -1));
    for (String origin : origins) {
      if (!ORIGIN.matcher(origin).matches()) {
        throw new IllegalArgumentException(
            origin + " (expected: origins such as http://localhost:8080, or *)");
      }
    }
    return new Cors(origins);
  }

  /** Puts what the page's browser must know into the answer's headers. */
  public void allow(Exchange exchange) {
    String origin = exchange.header("Origin");
    if (origin == null || origins.isEmpty()) {
      return;
    }
    exchange.answerHeader("Vary", "Origin");
    if (origins.contains(origin) || origins.contains(ANY)) {
      exchange.answerHeader("Access-Control-Allow-Origin", origins.contains(origin) ? origin : ANY);
      exchange.answerHeader("Access-Control-Expose-Headers", "x-amzn-requestid");
    }
  }

  /** Whether it is the browser's question before a request, which no function ever sees. */
  public boolean isPreflight(Exchange exchange) {
    return !origins.isEmpty()
        && exchange.method().equals("OPTIONS")
        && exchange.header("Origin") != null
        && exchange.header("Access-Control-Request-Method") != null;
  }

  /** The rest of the preflight response; {@link #allow} has set the allowed origin. */
  public void allowRequests(Exchange exchange) {
    exchange.answerHeader("Access-Control-Allow-Methods", "GET, POST");
    exchange.answerHeader("Access-Control-Allow-Headers", "content-type");
    exchange.answerHeader("Access-Control-Max-Age", "600");
  }
}
