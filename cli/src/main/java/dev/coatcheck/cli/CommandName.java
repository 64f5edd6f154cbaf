package dev.coatcheck.cli;

import java.security.CodeSource;

/**
 * What people typed to run the command, for messages that tell them what to type next: the script's
 * name as it tells it, or {@code java -jar} and the jar.
 */
final class CommandName {

  private static final String JAR = ".jar";

  private CommandName() {}

  /** As a shell takes it. */
  static String get() {
    CodeSource code = Coatcheck.class.getProtectionDomain().getCodeSource();
    return of(
        System.getProperty("coatcheck.command", ""),
        System.getProperty("java.class.path", ""),
        code == null ? "" : code.getLocation().toString());
  }

  /**
   * The same of what is told.
   *
   * @param script what the script was called by; empty without one
   * @param classPath the jar, where it was run by {@code java -jar}
   * @param code where this code was loaded from
   */
  static String of(String script, String classPath, String code) {
    if (!script.isEmpty()) {
      return quoted(script);
    }
    return code.endsWith(JAR) && classPath.endsWith(JAR)
        ? "java -jar " + quoted(classPath)
        : "coatcheck";
  }

  /** A word as a shell takes it. */
  static String quoted(String word) {
    return word.matches("[A-Za-z0-9_./:@%+=-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
