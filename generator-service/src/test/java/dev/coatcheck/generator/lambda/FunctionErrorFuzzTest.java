package dev.coatcheck.generator.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.generator.ingest.ImageSource;
import dev.coatcheck.v1.ErrorReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What a function answers, good or bad: taken as it is, or told in the contract's terms. */
class FunctionErrorFuzzTest {

  private static final int MAX_TYPE = 64;

  private static final JsonMapper REFERENCE =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Keeps what it is given. */
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
      throw new IllegalStateException("fail (expected: an exception)");
    }

    @Override
    public void broken(Refusal why) {
      throw new IllegalStateException("broken (expected: an exception)");
    }
  }

  @FuzzTest
  void errorIsShortAndSaysWhatTheJsonSays(byte[] details) {
    FunctionError error = FunctionError.of("Unhandled", details);

    requireShort(error.type(), MAX_TYPE);
    requireShort(error.message(), UntrustedText.MAX_MESSAGE);
    Refusal refusal = FunctionErrors.ofFunction(error);
    requireShort(refusal.message(), UntrustedText.MAX_MESSAGE);
    assertThat(refusal.reason())
        .isIn(ErrorReason.SPEC_REFUSED, ErrorReason.FUNCTION_TIMEOUT, ErrorReason.FUNCTION_FAILED);
    JsonNode json = tree(details);
    if (json.isObject()) {
      JsonNode type = json.path("errorType");
      JsonNode message = json.path("errorMessage");
      assertThat(error.type())
          .isEqualTo(
              UntrustedText.clip(type.isTextual() ? type.textValue() : "Unhandled", MAX_TYPE));
      if (message.isTextual() || message.isMissingNode()) {
        assertThat(error.message()).isEqualTo(UntrustedText.message(message.asText()));
      }
    }
  }

  @FuzzTest
  void bufferedAnswerIsTheImageOrRefused(byte[] answer) {
    Kept sink = new Kept();
    JsonNode json = tree(answer);
    try {
      BufferedAnswer.writeTo(sink, ByteBuffer.wrap(answer.clone()));
    } catch (IOException e) {
      requireShort(FunctionErrors.ofAnswer(e).message(), UntrustedText.MAX_MESSAGE);
      assertThat(sink.complete).isFalse();
      return;
    }
    assertThat(sink.complete).isTrue();
    if (json.isObject()) { // else it has a name twice
      assertThat(json.path("isBase64Encoded").booleanValue()).isTrue();
      String body = json.path("body").textValue().replaceAll("[ \\t\\r\\n]", "");
      assertThat(sink.image.toByteArray()).isEqualTo(Base64.getDecoder().decode(body));
    }
  }

  private static JsonNode tree(byte[] json) {
    try {
      return REFERENCE.readTree(json);
    } catch (IOException e) {
      return REFERENCE.missingNode();
    }
  }

  private static void requireShort(String text, int maxCharacters) {
    assertThat(UntrustedText.hasAtMost(text, maxCharacters)).isTrue();
    assertThat(UntrustedText.isPrintable(text)).isTrue();
    assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(text)).isTrue();
  }
}
