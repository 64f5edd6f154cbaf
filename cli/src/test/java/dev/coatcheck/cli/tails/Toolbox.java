package dev.coatcheck.cli.tails;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * What clients are run with: their scripts, which lie beside npm's packages, where Node looks for
 * them, and the programs of this machine.
 */
final class Toolbox {

  static final String PYTHON = "/usr/bin/python3"; // Debian's, which has its packages
  static final List<String> NODE = List.of("node", "--version");

  private static final Path SCRIPTS =
      Path.of("src", "test", "resources", "dev", "coatcheck", "cli", "tails");
  private static final Path DIRECTORY = Path.of("target", "tails").toAbsolutePath();
  private static final Path PACKAGES = DIRECTORY.resolve("node_modules");
  private static final String MANIFEST = "package.json";

  private Toolbox() {}

  static String script(String name) {
    return DIRECTORY.resolve(name).toString();
  }

  /** A command that one of npm's packages brings along. */
  static String packaged(String name) {
    return PACKAGES.resolve(".bin").resolve(name).toString();
  }

  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Puts scripts and packages where they belong, unless they are there. */
  static void install() throws IOException, InterruptedException {
    Files.createDirectories(DIRECTORY);
    Path manifest = DIRECTORY.resolve(MANIFEST);
    boolean installed =
        Files.isDirectory(PACKAGES)
            && Files.exists(manifest)
            && Files.mismatch(manifest, SCRIPTS.resolve(MANIFEST)) < 0;
    try (Stream<Path> files = Files.list(SCRIPTS)) {
      for (Path file : files.toList()) {
        Path copy = DIRECTORY.resolve(file.getFileName());
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    String place = DIRECTORY.toString();
    if (!installed
        && !succeeds(
            List.of("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", place))) {
      Files.delete(manifest);
      throw new IOException("npm install failed in " + DIRECTORY);
    }
  }

  /** True when these words run, and end well. */
  static boolean succeeds(List<String> words) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      boolean good = process.waitFor() == 0;
      if (!good) {
        System.out.println(said);
      }
      return good;
    } catch (IOException e) {
      return false;
    }
  }
}
