package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

class ImageSignatureFuzzTest {

  private static final Map<String, String> TYPES =
      Map.of(
          "89504e470d0a1a0a.*", "image/png",
          "ffd8ff.*", "image/jpeg",
          "474946383[79]61.*", "image/gif",
          "52494646.{8}57454250.*", "image/webp",
          ".{8}66747970617669(66|73).*", "image/avif",
          "(49492a00|4d4d002a).*", "image/tiff");

  /** The first byte says how long the parts are in which the others come. */
  @FuzzTest
  void mediaTypeIsThatOfTheBytesHoweverTheyAreParted(byte[] input) {
    int partBytes = input.length == 0 ? 1 : 1 + (input[0] & 0xF);
    List<ByteBuffer> parts = new ArrayList<>();
    for (int at = 1; at < input.length; at += partBytes) {
      parts.add(ByteBuffer.wrap(input, at, Math.min(partBytes, input.length - at)));
    }

    assertThat(ImageSignature.mediaType(parts)).isIn(expected(input));
    assertThat(parts).allMatch(ByteBuffer::hasRemaining);
  }

  /** Bytes can begin like a TIFF and go on like an AVIF. */
  private static List<String> expected(byte[] input) {
    String hex = HexFormat.of().formatHex(input, Math.min(1, input.length), input.length);
    List<String> types =
        TYPES.entrySet().stream()
            .filter(type -> hex.matches(type.getKey()))
            .map(Map.Entry::getValue)
            .toList();
    return types.isEmpty() ? List.of("application/octet-stream") : types;
  }
}
