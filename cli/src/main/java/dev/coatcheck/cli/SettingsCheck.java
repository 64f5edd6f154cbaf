package dev.coatcheck.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Has a process of each role read its settings and end, before any is started: who has got one of
 * them wrong is to hear of it at once, and of all that is wrong.
 *
 * <p><b>Threading:</b> one thread.
 */
final class SettingsCheck {

  private final Path script;
  private final Consumer<String> log;

  /**
   * A check.
   *
   * @param script {@code ./coatcheck}
   * @param log takes what is wrong, each line with the role before it
   */
  SettingsCheck(Path script, Consumer<String> log) {
    this.script = script;
    this.log = log;
  }

  /**
   * Asks all roles, at the same time.
   *
   * @param settings of each role, put over this process's own environment
   * @throws Failure if any of them is not content
   */
  void require(Map<String, Map<String, String>> settings) throws Failure, InterruptedException {
    Map<String, Process> asked = new LinkedHashMap<>();
    List<String> wrong = new ArrayList<>();
    try {
      for (Map.Entry<String, Map<String, String>> role : settings.entrySet()) {
        asked.put(role.getKey(), start(role.getKey(), role.getValue()));
      }
      for (Map.Entry<String, Process> role : asked.entrySet()) {
        Process process = role.getValue();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
          said.lines().map(line -> role.getKey() + " | " + line).forEach(log);
          wrong.add(role.getKey());
        }
      }
    } catch (IOException e) {
      throw new Failure("the settings cannot be checked: " + e.getMessage(), e);
    } finally {
      asked.values().forEach(Process::destroyForcibly);
    }
    if (!wrong.isEmpty()) {
      throw new Failure(
          "the settings of " + String.join(", ", wrong) + " are wrong, as said above");
    }
  }

  private Process start(String role, Map<String, String> settings) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(script.toString(), role, "--check").redirectErrorStream(true);
    builder.environment().putAll(settings);
    return builder.start();
  }
}
