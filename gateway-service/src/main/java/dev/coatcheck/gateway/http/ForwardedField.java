package dev.coatcheck.gateway.http;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The field {@code Forwarded} (RFC 7239): an element from each proxy, the client's own first. */
final class ForwardedField {

  static final String NAME = "Forwarded";

  /** One pair and what ends it; either may be missing. Addresses stand without quotes, too. */
  private static final Pattern PAIR =
      Pattern.compile(
          "\\G[ \t]*(?:(?<name>[A-Za-z0-9!#$%&'*+.^_`|~-]+)="
              + "(?:\"(?<quoted>(?:[^\"\\\\]|\\\\.){0,255})\"|(?<token>[^\",;\\s]+)))?[ \t]*(?<end>[;,]|$)");

  /** A node with its port, which is of no use here (RFC 7239, 6). */
  private static final Pattern NODE =
      Pattern.compile(
          "\\[(?<six>[0-9A-Fa-f:.]+)](?::[\\w.-]+)?"
              + "|(?<four>[0-9]{1,3}(?:\\.[0-9]{1,3}){3})(?::[\\w.-]+)?"
              + "|(?<bare>[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)");

  private ForwardedField() {}

  /**
   * Its elements, those that say nothing left out.
   *
   * @param value all lines of it, as one
   * @throws ProblemException 400 if it is malformed
   */
  static List<ForwardedElement> parse(String value) throws ProblemException {
    List<ForwardedElement> elements = new ArrayList<>();
    Map<String, String> pairs = new HashMap<>();
    Matcher matcher = PAIR.matcher(value);
    int end = 0;
    while (end < value.length() && matcher.find()) {
      put(pairs, matcher, value);
      end = matcher.end();
      if (!matcher.group("end").equals(";") && !pairs.isEmpty()) {
        elements.add(element(pairs));
        pairs.clear();
      }
    }
    if (end < value.length()) {
      throw TrustedProxies.malformed(NAME, value, "as in RFC 7239");
    }
    if (!pairs.isEmpty()) {
      elements.add(element(pairs));
    }
    return elements;
  }

  private static void put(Map<String, String> pairs, Matcher matcher, String value)
      throws ProblemException {
    String name = matcher.group("name");
    if (name == null) {
      return;
    }
    String quoted = matcher.group("quoted");
    String text = quoted == null ? matcher.group("token") : quoted.replaceAll("\\\\(.)", "$1");
    if (pairs.put(name.toLowerCase(Locale.ROOT), text) != null) {
      throw TrustedProxies.malformed(NAME, value, "each parameter once"); // RFC 7239, 4
    }
  }

  private static ForwardedElement element(Map<String, String> pairs) throws ProblemException {
    return new ForwardedElement(
        address(pairs.getOrDefault("for", "")),
        pairs.containsKey("proto")
            ? Optional.of(TrustedProxies.scheme(NAME, pairs.get("proto")))
            : Optional.empty(),
        pairs.containsKey("host")
            ? Optional.of(TrustedProxies.authority(NAME, pairs.get("host")))
            : Optional.empty());
  }

  /** The address of a node, with a port or without; empty if it has none. */
  static Optional<InetAddress> address(String node) {
    Matcher matcher = NODE.matcher(node);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String four = matcher.group("four");
    String six = matcher.group("six") == null ? matcher.group("bare") : matcher.group("six");
    try {
      return Optional.of(InetAddress.ofLiteral(four == null ? six : four));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
