package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.gateway.http.HttpLimits;
import dev.coatcheck.kit.grpc.GrpcPortLimits;
import dev.coatcheck.kit.limits.ConnectionLimits;
import dev.coatcheck.kit.limits.Refusal;
import dev.coatcheck.testing.RawHttp2;
import dev.coatcheck.v1.ImageServiceGrpc;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bodies and messages that never end: how much of them is kept, and for how long. */
final class BodyLimitsTest extends GatewayTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(1);
  private static final int BUDGET_BYTES = 64 << 10;
  private static final int BODY_BYTES = 7000;
  private static final ConnectionLimits CONNECTIONS = new ConnectionLimits(100, 100, List.of());
  private static final String CREATE = ImageServiceGrpc.getCreateImageMethod().getFullMethodName();

  private final List<AutoCloseable> connections = new ArrayList<>();

  @Override
  HttpLimits httpLimits() {
    return new HttpLimits(
        CONNECTIONS,
        List.of(),
        100,
        100,
        Duration.ofSeconds(10),
        Duration.ofSeconds(75),
        TIMEOUT,
        1 << 20,
        BUDGET_BYTES,
        512);
  }

  @Override
  GrpcPortLimits grpcLimits() {
    return new GrpcPortLimits(
        CONNECTIONS,
        100,
        20,
        8 << 10,
        64 << 10,
        16 << 10,
        BUDGET_BYTES,
        TIMEOUT,
        false,
        TIMEOUT,
        TIMEOUT,
        512);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable connection : connections) {
      connection.close();
    }
  }

  private RawConnection beginBody(String from) throws IOException {
    var connection = new RawConnection(gateway.httpPort(), 64 << 10, from);
    connections.add(connection);
    return connection.send(
        "POST /v1/images HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            + "Content-Length: 60000\r\n\r\n{\"a\":\""
            + "x".repeat(BODY_BYTES));
  }

  /** A quarter of what may be kept is for one address, so two bodies of these. */
  @Test
  void bodiesBeyondTheBudgetAreRefusedAndOfOtherAddressesTaken() throws Exception {
    for (int i = 0; i < 3; i++) {
      beginBody("127.0.0.2");
    }
    await().atMost(PATIENCE).until(() -> gateway.httpRefusals().total(Refusal.BUFFER_LIMIT) > 0);
    assertThat(post("/v1/images", "{\"spec\": {\"zoom\": 1}}").statusCode()).isEqualTo(202);

    List<Answer> answers = new ArrayList<>();
    for (AutoCloseable connection : connections) {
      answers.add(Answer.read((RawConnection) connection));
    }
    assertThat(answers).extracting(Answer::status).containsExactlyInAnyOrder(408, 408, 503);
    Answer refused =
        answers.stream().filter(answer -> answer.status() == 503).findAny().orElseThrow();
    assertThat(refused.headers()).containsKey("retry-after");
    assertThat(refused.text()).contains("MEMORY_BUDGET_EXHAUSTED");
    assertThat(gateway.httpRefusals().total(Refusal.BUFFER_LIMIT)).isEqualTo(1);
  }

  @Test
  void bodyThatTakesTooLongIsRefusedAndItsConnectionEnds() throws Exception {
    var connection = beginBody("127.0.0.2");

    Answer refused = Answer.read(connection);

    assertThat(refused.status()).isEqualTo(408);
    assertThat(refused.headers()).containsEntry("connection", "close");
    assertThat(connection.readToEnd()).isEmpty();
    assertThat(gateway.httpRefusals().total(Refusal.BODY_TIMEOUT)).isEqualTo(1);
  }

  /** Its 408 is followed by a reset, since its sender goes on. */
  @Test
  void bodyThatTakesTooLongEndsItsStreamAlone() throws Exception {
    var client = new RawHttp2(gateway.httpPort());
    connections.add(client);
    client
        .headers(
            1,
            0,
            ":method",
            "POST",
            ":scheme",
            "http",
            ":authority",
            "localhost",
            ":path",
            "/v1/images",
            "content-type",
            "application/json")
        .data(1, 0, new byte[] {'{'});

    assertThat(client.await(RawHttp2.HEADERS).orElseThrow().streamId()).isEqualTo(1);
    assertThat(client.await(RawHttp2.RST_STREAM).orElseThrow().streamId()).isEqualTo(1);

    client.get(3, "/healthz");
    assertThat(client.await(RawHttp2.HEADERS).orElseThrow().streamId()).isEqualTo(3);
  }

  /** The beginning of one message of 60 kB. */
  private static byte[] messageOf(int bytes) {
    byte[] begun = new byte[5 + bytes];
    begun[2] = (byte) (60_000 >> 16);
    begun[3] = (byte) (60_000 >> 8);
    begun[4] = (byte) 60_000;
    return begun;
  }

  private RawHttp2 grpcClient(String from) throws IOException {
    var client = new RawHttp2(gateway.grpcPort(), from);
    connections.add(client);
    return client;
  }

  @Test
  void messageThatTakesTooLongEndsItsCall() throws Exception {
    var client = grpcClient("127.0.0.2").call(1, CREATE).data(1, 0, messageOf(1000));

    assertThat(client.await(RawHttp2.HEADERS).orElseThrow().isEndOfStream()).isTrue();
    assertThat(gateway.grpcRefusals().total(Refusal.BODY_TIMEOUT)).isEqualTo(1);
    assertThat(generator.creates).isEmpty();
  }

  /** A message that is whole is no request before the client has sent all. */
  @Test
  void callThatNeverHalfClosesEnds() throws Exception {
    var client = grpcClient("127.0.0.2").call(1, CREATE).data(1, 0, new byte[5]);

    assertThat(client.await(RawHttp2.HEADERS).orElseThrow().isEndOfStream()).isTrue();
    assertThat(generator.creates).isEmpty();
  }

  @Test
  void messagesBeyondTheBudgetAreRefusedAndOfOtherAddressesTaken() throws Exception {
    var client = grpcClient("127.0.0.2");
    client.call(1, CREATE).data(1, 0, messageOf(BODY_BYTES));
    client.call(3, CREATE).data(3, 0, messageOf(BODY_BYTES));
    client.call(5, CREATE).data(5, 0, messageOf(BODY_BYTES));

    var refused = client.await(RawHttp2.HEADERS).orElseThrow();

    assertThat(refused.streamId()).isEqualTo(5);
    assertThat(refused.isEndOfStream()).isTrue();
    assertThat(gateway.grpcRefusals().total(Refusal.BUFFER_LIMIT)).isEqualTo(1);
    var other = grpcClient("127.0.0.3").call(1, CREATE);
    other.data(1, RawHttp2.END_STREAM, new byte[5]);
    assertThat(other.await(RawHttp2.DATA)).isPresent();
  }

  @Test
  void callsInAllAreLimitedAndThoseThatEndMakeRoom() throws Exception {
    var client = grpcClient("127.0.0.2");
    for (int i = 0; i <= 20; i++) {
      client.call(2 * i + 1, CREATE);
    }

    assertThat(client.await(RawHttp2.HEADERS).orElseThrow().streamId()).isEqualTo(41);
    assertThat(gateway.grpcRefusals().total(Refusal.CALL_LIMIT)).isEqualTo(1);

    client.close();
    await()
        .atMost(PATIENCE)
        .until(() -> {
          var other = grpcClient("127.0.0.3").call(1, CREATE);
          other.data(1, RawHttp2.END_STREAM, new byte[5]);
          return !other.await(RawHttp2.HEADERS).orElseThrow().isEndOfStream();
        });
  }
}
