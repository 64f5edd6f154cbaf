package dev.coatcheck.gateway.http;

import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.kit.limits.Refusal;
import dev.coatcheck.kit.limits.RefusalCounters;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;

/**
 * What a request's head must not have, whatever its resource is: each of these is something that a
 * proxy and a server may understand differently.
 */
final class RequestChecks {

  /** Of the head of an HTTP/2 request; HTTP/1.1 has a limit of its own, of the same size. */
  static final int MAX_HEAD_BYTES = 8 << 10;

  /** What SETTINGS_MAX_HEADER_LIST_SIZE (RFC 9113, 6.5.2) adds for each field. */
  private static final int FIELD_OVERHEAD_BYTES = 32;

  private static final String CHUNKED = "chunked";

  /**
   * Parameters, empty and dot segments, backslashes, controls, and the same percent-encoded: a path
   * that is not the one that it looks like.
   */
  private static final Pattern AMBIGUOUS_PATH =
      Pattern.compile(
          "[;\\\\\\x00-\\x1f\\x7f]|//|(^|/)(\\.|%2e){1,2}(/|$)|%(2e|2f|5c|3b|25|[01][0-9a-f]|7f)",
          Pattern.CASE_INSENSITIVE);

  private final AllowedHosts hosts;
  private final RefusalCounters refusals;

  RequestChecks(AllowedHosts hosts, RefusalCounters refusals) {
    this.hosts = hosts;
    this.refusals = refusals;
  }

  /** What is wrong with {@code request}, if something is. */
  Optional<Problem> check(Request request) {
    HttpURI target = request.getHttpURI();
    if (isHeadTooLarge(request)) {
      return invalid(HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431, "the head is too large");
    }
    if (target.getScheme() != null && !target.getScheme().matches("(?i)https?")) {
      return invalid(HttpStatus.BAD_REQUEST_400, "the target's scheme is not http or https");
    }
    if (!hosts.permits(target.getHost())) {
      refusals.count(Refusal.HOST);
      return invalid(
          HttpStatus.MISDIRECTED_REQUEST_421,
          "Host: "
              + UntrustedText.quote(target.getHost())
              + " (expected: a literal address, localhost, or one of COATCHECK_ALLOWED_HOSTS)");
    }
    String path = target.getPath();
    if (path != null && isAmbiguous(path)) {
      return invalid(HttpStatus.BAD_REQUEST_400, "the path is ambiguous");
    }
    List<String> codings = request.getHeaders().getValuesList(HttpHeader.TRANSFER_ENCODING);
    if (!codings.isEmpty() && !isChunkedAlone(codings)) {
      return invalid(
          HttpStatus.NOT_IMPLEMENTED_501, "Transfer-Encoding: unknown (expected: chunked)");
    }
    return Optional.empty();
  }

  /** True if a path, as it was sent, may be another one to somebody else. */
  static boolean isAmbiguous(String path) {
    return AMBIGUOUS_PATH.matcher(path).find();
  }

  /**
   * True if the connection must be closed behind the response: a recipient of HTTP/1.0 that does
   * not know the transfer coding sees another end of the request (RFC 9112, 6.1).
   */
  static boolean isFramingFaulty(Request request) {
    return request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)
        && (request.getConnectionMetaData().getHttpVersion().getVersion()
                < HttpVersion.HTTP_1_1.getVersion()
            || !isChunkedAlone(request.getHeaders().getValuesList(HttpHeader.TRANSFER_ENCODING)));
  }

  private static boolean isChunkedAlone(List<String> codings) {
    return codings.size() == 1 && codings.getFirst().strip().equalsIgnoreCase(CHUNKED);
  }

  private static boolean isHeadTooLarge(Request request) {
    HttpFields fields = request.getHeaders();
    long bytes = 0;
    for (HttpField field : fields) {
      String value = field.getValue();
      bytes +=
          field.getName().length() + (value == null ? 0 : value.length()) + FIELD_OVERHEAD_BYTES;
    }
    String target = request.getHttpURI().getPathQuery();
    return request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2
        && bytes + (target == null ? 0 : target.length()) > MAX_HEAD_BYTES;
  }

  private static Optional<Problem> invalid(int status, String detail) {
    return Optional.of(Problem.invalid(status, detail));
  }
}
