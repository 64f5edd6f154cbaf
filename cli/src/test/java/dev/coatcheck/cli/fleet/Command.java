package dev.coatcheck.cli.fleet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A small command of this machine, run to its end. */
final class Command {

  private Command() {}

  /**
   * Runs it; the words are parted by blanks.
   *
   * @return what it said
   * @throws IOException if it failed
   */
  static String run(String words) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(List.of(words.split(" ", -1))).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(words + ": " + said);
    }
    return said;
  }

  /** True when it runs, and succeeds. */
  static boolean succeeds(String words) throws InterruptedException {
    try {
      run(words);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
