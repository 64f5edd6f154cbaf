package dev.coatcheck.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.FileOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What really fails, and what is said of it: no name of a class, and no bare file name. */
class IoReasonTest {

  @TempDir private Path directory;

  @Test
  void filesAreToldInTheWordsOfTheSystem() {
    assertThat(reason(() -> Files.readString(directory.resolve("none"))))
        .isEqualTo("no such file or directory");
    assertThat(reason(() -> Files.createDirectory(directory))).isEqualTo("it exists already");
    assertThat(reason(() -> Files.readString(directory))).isEqualToIgnoringCase("is a directory");
    assertThat(reason(() -> Files.write(directory, new byte[1]))).isEqualTo("is a directory");
    assertThat(
            reason(() -> {
              try (var full = new FileOutputStream("/dev/full")) {
                full.write(1);
              }
            }))
        .isEqualTo("No space left on device");
  }

  @Test
  void connectionsAreToldByWhatIsWrong() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(
              reason(() -> {
                try (var second = new ServerSocket()) {
                  second.bind(taken.getLocalSocketAddress());
                }
              }))
          .isEqualTo("address already in use");
    }
    assertThat(
            reason(() -> {
              try (var nobody = new Socket(InetAddress.getLoopbackAddress(), 1)) {
                nobody.getInputStream();
              }
            }))
        .isEqualTo("connection refused");
    assertThat(
            reason(() -> {
              try (var nowhere =
                  SocketChannel.open(InetSocketAddress.createUnresolved("none.invalid", 1))) {
                nowhere.finishConnect();
              }
            }))
        .isEqualTo("the host's name is not known");
  }

  @Test
  void nettysWordsLoseTheirNumbers() {
    var wrapped =
        new IOException(
            "Failed to bind to address /127.0.0.1:80",
            new java.net.BindException(
                "bind(..) failed with error(-98): Address already in use: /127.0.0.1:80"));
    assertThat(IoReason.of(wrapped)).isEqualTo("address already in use");
  }

  @Test
  void whatSaysNothingIsNotRepeated() {
    assertThat(IoReason.of(new IOException())).isEqualTo("input or output failed");
    assertThat(IoReason.of(new IOException("the disk is on fire")))
        .isEqualTo("the disk is on fire");
  }

  private static String reason(ThrowingCallable failing) {
    return IoReason.of(catchThrowable(failing));
  }
}
