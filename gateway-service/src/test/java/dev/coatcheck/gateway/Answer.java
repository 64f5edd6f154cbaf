package dev.coatcheck.gateway;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was answered to one request, by whatever client.
 *
 * @param headers by their names in lower case
 * @param text the body; of bytes that are none, something
 */
record Answer(int status, Map<String, String> headers, String text) {

  static Answer of(HttpResponse<byte[]> response) {
    return of(response, response.body());
  }

  /** With the body that was read besides. */
  static Answer of(HttpResponse<?> response, byte[] body) {
    Map<String, String> headers = new TreeMap<>();
    response
        .headers()
        .map()
        .forEach((name, values) -> headers.put(name, String.join(", ", values)));
    return new Answer(response.statusCode(), headers, new String(body, StandardCharsets.UTF_8));
  }

  /** What a raw connection read: the head up to the empty line, and the body if it has a length. */
  static Answer read(RawConnection connection) throws Exception {
    String head = connection.head();
    List<String> lines = head.lines().toList();
    Map<String, String> headers = new TreeMap<>();
    for (String line : lines.subList(1, lines.size() - 1)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    return new Answer(
        Integer.parseInt(lines.getFirst().split(" ", 3)[1]),
        headers,
        new String(connection.read(length), StandardCharsets.UTF_8));
  }

  /** The media type without its parameters; empty for none. */
  String mediaType() {
    return headers.getOrDefault("content-type", "").split(";", 2)[0].strip();
  }
}
