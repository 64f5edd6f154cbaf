package dev.coatcheck.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.v1.SettlePickupRequest;
import dev.coatcheck.v1.SettlePickupRequest.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a WebSocket ends that its client does not read to the end of the image. */
final class SocketCloseTest extends GatewayTest {

  private RawConnection upgrade(ScriptedImage image) throws IOException {
    return new RawConnection(gateway.httpPort()).upgrade("/v1/" + image.name + "/socket");
  }

  /** A close frame of its own is answered by one, whatever is under way (RFC 6455, 5.5.1). */
  @Test
  void clientThatClosesInTheMiddleIsAnswered() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(20_000_000));
    image.gateBytes = 1_000_000;
    try (RawConnection client = upgrade(image)) {
      int bytes = 0;
      while (bytes < 1_000_000) {
        Received frame = frame(client);
        bytes += (frame.head & 0x0f) == 1 ? 0 : frame.payload.remaining();
      }
      client.send(frame(0x88, 0x12, 0x67));
      Received answer = frame(client);
      assertThat(answer.head).isEqualTo(0x88);
      assertThat(unsigned(answer.payload)).isEqualTo(4711);
      assertThat(client.readToEnd()).isEmpty();
    }
    SettlePickupRequest settled = BrokenDownloadTest.settlementOf(image);
    assertThat(settled.getOutcome()).isEqualTo(Outcome.BROKEN);
    assertThat(settled.getInDoubt().getEnd()).isEqualTo(1_000_000);
    assertThat(image.cancelled.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void clientThatClosesWhileBytesComeIsAnswered() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(20_000_000));
    try (RawConnection client = upgrade(image)) {
      client.read(1000);
      client.send(frame(0x88, 0x03, 0xe8));
      byte[] all = client.readToEnd();

      assertThat(all.length).isBetween(4, 19_000_000);
      assertThat(Arrays.copyOfRange(all, all.length - 4, all.length))
          .containsExactly(0x88, 0x02, 0x03, 0xe8);
    }
    assertThat(BrokenDownloadTest.settlementOf(image).getOutcome()).isEqualTo(Outcome.BROKEN);
  }

  /** Each ends with the close code that says what was wrong. */
  @ParameterizedTest
  @CsvSource({
    "1007, 81, c3 28", // not UTF-8
    "1007, 81, c3", // half a character, and no more comes
    "1007, 81, ed a0 80", // a surrogate
    "1002, c1, 61", // a reserved bit
    "1002, 83, 61", // a reserved opcode
    "1002, 88, 61", // half a close code
    "1002, 88, 03 ed" // a close code that nobody may send
  })
  void clientThatBreaksTheProtocolIsToldHow(int code, String head, String payload)
      throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1_000_000));
    image.complete = false;
    image.gateBytes = 0;
    try (RawConnection client = upgrade(image)) {
      assertThat(StandardCharsets.UTF_8.decode(frame(client).payload).toString())
          .contains("\"image\"");
      client.send(
          frame(
              Integer.parseInt(head, 16),
              Arrays.stream(payload.split(" ", -1))
                  .mapToInt(b -> Integer.parseInt(b, 16))
                  .toArray()));
      assertThat(closeCode(client)).isEqualTo(code);
    }
    assertThat(BrokenDownloadTest.settlementOf(image).getOutcome()).isEqualTo(Outcome.BROKEN);
  }

  /** A character may be spread over the frames of a message, and every message is ignored. */
  @Test
  void textOfAClientIsIgnored() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1_000_000));
    image.complete = false;
    image.gateBytes = 0;
    try (RawConnection client = upgrade(image)) {
      client.send(frame(0x01, 0xe2, 0x82)); // the first bytes of a euro sign
      client.send(frame(0x80, 0xac));
      client.send(frame(0x82, 0xc3, 0x28)); // binary
      client.send(frame(0x88, 0x03, 0xe8));
      assertThat(closeCode(client)).isEqualTo(1000);
    }
  }

  @Test
  void clientThatTalksTooMuchIsTold() throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1_000_000));
    image.complete = false;
    image.gateBytes = 0;
    try (RawConnection client = upgrade(image)) {
      for (int i = 0; i <= 1024; i++) {
        client.send(frame(0x82, new int[64]));
      }
      assertThat(closeCode(client)).isEqualTo(1008);
    }
  }

  /** A masked frame of fewer than 126 bytes (5.2). */
  private static byte[] frame(int head, int... payload) {
    byte[] frame = new byte[6 + payload.length];
    frame[0] = (byte) head;
    frame[1] = (byte) (0x80 | payload.length); // and a mask of zeros
    for (int i = 0; i < payload.length; i++) {
      frame[6 + i] = (byte) payload[i];
    }
    return frame;
  }

  private record Received(int head, ByteBuffer payload) {}

  private static Received frame(RawConnection client) throws IOException {
    byte[] head = client.read(2);
    assertThat(head).as("a frame").hasSize(2);
    int length =
        switch (head[1]) {
          case 126 -> unsigned(ByteBuffer.wrap(client.read(2)));
          case 127 -> ByteBuffer.wrap(client.read(8)).getInt(4);
          default -> head[1];
        };
    return new Received(head[0] & 0xff, ByteBuffer.wrap(client.read(length)));
  }

  /** The code of the close frame, behind whatever frames come before. */
  private static int closeCode(RawConnection client) throws IOException {
    Received frame = frame(client);
    while (frame.head != 0x88) {
      frame = frame(client);
    }
    return unsigned(frame.payload);
  }

  private static int unsigned(ByteBuffer bytes) {
    return Short.toUnsignedInt(bytes.getShort());
  }

  @ParameterizedTest
  @ValueSource(strings = {"8", "13, 8", "x"})
  void clientOfAnotherVersionIsToldTheOneThatIsSpoken(String version) throws Exception {
    ScriptedImage image = generator.hold(ScriptedImage.ofSize(1000));
    try (RawConnection client = new RawConnection(gateway.httpPort())) {
      client.send(
          """
          GET /v1/%s/socket HTTP/1.1\r
          Host: gateway\r
          Upgrade: websocket\r
          Connection: Upgrade\r
          Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
          Sec-WebSocket-Version: %s\r
          \r
          """
              .formatted(image.name, version));
      assertThat(client.head())
          .startsWith("HTTP/1.1 426 ")
          .contains("\r\nSec-WebSocket-Version: 13\r\n", "\r\nUpgrade: websocket\r\n");
    }
    assertThat(image.downloads).hasValue(0);
  }
}
