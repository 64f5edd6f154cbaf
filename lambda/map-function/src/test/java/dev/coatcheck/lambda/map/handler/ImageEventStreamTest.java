package dev.coatcheck.lambda.map.handler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.lambda.kit.HttpProblem;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class ImageEventStreamTest {

  private static final String SHA256_OF_25000_ZEROS =
      "4c642c0276b1e9bc5f0ca4488d8a985a572256d8fbb967c13bfc81ede681a5d2";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ImageEventStream events = new ImageEventStream(out);

  @Test
  void chunksAreOfOneSizeButTheLastAndNamedByTheirOffsets() throws Exception {
    events.begin("image/jpeg");
    events.write(new byte[20_000]);
    events.write(0);
    events.flush();
    events.write(new byte[4_999]);
    events.complete();

    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "event: image\ndata: {\"contentType\":\"image/jpeg\"}\n\n"
                + ("event: chunk\nid: 0\ndata: " + base64(24_576) + "\n\n")
                + ("event: chunk\nid: 24576\ndata: " + base64(424) + "\n\n")
                + "event: done\ndata: {\"sizeBytes\":25000,\"sha256\":\""
                + SHA256_OF_25000_ZEROS
                + "\"}\n\n");
  }

  @Test
  void failureIsTheProblemAndNoEnd() throws Exception {
    events.begin("image/png");
    events.write(new byte[10]);
    events.fail(HttpProblem.functionFailed("tile 2/3/1: status 404"));

    assertThat(out.toString(StandardCharsets.UTF_8))
        .endsWith(
            "event: failed\ndata: {\"type\":\"about:blank\",\"title\":\"Bad Gateway\","
                + "\"status\":502,\"detail\":\"tile 2/3/1: status 404\","
                + "\"reason\":\"FUNCTION_FAILED\"}\n\n")
        .doesNotContain("event: done");
  }

  private static String base64(int zeros) {
    return Base64.getEncoder().encodeToString(new byte[zeros]);
  }
}
