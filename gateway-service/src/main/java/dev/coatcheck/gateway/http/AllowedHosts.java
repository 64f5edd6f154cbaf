package dev.coatcheck.gateway.http;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The hosts that requests may be for, against DNS rebinding: a page of any site can have its own
 * name resolve to this gateway's address, and then call it as its own origin. A literal address
 * cannot be rebound, so that those pass always, as does {@code localhost}.
 *
 * @param any true if all hosts pass
 * @param names further ones, in lower case, without ports
 */
public record AllowedHosts(boolean any, Set<String> names) {

  /** What {@link #parse} takes. */
  public static final String EXPECTED = "host,host without ports, or *";

  /** No host is refused. */
  public static final AllowedHosts ANY = new AllowedHosts(true, Set.of());

  /** Literal addresses and {@code localhost} alone. */
  public static final AllowedHosts LOCAL = new AllowedHosts(false, Set.of());

  private static final Pattern NAME = Pattern.compile("[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_-])?");
  private static final Pattern LITERAL =
      Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9a-f:.]+]|[0-9a-f]*:[0-9a-f:.]+");

  public AllowedHosts {
    names = Set.copyOf(names);
  }

  /**
   * Reads {@code a.example,b.example} or {@code *}.
   *
   * @throws IllegalArgumentException if it has another form
   */
  public static AllowedHosts parse(String text) {
    if (text.strip().equals("*")) {
      return ANY;
    }
    Set<String> names =
        Arrays.stream(text.split(",", -1))
            .map(name -> normalised(name.strip()))
            .collect(Collectors.toUnmodifiableSet());
    if (!names.stream().allMatch(name -> NAME.matcher(name).matches())) {
      throw new IllegalArgumentException("'" + text + "' (expected: " + EXPECTED + ")");
    }
    return new AllowedHosts(false, names);
  }

  /**
   * True if a request may be for {@code host}, which has no port; null if it names none, as
   * HTTP/1.0 may.
   */
  boolean permits(@Nullable String host) {
    if (any || host == null || host.isEmpty()) {
      return true;
    }
    String name = normalised(host);
    return name.equals("localhost") || names.contains(name) || LITERAL.matcher(name).matches();
  }

  /** In lower case, without the dot of the root. */
  private static String normalised(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }
}
