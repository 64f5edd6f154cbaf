package dev.coatcheck.cli.pickup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.cli.pickup.FaultPlan.Fault;
import dev.coatcheck.cli.pickup.FaultPlan.From;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each fault as both sides of the proxy see it: a client, and a server that the test plays. */
@Timeout(30)
class FaultProxyTest {

  private static final String RESPONSE = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n0123456789";
  private static final int HEAD_BYTES = RESPONSE.length() - 10;
  private static final int SOON_MILLIS = 10_000;
  private static final int SILENT_MILLIS = 200;

  private ServerSocket listener;
  private FaultProxy proxy;
  private Socket client = new Socket();
  private Socket server = new Socket();

  @BeforeEach
  void start() throws IOException {
    listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    proxy = FaultProxy.to(listener.getLocalPort());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    client.close();
    server.close();
    listener.close();
  }

  @Test
  void passesBothWaysWhenNothingIsWrong() throws IOException {
    connect(FaultPlan.CLEAN);
    client.getOutputStream().write("request".getBytes(StandardCharsets.US_ASCII));
    assertThat(read(server, 7)).isEqualTo("request");
    respond();
    server.close();

    assertThat(readToEnd(client)).isEqualTo(RESPONSE);
    assertThat(proxy.fired()).isZero();
  }

  @Test
  void closesBothAfterTheByte() throws IOException {
    connect(FaultPlan.of(Fault.CLOSE, From.START, 5));
    respond();

    assertThat(readToEnd(client)).isEqualTo(RESPONSE.substring(0, 5));
    assertThatServerSeesTheEnd();
    assertThat(proxy.fired()).isEqualTo(1);
  }

  @Test
  void closesBeforeTheFirstByteOnceThereIsOne() throws IOException {
    connect(FaultPlan.of(Fault.CLOSE, From.START, 0));
    assertThatNothingComesTo(client);
    respond();

    assertThat(readToEnd(client)).isEmpty();
  }

  @Test
  void countsFromTheEndOfTheHead() throws IOException {
    connect(FaultPlan.of(Fault.CLOSE, From.BODY, 3));
    respond();

    assertThat(readToEnd(client)).isEqualTo(RESPONSE.substring(0, HEAD_BYTES + 3));
  }

  @Test
  void closesBehindTheHead() throws IOException {
    connect(FaultPlan.of(Fault.CLOSE, From.BODY, 0));
    respond();

    assertThat(readToEnd(client)).isEqualTo(RESPONSE.substring(0, HEAD_BYTES));
  }

  @Test
  void keepsTheLastBytesBack() throws IOException {
    connect(FaultPlan.of(Fault.CLOSE, From.END, 4));
    respond();
    assertThat(read(client, RESPONSE.length() - 4))
        .isEqualTo(RESPONSE.substring(0, RESPONSE.length() - 4));
    assertThatNothingComesTo(client);
    server.close();

    assertThat(readToEnd(client)).isEmpty();
    assertThat(proxy.fired()).isEqualTo(1);
  }

  @Test
  void resetsBoth() throws IOException {
    connect(FaultPlan.of(Fault.RESET, From.START, 5));
    respond();

    assertThatThrownBy(() -> readToEnd(client)).isInstanceOf(SocketException.class);
    assertThatThrownBy(() -> readToEnd(server)).isInstanceOf(SocketException.class);
  }

  @Test
  void vanishedClientIsNotMissedByTheServer() throws IOException {
    connect(FaultPlan.of(Fault.VANISH, From.START, 5));
    respond();

    assertThat(readToEnd(client)).isEqualTo(RESPONSE.substring(0, 5));
    assertThatNothingComesTo(server);
    respond(); // nobody minds
  }

  @Test
  void silenceStaysOpenOnBothSidesAndTakesLittle() throws Exception {
    connect(FaultPlan.of(Fault.SILENCE, From.START, 5));
    respond();

    assertThat(read(client, 5)).isEqualTo(RESPONSE.substring(0, 5));
    assertThatNothingComesTo(client);
    client.getOutputStream().write("more".getBytes(StandardCharsets.US_ASCII));
    assertThatNothingComesTo(server);

    Thread writer = Thread.startVirtualThread(() -> writeMuch(server));
    assertThat(writer.join(Duration.ofMillis(SILENT_MILLIS))).as("much could be written").isFalse();
    proxy.close();
    assertThat(writer.join(Duration.ofMillis(SOON_MILLIS))).isTrue();
  }

  @Test
  void halfClosedRequestLeavesTheResponse() throws IOException {
    connect(FaultPlan.of(Fault.HALF_CLOSE, From.START, 5));
    server.getOutputStream().write(RESPONSE.getBytes(StandardCharsets.US_ASCII), 0, 5);

    assertThat(readToEnd(server)).isEmpty();
    server
        .getOutputStream()
        .write(RESPONSE.getBytes(StandardCharsets.US_ASCII), 5, RESPONSE.length() - 5);
    server.close();
    assertThat(readToEnd(client)).isEqualTo(RESPONSE);
    assertThat(proxy.fired()).isEqualTo(1);
  }

  @Test
  void flipsOneBit() throws IOException {
    connect(FaultPlan.of(Fault.FLIP, From.BODY, 4));
    respond();
    server.close();

    assertThat(readToEnd(client)).isEqualTo(RESPONSE.replace('4', '5'));
    assertThat(proxy.fired()).isEqualTo(1);
  }

  @Test
  void delaysAndTrickles() throws IOException {
    connect(FaultPlan.CLEAN.delayed(Duration.ofMillis(100)).trickling(100));
    long began = System.nanoTime();
    respond();
    server.close();

    assertThat(readToEnd(client)).isEqualTo(RESPONSE);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(400));
  }

  @Test
  void plansAreTakenInTurn() throws IOException {
    proxy.next(FaultPlan.of(Fault.CLOSE, From.START, 1));
    connect(FaultPlan.of(Fault.CLOSE, From.START, 2));
    respond();
    assertThat(readToEnd(client)).hasSize(1);
    client.close();
    server.close();

    connect(FaultPlan.of(Fault.CLOSE, From.START, 3));
    respond();
    assertThat(readToEnd(client)).hasSize(2);
  }

  private void connect(FaultPlan plan) throws IOException {
    proxy.next(plan);
    client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    client.setSoTimeout(SOON_MILLIS);
    server = listener.accept();
    server.setSoTimeout(SOON_MILLIS);
  }

  private void respond() throws IOException {
    server.getOutputStream().write(RESPONSE.getBytes(StandardCharsets.US_ASCII));
  }

  private static void writeMuch(Socket server) {
    byte[] some = new byte[1 << 20];
    try {
      for (int i = 0; i < 64; i++) {
        server.getOutputStream().write(some);
      }
    } catch (IOException e) {
      // that is how it ends
    }
  }

  /** By an end or by a reset: a close with bytes unread is one. */
  private void assertThatServerSeesTheEnd() {
    try {
      assertThat(readToEnd(server)).isEmpty();
    } catch (IOException e) {
      assertThat(e).isInstanceOf(SocketException.class);
    }
  }

  private static void assertThatNothingComesTo(Socket socket) throws IOException {
    socket.setSoTimeout(SILENT_MILLIS);
    assertThatThrownBy(() -> socket.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    socket.setSoTimeout(SOON_MILLIS);
  }

  private static String read(Socket socket, int bytes) throws IOException {
    return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.US_ASCII);
  }

  private static String readToEnd(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }
}
