package dev.coatcheck.cli.tails;

import static dev.coatcheck.cli.tails.Toolbox.PYTHON;
import static dev.coatcheck.cli.tails.Toolbox.script;

import java.io.File;
import java.nio.file.Path;
import java.util.List;

/** The clients that speak gRPC. */
final class RpcClients {

  private static final int READ_BYTES = 16 << 10;

  static final List<Client> ALL =
      List.of(python("grpc", false), python("grpc-generator", true), java(), buf());

  private RpcClients() {}

  private static Client python(String name, boolean directly) {
    return new Client(
        name,
        Client.GRPC,
        1,
        Client.CHUNK_BYTES,
        false,
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

  private static Client buf() {
    String buf = Toolbox.packaged("buf");
    return new Client(
        "buf",
        Client.GRPC,
        1,
        2 * Client.CHUNK_BYTES,
        false,
        false,
        List.of(buf, "--version"),
        to ->
            List.of(
                "node",
                script("with-buf.mjs"),
                buf,
                to.grpc(),
                to.name(),
                to.file().toString(),
                to.pace()));
  }

  private static Client java() {
    String classes = Path.of("target", "test-classes").toAbsolutePath().toString();
    String libraries = Path.of("target", "lib").toAbsolutePath() + "/*";
    return new Client(
        "java",
        Client.GRPC,
        1,
        READ_BYTES,
        false,
        true,
        List.of(Toolbox.java(), "-version"),
        to ->
            List.of(
                Toolbox.java(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                String.join(File.pathSeparator, classes, libraries),
                JavaClient.class.getName(),
                to.grpc(),
                to.name(),
                to.file().toString(),
                to.pace(),
                to.open()));
  }
}
