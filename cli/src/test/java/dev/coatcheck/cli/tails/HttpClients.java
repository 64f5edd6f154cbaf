package dev.coatcheck.cli.tails;

import static dev.coatcheck.cli.tails.Toolbox.PYTHON;
import static dev.coatcheck.cli.tails.Toolbox.script;

import java.util.List;

/** The clients that speak HTTP, and what is built upon it. */
final class HttpClients {

  /** The pipe, what Java has read of it, and curl's buffer of 100 KiB that is being printed. */
  private static final int PRINTED_BYTES = 128 << 10;

  /** Two reads, one of which may lie in the library. */
  private static final int READ_BYTES = 32 << 10;

  private static final int NODE_READ_BYTES = 64 << 10;

  static final List<Client> ALL =
      List.of(
          curl("curl", Client.HTTP_1, "--http1.1"),
          curl("curl-h2", Client.HTTP_2, "--http2-prior-knowledge"),
          wget(),
          aria2c(),
          python("requests", true),
          python("urllib", false),
          node("fetch", Client.HTTP_1, true),
          node("http2", Client.HTTP_2, true),
          node("eventsource", Client.EVENTS, false),
          ws(),
          chromium());

  private HttpClients() {}

  private static Client curl(String name, String protocol, String version) {
    return new Client(
        name,
        protocol,
        3,
        PRINTED_BYTES,
        true,
        false,
        List.of("curl", "--version"),
        to ->
            List.of(
                PYTHON,
                script("small_pipe.py"),
                "curl",
                "--disable",
                "--silent",
                "--show-error",
                "--fail",
                version,
                "--no-buffer",
                to.content()));
  }

  private static Client wget() {
    return new Client(
        "wget",
        Client.HTTP_1,
        2,
        PRINTED_BYTES,
        true,
        false,
        List.of("wget", "--version"),
        to ->
            List.of(
                PYTHON,
                script("small_pipe.py"),
                "wget",
                "--no-config",
                "-nv",
                "--tries=1",
                "-O",
                "-",
                to.content()));
  }

  private static Client aria2c() {
    return new Client(
        "aria2c",
        Client.HTTP_1,
        1,
        READ_BYTES,
        false,
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
                to.content()));
  }

  private static Client python(String library, boolean livesOn) {
    return new Client(
        library,
        Client.HTTP_1,
        1,
        READ_BYTES,
        false,
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

  private static Client node(String library, String protocol, boolean livesOn) {
    return new Client(
        library,
        protocol,
        1,
        protocol.equals(Client.EVENTS) ? Client.CHUNK_BYTES : NODE_READ_BYTES,
        false,
        livesOn,
        Toolbox.NODE,
        to ->
            List.of(
                "node",
                script("with-" + library + ".mjs"),
                to.content(),
                to.file().toString(),
                to.pace(),
                to.open()));
  }

  private static Client ws() {
    return new Client(
        "ws",
        Client.WEB_SOCKET,
        1,
        Client.CHUNK_BYTES,
        false,
        false,
        Toolbox.NODE,
        to -> List.of("node", script("with-ws.mjs"), to.socket(), to.file().toString(), to.pace()));
  }

  private static Client chromium() {
    return new Client(
        "chromium",
        Client.HTTP_1,
        1,
        NODE_READ_BYTES,
        false,
        false,
        List.of("chromium", "--version"),
        to ->
            List.of(
                "node",
                script("with-chromium.mjs"),
                to.gateway(),
                to.location() + "/content",
                to.file().toString(),
                to.pace()));
  }
}
