package dev.coatcheck.generator;

import static dev.coatcheck.generator.GeneratorFixture.assertRefused;
import static dev.coatcheck.generator.GeneratorFixture.bytesOf;
import static dev.coatcheck.generator.GeneratorFixture.png;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.coatcheck.testing.Http2Download;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.ImageServiceGrpc;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What counts as received by a client that calls a generator directly. */
@Timeout(60)
final class ReceiptTest {

  private static final int WINDOW_BYTES = 2 << 20;

  @TempDir private Path directory;

  private final FakeImageSource function = new FakeImageSource();
  private final byte[] image = png(GeneratorFixture.MAX_BYTES);
  private GeneratorFixture generator;
  private String name;

  @BeforeEach
  void make() throws Exception {
    generator = GeneratorFixture.start(directory, function);
    name = generator.create().getName();
    function.next().answer(image);
  }

  @AfterEach
  void close() {
    generator.close();
  }

  @Test
  void clientThatAcknowledgesThePingHasReceivedIt() throws Exception {
    try (Http2Download client = download()) {
      ByteString ping = client.awaitPing();
      assertRefused(this::another, Status.Code.ABORTED, ErrorReason.IMAGE_CLAIMED);
      client.acknowledge(ping);
      client.readToEnd(); // the trailers

      assertRefused(this::another, Status.Code.NOT_FOUND, ErrorReason.IMAGE_DELIVERED);
    }
  }

  @Test
  void clientThatIsResetWithThePingUnansweredHasNot() throws Exception {
    Http2Download client = download();
    var _ = client.awaitPing();
    client.reset();

    assertThat(another()).isEqualTo(image);
  }

  @Test
  void clientThatResetsTheStreamBehindItsLastByteHasNot() throws Exception {
    try (Http2Download client = download()) {
      var _ = client.awaitPing();
      client.resetStream();

      assertThat(another()).isEqualTo(image);
    }
  }

  private Http2Download download() throws IOException {
    String address = generator.server.address();
    return Http2Download.call(
        Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)),
        ImageServiceGrpc.getDownloadImageMethod().getFullMethodName(),
        DownloadImageRequest.newBuilder().setName(name).build(),
        WINDOW_BYTES);
  }

  private byte[] another() throws Exception {
    return bytesOf(generator.download(name));
  }
}
