package dev.coatcheck.generator.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.generator.ingest.ImageSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  /** Keeps the image. */
  private static final class Kept implements ImageSource.Sink {
    private final ByteArrayOutputStream image = new ByteArrayOutputStream();
    private boolean complete;

    @Override
    public boolean isWanted() {
      return true;
    }

    @Override
    public boolean write(ByteBuffer bytes) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      image.writeBytes(copy);
      return true;
    }

    @Override
    public void complete() {
      complete = true;
    }

    @Override
    public void fail(Refusal why) {
      throw new AssertionError("fail (expected: complete)");
    }

    @Override
    public void broken(Refusal why) {
      throw new AssertionError("broken (expected: complete)");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'body': '%s', 'isBase64Encoded': true}",
        "{'statusCode': 200, 'isBase64Encoded': true, 'headers': {'body': 'no'}, 'body': '%s'}",
        "  {'isBase64Encoded':true,'body':'%s'  ,'\u00e4':[1]}  ",
        "\ufeff{'isBase64Encoded':true,'body':'%s'}",
      })
  void imageIsTheBodyWhereverItStands(String shape) throws IOException {
    byte[] image = new byte[200_001]; // several slices, and padding
    new Random(1).nextBytes(image);
    String answer = shape.replace('\'', '"').formatted(Base64.getEncoder().encodeToString(image));

    assertThat(decoded(answer)).isEqualTo(image);
  }

  @ParameterizedTest
  @CsvSource({
    "+/+/+w==, '\\u002b\\/\\u002B/+w\\u003d\\u003d'",
    "AAAAAAAA, 'AAAA\\r\\nAAAA\\n'",
    "AAAAAAAA, 'AAA A\\tAA AA'",
    "AAAAAA==, AAAAAA",
  })
  void escapesAndLineBreaksAreResolved(String plain, String body) throws IOException {
    assertThat(decoded("{\"body\":\"" + body + "\",\"isBase64Encoded\":true}"))
        .isEqualTo(Base64.getDecoder().decode(plain));
  }

  private static byte[] decoded(String answer) throws IOException {
    byte[] bytes = (".." + answer + "..").getBytes(StandardCharsets.UTF_8);
    Kept sink = new Kept();
    BufferedAnswer.writeTo(sink, ByteBuffer.wrap(bytes, 2, bytes.length - 4));
    assertThat(sink.complete).isTrue();
    return sink.image.toByteArray();
  }

  @Test
  void answerInAnotherEncodingIsTold() {
    byte[] answer =
        "{\"body\": \"AAAA\", \"isBase64Encoded\": true}".getBytes(StandardCharsets.UTF_16);

    assertThatThrownBy(() -> BufferedAnswer.writeTo(new Open(), ByteBuffer.wrap(answer)))
        .isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not base64!",
        "\u00f3AAA",
        "A",
        "=AAA",
        "AAAA=BBB",
        "AAA=AAAA",
        "AA==AA==",
        "AAA\\u003dAAAA"
      })
  void bodyThatIsNoBase64IsTold(String body) {
    String answer = "{\"body\": \"" + body + "\", \"isBase64Encoded\": true}";

    assertThatThrownBy(() ->
            BufferedAnswer.writeTo(
                new Open(), ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8))))
        .isInstanceOf(IOException.class);
  }
}
