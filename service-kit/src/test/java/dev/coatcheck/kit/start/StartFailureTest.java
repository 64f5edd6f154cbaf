package dev.coatcheck.kit.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class StartFailureTest {

  @Test
  void aPortThatIsTakenIsTold() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(message(new InetSocketAddress(taken.getInetAddress(), taken.getLocalPort())))
          .startsWith(
              "127.0.0.1:%d cannot be listened at: address already in use (expected: "
                  .formatted(taken.getLocalPort()));
    }
  }

  @Test
  void aHostThatIsNotKnownIsTold() {
    assertThat(message(InetSocketAddress.createUnresolved("none.invalid", 80)))
        .startsWith("none.invalid:80 cannot be listened at: the host's name is not known");
    assertThat(StartFailure.message(new UnknownHostException("none.invalid: Name not known")))
        .startsWith("none.invalid: Name not known (expected: ");
  }

  @Test
  void anAddressOfAnotherMachineIsTold() throws IOException {
    assertThat(
            message(
                new InetSocketAddress(
                    InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1}), 80)))
        .startsWith("192.0.2.1:80 cannot be listened at: cannot assign requested address");
  }

  @Test
  void whatElseFailsSaysItself() {
    assertThat(StartFailure.message(new IOException("x is no keyset"))).isEqualTo("x is no keyset");
    assertThat(StartFailure.message(new IOException())).isEqualTo("input or output failed");
  }

  private static String message(InetSocketAddress address) {
    Server server = NettyServerBuilder.forAddress(address).build();
    try {
      return StartFailure.message(catchThrowable(server::start));
    } finally {
      server.shutdownNow();
    }
  }
}
