package dev.coatcheck.cli.hostile.corpus;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A case of {@code malformed-requests.txt}, whose head says how it is written.
 *
 * @param name what is wrong with it
 * @param answers the statuses that are right, each all of a connection
 * @param text what is sent, one character a byte
 */
record MalformedRequest(String name, Set<String> answers, String text) {

  /** What a connection says last; its answer tells that it still makes sense. */
  private static final String LAST =
      "GET /healthz?last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

  private static final String RESOURCE = "/dev/coatcheck/cli/hostile/malformed-requests.txt";
  private static final Pattern ESCAPE =
      Pattern.compile("\\\\(?:x([0-9a-f]{2})|([rnt0\\\\]))|\\{([0-9]+)\\*([^}]+)\\}");

  /** All of them. */
  static List<MalformedRequest> all() {
    return Pattern.compile("^== ", Pattern.MULTILINE)
        .splitAsStream(read())
        .skip(1) // how to read the rest
        .map(MalformedRequest::parse)
        .toList();
  }

  private static String read() {
    try (InputStream in = MalformedRequest.class.getResourceAsStream(RESOURCE)) {
      return new String(
          Objects.requireNonNull(in, RESOURCE).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static MalformedRequest parse(String part) {
    String[] lines = part.split("\n", -1);
    StringBuilder text = new StringBuilder();
    for (int i = 2; i < lines.length - 1; i++) {
      String line = lines[i];
      boolean ends = !line.endsWith("\\");
      text.append(unescape(ends ? line : line.substring(0, line.length() - 1)));
      text.append(ends ? "\r\n" : "");
    }
    Set<String> answers =
        Arrays.stream(lines[1].split("\\|", -1)).map(String::strip).collect(Collectors.toSet());
    return new MalformedRequest(lines[0], answers, text.toString());
  }

  private static String unescape(String line) {
    return ESCAPE.matcher(line).replaceAll(found -> Matcher.quoteReplacement(unescape(found)));
  }

  private static String unescape(MatchResult found) {
    if (found.group(1) != null) {
      return Character.toString(Integer.parseInt(found.group(1), 16));
    }
    if (found.group(3) != null) {
      return unescape(found.group(4)).repeat(Integer.parseInt(found.group(3)));
    }
    return switch (found.group(2)) {
      case "r" -> "\r";
      case "n" -> "\n";
      case "t" -> "\t";
      case "0" -> "\0";
      default -> "\\";
    };
  }

  /** The bytes of it, and of the last request of its connection. */
  byte[] toBytes() {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    bytes.writeBytes(LAST.getBytes(StandardCharsets.ISO_8859_1));
    return bytes.toByteArray();
  }

  @Override
  public String toString() {
    return name;
  }
}
