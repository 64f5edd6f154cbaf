package dev.coatcheck.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/** The CPU time of processes, as Linux counts it (proc(5), {@code /proc/PID/stat}). */
final class ProcessCpu {

  /** USER_HZ, which is 100 on every Linux that one meets. */
  private static final double TICKS_A_SECOND = 100;

  private static final int USER_TICKS = 11; // counted from behind the name
  private static final int SYSTEM_TICKS = 12;

  private ProcessCpu() {}

  static double seconds(Collection<Long> pids) throws IOException {
    long ticks = 0;
    for (long pid : pids) {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      ticks += Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]);
    }
    return ticks / TICKS_A_SECOND;
  }
}
