package dev.coatcheck.cli.tails;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The clients that there are, and where their scripts lie: beside npm's packages, where Node looks
 * for them.
 */
final class Clients {

  private static final Path SCRIPTS =
      Path.of("src", "test", "resources", "dev", "coatcheck", "cli", "tails");
  private static final Path DIRECTORY = Path.of("target", "tails").toAbsolutePath();
  private static final String PYTHON = "/usr/bin/python3"; // Debian's, which has its packages
  private static final List<String> NODE = List.of("node", "--version");

  /** All of them. */
  private static final List<Client> ALL =
      List.of(
          curl("curl", "--http1.1"),
          curl("curl-h2", "--http2-prior-knowledge"),
          new Client(
              "wget",
              2,
              false,
              List.of("wget", "--version"),
              to ->
                  List.of(
                      "wget",
                      "--no-config",
                      "-nv",
                      "--tries=1",
                      "--limit-rate=" + to.pace(),
                      "-O",
                      to.file().toString(),
                      to.content())),
          python("requests", true),
          python("urllib", false),
          node("fetch", true),
          node("http2", true),
          node("eventsource", false),
          new Client(
              "ws",
              1,
              false,
              NODE,
              to ->
                  List.of(
                      "node", script("with-ws.mjs"), to.socket(), to.file().toString(), to.pace())),
          grpc("grpc", false),
          grpc("grpc-generator", true),
          new Client(
              "aria2c",
              1,
              false,
              List.of("aria2c", "--version"),
              to ->
                  List.of(
                      "aria2c",
                      "--no-conf",
                      "--quiet",
                      "--max-tries=1",
                      "--split=1",
                      "--max-connection-per-server=1",
                      "--disk-cache=0",
                      "--file-allocation=none",
                      "--allow-overwrite=true",
                      "--max-download-limit=" + to.pace(),
                      "--dir=" + to.file().getParent(),
                      "--out=" + to.file().getFileName(),
                      to.content())),
          new Client(
              "java",
              1,
              true,
              List.of(java(), "-version"),
              to ->
                  List.of(
                      java(),
                      "-XX:TieredStopAtLevel=1",
                      "-cp",
                      String.join(
                          File.pathSeparator,
                          Path.of("target", "test-classes").toAbsolutePath().toString(),
                          Path.of("target", "lib").toAbsolutePath() + "/*"),
                      JavaClient.class.getName(),
                      to.grpc(),
                      to.name(),
                      to.file().toString(),
                      to.pace(),
                      to.open())));

  private final List<Client> weighted = new ArrayList<>();

  private Clients() {}

  /**
   * Those that this machine has.
   *
   * @param names which of them; all if there is none
   * @throws IOException when one is missing where none may be
   */
  static Clients open(Set<String> names) throws IOException, InterruptedException {
    installPackages();
    Clients clients = new Clients();
    for (Client client : ALL) {
      if (!names.isEmpty() && !names.contains(client.name())) {
        continue;
      }
      if (!succeeds(client.needs())) {
        if ("true".equals(System.getenv("CI"))) {
          throw new IOException(client.name() + " is missing: " + client.needs());
        }
        System.out.println("left out: " + client.name() + ", for want of " + client.needs());
        continue;
      }
      for (int i = 0; i < client.weight(); i++) {
        clients.weighted.add(client);
      }
    }
    return clients;
  }

  /** One of them. */
  Client any(Random random) {
    return weighted.get(random.nextInt(weighted.size()));
  }

  private static Client curl(String name, String version) {
    return new Client(
        name,
        3,
        false,
        List.of("curl", "--version"),
        to ->
            List.of(
                "curl",
                "--disable",
                "--silent",
                "--show-error",
                "--fail",
                version,
                "--no-buffer",
                "--limit-rate",
                to.pace(),
                "--output",
                to.file().toString(),
                to.content()));
  }

  private static Client python(String library, boolean livesOn) {
    return new Client(
        library,
        1,
        livesOn,
        List.of(PYTHON, "-c", "import " + (livesOn ? library : "urllib.request")),
        to ->
            List.of(
                PYTHON,
                script("with_" + library + ".py"),
                to.content(),
                to.file().toString(),
                to.pace(),
                to.open()));
  }

  private static Client node(String library, boolean livesOn) {
    return new Client(
        library,
        1,
        livesOn,
        NODE,
        to ->
            List.of(
                "node",
                script("with-" + library + ".mjs"),
                to.content(),
                to.file().toString(),
                to.pace(),
                to.open()));
  }

  private static Client grpc(String name, boolean directly) {
    return new Client(
        name,
        1,
        true,
        List.of(PYTHON, "-c", "import grpc"),
        to ->
            List.of(
                PYTHON,
                script("with_grpc.py"),
                directly ? to.generators() : to.grpc(),
                to.name(),
                to.file().toString(),
                to.pace(),
                to.open()));
  }

  private static String script(String name) {
    return DIRECTORY.resolve(name).toString();
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static void installPackages() throws IOException, InterruptedException {
    Files.createDirectories(DIRECTORY);
    try (Stream<Path> files = Files.list(SCRIPTS)) {
      for (Path file : files.toList()) {
        Files.write(DIRECTORY.resolve(file.getFileName()), Files.readAllBytes(file));
      }
    }
    if (!Files.isDirectory(DIRECTORY.resolve("node_modules"))
        && !succeeds(
            List.of(
                "npm",
                "install",
                "--silent",
                "--no-audit",
                "--no-fund",
                "--prefix",
                DIRECTORY.toString()))) {
      throw new IOException("npm install failed in " + DIRECTORY);
    }
  }

  private static boolean succeeds(List<String> words) throws InterruptedException {
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
