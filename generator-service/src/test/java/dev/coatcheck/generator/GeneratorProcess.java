package dev.coatcheck.generator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.key.KeysetFile;
import dev.coatcheck.v1.CreateImageRequest.Transfer;
import dev.coatcheck.v1.GenerateImageRequest;
import dev.coatcheck.v1.ImageServiceGrpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A generator in a process of its own, with nothing of AWS's in its environment but what a test
 * puts there; and a client of it.
 */
final class GeneratorProcess implements AutoCloseable {

  /** How a process ended that did not start. */
  record Exit(int code, String output) {}

  private static final Pattern STARTED = Pattern.compile("generator pid=.* grpc=(\\S+) .*");
  private static final int MAX_SECONDS = 120;

  private final Process process;
  private final Path log;
  private final ManagedChannel channel;

  private GeneratorProcess(Process process, Path log, String address) {
    this.process = process;
    this.log = log;
    this.channel =
        NettyChannelBuilder.forTarget(address, InsecureChannelCredentials.create()).build();
  }

  static GeneratorProcess start(Path directory, Map<String, String> environment)
      throws IOException {
    Path log = directory.resolve("generator.log");
    Process process = launch(directory, log, environment);
    List<String> said = new ArrayList<>();
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      Matcher started = STARTED.matcher(line);
      if (started.matches()) {
        return new GeneratorProcess(process, log, started.group(1));
      }
      said.add(line);
    }
    throw new AssertionError(String.join("\n", said) + "\n" + Files.readString(log));
  }

  /** Runs one that is to end at its start. */
  static Exit runToExit(Path directory, Map<String, String> environment) throws Exception {
    Path log = directory.resolve("generator.log");
    Process process = launch(directory, log, environment);
    try {
      assertThat(process.waitFor(MAX_SECONDS, TimeUnit.SECONDS)).as("has ended").isTrue();
      return new Exit(process.exitValue(), Files.readString(log));
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process launch(Path directory, Path log, Map<String, String> environment)
      throws IOException {
    Path keyset = directory.resolve("keyset.json");
    if (!Files.exists(keyset)) {
      KeysetFile.create(keyset);
    }
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx128m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-Daws.java.v1.disableDeprecationAnnouncement=true",
                    "-Duser.home=" + directory,
                    "-cp",
                    System.getProperty("java.class.path"),
                    GeneratorMain.class.getName()))
            .redirectError(log.toFile());
    Map<String, String> all = new HashMap<>();
    all.put("COATCHECK_LISTEN", "127.0.0.1:0");
    all.put("COATCHECK_KEYSET", keyset.toString());
    all.put("COATCHECK_MEMORY", "16MiB");
    all.put("COATCHECK_MAX_BYTES", "1MiB");
    all.put("COATCHECK_LAMBDA_FUNCTION", "map");
    all.put("COATCHECK_CALLBACK_URL", "http://gateway.test:8080");
    all.put("AWS_EC2_METADATA_DISABLED", "true");
    all.put("HOME", directory.toString());
    all.putAll(environment);
    builder.environment().clear();
    builder.environment().putAll(all);
    return builder.start();
  }

  /** Has one image made and reads it. */
  byte[] generate(Transfer transfer) throws Exception {
    return GeneratorFixture.bytesOf(
        ImageServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(MAX_SECONDS, TimeUnit.SECONDS)
            .generateImage(
                GenerateImageRequest.newBuilder()
                    .setCreate(GeneratorFixture.request().setTransfer(transfer))
                    .build()));
  }

  /** What it has logged so far. */
  String log() throws IOException {
    return Files.readString(log);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    process.destroyForcibly();
    process.onExit().join();
  }
}
