package dev.coatcheck.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.testing.FuzzedStatus;
import dev.coatcheck.v1.ImageChunk;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;

/** What a server sends, whoever it is. */
class ReceivedMessagesFuzzTest {

  @FuzzTest
  void anyStatusIsAFailure(byte[] input) {
    FuzzedStatus fuzzed = FuzzedStatus.of(input);

    CoatcheckException failure = Failures.of(fuzzed.status(), fuzzed.trailers());

    assertThat(UntrustedText.isPrintable(failure.getMessage())).isTrue();
    assertThat(failure.getMessage().length()).isLessThan(2 * UntrustedText.MAX_MESSAGE + 100);
    assertThat(failure.retryAfter().filter(Duration::isNegative)).isEmpty();
  }

  /** Chunks, each behind its length; the first begins the stream. */
  @FuzzTest
  void chunksAreTakenInOrderOrRefused(byte[] input) {
    ChunkCheck check = new ChunkCheck();
    ByteString taken = ByteString.EMPTY;
    CodedInputStream messages = CodedInputStream.newInstance(input);
    try {
      ImageChunk.Builder head = ImageChunk.newBuilder();
      messages.readMessage(head, ExtensionRegistryLite.getEmptyRegistry());
      check.begin(head.build());
      while (!messages.isAtEnd()) {
        ImageChunk.Builder chunk = ImageChunk.newBuilder();
        messages.readMessage(chunk, ExtensionRegistryLite.getEmptyRegistry());
        taken = taken.concat(check.take(chunk.build()));
        assertThat(check.position()).isEqualTo(taken.size());
        assertThat(check.resumeOffset()).isEqualTo(taken.size() - 1);
      }
      byte[] sha256 = ChunkCheck.newSha256().digest(taken.toByteArray());
      check.end(taken.size(), HexFormat.of().formatHex(sha256));
    } catch (CoatcheckException e) {
      assertThat(e.kind()).isEqualTo(CoatcheckException.Kind.CORRUPT);
      assertThat(check.position()).isEqualTo(taken.size());
    } catch (IOException e) {
      assertThat(check.position()).isEqualTo(taken.size()); // no message
    }
  }
}
