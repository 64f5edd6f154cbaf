package dev.coatcheck.lambda.local.invocation;

import dev.coatcheck.lambda.local.http.Exchange;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an invoker passes along with its event.
 *
 * @param traceId a trace header of X-Ray's, {@code Root=1-…;Sampled=0}; of its own where the
 *     invoker has none
 * @param clientContext JSON, as the function gets it
 * @param wantsLog whether the end of the function's log is to come with its answer
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html">Invoke</a>
 * @see <a href="https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html">tracing
 *     header</a>
 */
public record CallContext(String traceId, Optional<String> clientContext, boolean wantsLog) {

  public static final String TRACE_ID = "X-Amzn-Trace-Id";

  private static final String LOG_TYPE = "X-Amz-Log-Type";
  private static final String CLIENT_CONTEXT = "X-Amz-Client-Context";

  /** AWS's limit, in bytes of base64 (API reference, Invoke). */
  private static final int MAX_CLIENT_CONTEXT = 3583;

  private static final Pattern TRACE = Pattern.compile("[!-~]{1,1024}");
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * That of a call by an SDK.
   *
   * @throws ApiError if its client context cannot be read
   */
  public static CallContext of(Exchange exchange, Instant now) throws ApiError {
    return new CallContext(
        traceOf(exchange, now),
        clientContext(exchange.header(CLIENT_CONTEXT)),
        "Tail".equalsIgnoreCase(exchange.header(LOG_TYPE)));
  }

  /** That of a request of a function's URL, which has no client context. */
  public static CallContext ofUrl(Exchange exchange, Instant now) {
    return new CallContext(traceOf(exchange, now), Optional.empty(), false);
  }

  private static String traceOf(Exchange exchange, Instant now) {
    String header = exchange.header(TRACE_ID);
    return header != null && TRACE.matcher(header).matches() ? header : newTrace(now);
  }

  private static String newTrace(Instant now) {
    byte[] unique = new byte[12];
    RANDOM.nextBytes(unique);
    return "Root=1-"
        + HexFormat.of().toHexDigits((int) now.getEpochSecond())
        + "-"
        + HexFormat.of().formatHex(unique)
        + ";Sampled=0";
  }

  private static Optional<String> clientContext(@Nullable String base64) throws ApiError {
    if (base64 == null || base64.isEmpty()) {
      return Optional.empty();
    }
    if (base64.length() > MAX_CLIENT_CONTEXT) {
      throw ApiError.invalidContent("Client context must be smaller than 3583 bytes");
    }
    try {
      String text = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
      if (!text.chars().allMatch(c -> c >= ' ' && c < 0x7F)) {
        // It has to be a header of the Runtime API, which JSON can always be written as.
        throw ApiError.invalidContent("Client context must be JSON of printable ASCII characters");
      }
      return Optional.of(text);
    } catch (IllegalArgumentException e) {
      throw ApiError.invalidContent("Client context must be a valid Base64-encoded JSON object.");
    }
  }
}
