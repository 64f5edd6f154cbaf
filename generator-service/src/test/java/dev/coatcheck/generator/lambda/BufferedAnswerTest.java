package dev.coatcheck.generator.lambda;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.generator.ingest.ImageSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BufferedAnswerTest {

  /** Takes anything but an end. */
  private static final class Open implements ImageSource.Sink {
    @Override
    public boolean isWanted() {
      return true;
    }

    @Override
    public boolean write(ByteBuffer bytes) {
      return true;
    }

    @Override
    public void complete() {
      throw new AssertionError("complete (expected: an exception)");
    }

    @Override
    public void fail(Refusal why) {
      throw new AssertionError("fail (expected: an exception)");
    }

    @Override
    public void broken(Refusal why) {
      throw new AssertionError("broken (expected: an exception)");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"not base64!", "\u00f3AAA", "A", "=AAA", "AAAA=BBB"})
  void bodyThatIsNoBase64IsTold(String body) {
    String answer = "{\"body\": \"" + body + "\", \"isBase64Encoded\": true}";

    assertThatThrownBy(() ->
            BufferedAnswer.writeTo(
                new Open(), ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8))))
        .isInstanceOf(IOException.class);
  }
}
