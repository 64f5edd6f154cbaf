package dev.coatcheck.cli.hostile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process has of the machine at one moment (proc(5)).
 *
 * @param residentBytes heap, off-heap and all
 * @param threads how many
 * @param descriptors open files and sockets
 */
record Figures(long residentBytes, int threads, int descriptors) {

  static final Figures NONE = new Figures(0, 0, 0);

  private static final String RESIDENT = "VmRSS:";
  private static final String THREADS = "Threads:";

  /** Those of the process with this number; {@link #NONE} if there is none. */
  static Figures of(long pid) {
    Path process = Path.of("/proc", Long.toString(pid));
    try (Stream<Path> open = Files.list(process.resolve("fd"))) {
      long resident = 0;
      int threads = 0;
      for (String line : Files.readAllLines(process.resolve("status"))) {
        if (line.startsWith(RESIDENT)) {
          resident = number(line) << 10;
        } else if (line.startsWith(THREADS)) {
          threads = (int) number(line);
        }
      }
      return new Figures(resident, threads, (int) open.count());
    } catch (IOException e) {
      return NONE;
    }
  }

  private static long number(String line) {
    return Long.parseLong(line.replaceAll("[^0-9]", ""));
  }

  /** The greater of each. */
  Figures max(Figures other) {
    return new Figures(
        Math.max(residentBytes, other.residentBytes),
        Math.max(threads, other.threads),
        Math.max(descriptors, other.descriptors));
  }
}
