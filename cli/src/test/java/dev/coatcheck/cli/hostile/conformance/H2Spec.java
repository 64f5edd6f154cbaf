package dev.coatcheck.cli.hostile.conformance;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The program h2spec, which the build takes out of a Maven plugin that carries it.
 *
 * <p><b>Threading:</b> one thread at a time.
 */
final class H2Spec {

  private static final Path ARCHIVES = Path.of("target", "h2spec", "2.2.0");
  private static final String ANSWER_SECONDS = "2";
  private static final int PATIENCE_MINUTES = 5;

  private final Path directory;

  private H2Spec(Path directory) {
    this.directory = directory;
  }

  /** Unpacks it into a directory. */
  static H2Spec unpack(Path directory) throws IOException, InterruptedException {
    boolean mac = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac");
    Path archive = ARCHIVES.resolve("h2spec_" + (mac ? "darwin" : "linux") + "_amd64.tar.gz");
    run(
        directory.resolve("tar.out"),
        List.of("tar", "-xzf", archive.toString(), "-C", directory.toString()));
    return new H2Spec(directory);
  }

  /**
   * Tries all that the program knows at a port.
   *
   * @param path what its requests ask for
   */
  Report run(String door, InetSocketAddress address, String path)
      throws IOException, InterruptedException {
    Path report = directory.resolve(door.replaceAll("[^A-Za-z]+", "-") + ".xml");
    Files.deleteIfExists(report);
    run(
        directory.resolve("h2spec.out"),
        List.of(
            directory.resolve("h2spec").toString(),
            "--host",
            address.getHostString(),
            "--port",
            Integer.toString(address.getPort()),
            "--path",
            path,
            "--timeout",
            ANSWER_SECONDS,
            "--junit-report",
            report.toString()));
    return Report.read(door, report);
  }

  private static void run(Path out, List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    process.getOutputStream().close();
    if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IOException(command.getFirst() + " does not end: " + Files.readString(out));
    }
  }
}
