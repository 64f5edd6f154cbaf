package dev.coatcheck.testing;

import java.util.HashMap;
import java.util.Map;

/** Reads environment variables from text with a line {@code NAME=value} for each. */
public final class EnvironmentLines {

  private EnvironmentLines() {}

  /** The variables; lines that no environment can have are left out. */
  public static Map<String, String> parse(String text) {
    Map<String, String> environment = new HashMap<>();
    for (String line : text.split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0 && line.indexOf('\0') < 0) {
        environment.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return environment;
  }
}
