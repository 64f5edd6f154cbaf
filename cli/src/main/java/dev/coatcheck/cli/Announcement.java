package dev.coatcheck.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The one line by which a process says that it is up: {@code generator pid=7 grpc=host:port …}.
 *
 * @param role the first word
 * @param fields all others, in order
 */
record Announcement(String role, Map<String, String> fields) {

  Announcement {
    fields = new LinkedHashMap<>(fields);
  }

  /** The announcement in {@code line}, if it is one of a process of that role. */
  static Optional<Announcement> parse(String role, String line) {
    List<String> words = List.of(line.strip().split(" +", -1));
    if (!words.get(0).equals(role) || words.size() < 2 || !words.get(1).startsWith("pid=")) {
      return Optional.empty();
    }
    Map<String, String> fields = new LinkedHashMap<>();
    for (String word : words.subList(1, words.size())) {
      int equals = word.indexOf('=');
      if (equals <= 0 || word.chars().anyMatch(Character::isWhitespace)) {
        return Optional.empty();
      }
      fields.put(word.substring(0, equals), word.substring(equals + 1));
    }
    return Optional.of(new Announcement(role, fields));
  }

  /** The value of a field that such a process must tell. */
  String field(String name) throws Failure {
    String value = fields.get(name);
    if (value == null) {
      throw new Failure(role + " said nothing of " + name + " (expected: " + name + "=…)");
    }
    return value;
  }

  /** The line as {@code up} prints it, under the child's own name. */
  String as(String name) {
    StringBuilder line = new StringBuilder(name);
    fields.forEach((field, value) -> line.append(' ').append(field).append('=').append(value));
    return line.toString();
  }
}
