package dev.coatcheck.cli.proxy;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A proxy that stands before the gateway.
 *
 * <p><b>Lifecycle:</b> a process from its start to {@link #close}.
 */
public final class ProxyProcess implements AutoCloseable {

  private static final List<String> DIRECTORIES =
      List.of("/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin");
  private static final Duration UP_WITHIN = Duration.ofSeconds(20);
  private static final int TO_END_SECONDS = 5;

  private final Process process;
  private final InetSocketAddress address;

  private ProxyProcess(Process process, InetSocketAddress address) {
    this.process = process;
    this.address = address;
  }

  /**
   * Starts one, and waits until it listens.
   *
   * @param environment put over this process's
   * @param address where it is to listen
   * @param out where it writes what it has to say
   */
  public static ProxyProcess start(
      List<String> command, Map<String, String> environment, InetSocketAddress address, Path out)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
    await(String.join(" ", command) + " listens")
        .atMost(UP_WITHIN)
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> {
          if (!process.isAlive()) {
            throw new IllegalStateException(Files.readString(out));
          }
          try (Socket socket = new Socket()) {
            socket.connect(address);
            return true;
          }
        });
    return new ProxyProcess(process, address);
  }

  /** Whether this machine has that program. Where CI runs it must, so what needs it fails there. */
  public static boolean isHere(String name) {
    boolean here = find(name).isPresent();
    if (!here) {
      System.out.println("left out: what is tried behind " + name + ", which is not installed");
    }
    return here || "true".equals(System.getenv("CI"));
  }

  /** The path of a program. */
  public static String binary(String name) throws IOException {
    return find(name)
        .map(Path::toString)
        .orElseThrow(
            () -> new IOException("no " + name + " here (expected: Debian's package that has it)"));
  }

  private static Optional<Path> find(String name) {
    return DIRECTORIES.stream()
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(TO_END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
