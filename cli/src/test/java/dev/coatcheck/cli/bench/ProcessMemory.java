package dev.coatcheck.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The memory of a process, as Linux counts it: heap, off-heap and all (proc(5), {@code VmRSS}). */
final class ProcessMemory {

  private static final String RESIDENT = "VmRSS:";
  private static final double STEADY = 0.005;
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
  private static final int MAX_LOOKS = 30;
  private static final int STEADY_LOOKS = 3;

  private ProcessMemory() {}

  static long residentBytes(long pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith(RESIDENT)) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
      }
    }
    throw new IOException("process " + pid + " has no " + RESIDENT);
  }

  /** The same, when it has stopped to change; after half a minute however it is. */
  static long steadyBytes(long pid) throws IOException, InterruptedException {
    long before = residentBytes(pid);
    int steady = 0;
    for (int i = 0; i < MAX_LOOKS && steady < STEADY_LOOKS; i++) {
      Thread.sleep(LOOK_AGAIN);
      long now = residentBytes(pid);
      steady = Math.abs(now - before) < STEADY * before ? steady + 1 : 0;
      before = now;
    }
    return before;
  }
}
