package dev.coatcheck.cli.tails;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A process, and all that it has started. */
final class ProcessTree {

  private final Process root;
  private final List<ProcessHandle> all;

  private ProcessTree(Process root, List<ProcessHandle> all) {
    this.root = root;
    this.all = all;
  }

  static ProcessTree of(Process root) {
    List<ProcessHandle> all = new ArrayList<>(root.descendants().toList());
    all.add(root.toHandle());
    return new ProcessTree(root, all);
  }

  /** Stops them where they are: from here on they read nothing. */
  void freeze() throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("kill", "-STOP"));
    all.forEach(process -> words.add(Long.toString(process.pid())));
    new ProcessBuilder(words).redirectErrorStream(true).start().waitFor();
  }

  /**
   * Ends them, before any of them can say goodbye. Not by {@link Process#destroyForcibly}, which
   * throws away what was printed.
   */
  void kill() throws InterruptedException {
    for (ProcessHandle process : all) {
      boolean _ = process.destroyForcibly();
    }
    root.waitFor();
  }
}
