package dev.coatcheck.gateway.http;

import com.google.protobuf.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;

/** How long a caller would wait: {@code Prefer: wait=N} (RFC 7240, 4.3). */
final class PreferHeader {

  static final String PREFER = "Prefer";
  static final String PREFERENCE_APPLIED = "Preference-Applied";

  /** Nobody waits longer. */
  private static final long MAX_SECONDS = 60;

  private static final Pattern WAIT =
      Pattern.compile("wait\\s*=\\s*\"?([0-9]{1,9})\"?\\s*(;.*)?", Pattern.CASE_INSENSITIVE);

  private PreferHeader() {}

  /** The wait, at most 60 s; empty if there is none, or it cannot be read, since it is a hint. */
  static Optional<Duration> waitOf(HttpFields headers) {
    for (String preference : ListField.membersOf(headers, PREFER)) {
      Matcher matcher = WAIT.matcher(preference.strip());
      if (matcher.matches()) {
        long seconds = Math.min(MAX_SECONDS, Long.parseLong(matcher.group(1)));
        return seconds == 0
            ? Optional.empty()
            : Optional.of(Duration.newBuilder().setSeconds(seconds).build());
      }
    }
    return Optional.empty();
  }
}
