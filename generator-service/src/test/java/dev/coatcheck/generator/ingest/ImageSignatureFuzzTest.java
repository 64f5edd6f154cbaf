package dev.coatcheck.generator.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

class ImageSignatureFuzzTest {

  private static final Map<String, String> TYPES =
      Map.of(
          "89504e470d0a1a0a.*", "image/png",
          "ffd8ff.*", "image/jpeg",
          "474946383[79]61.*", "image/gif",
          "52494646.{8}574542505650.*", "image/webp",
          ".{8}66747970617669(66|73).*", "image/avif",
          "(49492a00|4d4d002a).*", "image/tiff");

  @FuzzTest
  void firstBytesDecide(byte[] bytes) {
    String hex = HexFormat.of().formatHex(bytes);

    List<String> types = // of which there are two if it begins like a TIFF and goes on like an AVIF
        TYPES.entrySet().stream()
            .filter(type -> hex.matches(type.getKey()))
            .map(Map.Entry::getValue)
            .toList();
    assertThat(ImageSignature.contentTypeOf(bytes).isPresent()).isEqualTo(!types.isEmpty());
    ImageSignature.contentTypeOf(bytes).ifPresent(type -> assertThat(type).isIn(types));
    if (bytes.length > ImageSignature.BYTES) {
      assertThat(ImageSignature.contentTypeOf(Arrays.copyOf(bytes, ImageSignature.BYTES)))
          .isEqualTo(ImageSignature.contentTypeOf(bytes));
    }
  }
}
