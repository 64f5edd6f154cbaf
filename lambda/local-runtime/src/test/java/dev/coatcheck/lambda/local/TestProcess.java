package dev.coatcheck.lambda.local;

import java.nio.file.Path;
import java.util.List;

/** How a test starts a class of its own class path as a process. */
final class TestProcess {

  private TestProcess() {}

  static List<String> running(String mainClass) {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx384m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        classPath,
        mainClass);
  }
}
