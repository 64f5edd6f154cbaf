package dev.coatcheck.lambda.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;

/** The real map function, as a real process, with an outside map. */
class MapOfTilesProcessTest {

  private static final String SPEC = "{\"zoom\": 2, \"width\": 300, \"height\": 200}";

  private HttpServer tiles;

  @BeforeEach
  void start() throws Exception {
    BufferedImage blue = new BufferedImage(256, 256, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 256 * 256; i++) {
      blue.setRGB(i % 256, i / 256, 0x0000ff);
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(blue, "png", png);
    tiles = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    tiles.createContext(
        "/good/2/",
        exchange -> {
          exchange.sendResponseHeaders(200, png.size());
          png.writeTo(exchange.getResponseBody());
          exchange.close();
        });
    tiles.start();
  }

  @AfterEach
  void stop() {
    tiles.stop(0);
  }

  @Test
  void tilesAreStitchedInsteadOfDrawing() throws Exception {
    try (LocalLambda lambda = lambda("good/{z}/{x}/{y}");
        AwsClient client = new AwsClient(lambda.url())) {
      AwsClient.Streamed answer = client.stream("map", "{\"spec\": " + SPEC + "}").join();

      assertThat(answer.complete().errorCode()).isNull();
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(answer.bytes()));
      assertThat(image.getRGB(0, 0, 300, 200, null, 0, 300)).containsOnly(0xff0000ff);
    }
  }

  @Test
  void missingTileIsTheFunctionsErrorByEveryTransfer() throws Exception {
    try (LocalLambda lambda = lambda("bad/{z}/{x}/{y}");
        AwsClient client = new AwsClient(lambda.url());
        UploadServer server = new UploadServer(4096, 0)) {
      AwsClient.Streamed streamed = client.stream("map", "{\"spec\": " + SPEC + "}").join();
      assertThat(streamed.complete().errorCode()).isEqualTo("TileFailed");
      assertThat(streamed.complete().errorDetails())
          .containsPattern("tile 2/[23]/[12]: status 404");

      for (String transfer : List.of("BUFFERED", "CALLBACK")) {
        InvokeResponse whole =
            client
                .invoke(
                    "map",
                    "{\"spec\": %s, \"transfer\": \"%s\", \"upload\": %s}"
                        .formatted(SPEC, transfer, server.json()))
                .join();
        assertThat(whole.functionError()).isEqualTo("Unhandled");
        assertThat(whole.payload().asUtf8String()).contains("\"errorType\":\"TileFailed\"");
      }
      assertThat(server.isComplete()).isFalse();

      byte[] events = eventsUntilTheyBreakOff(lambda.functionUrl("map"));
      assertThat(new String(events, StandardCharsets.UTF_8))
          .startsWith("event: image\n")
          .containsPattern("event: failed\ndata: .*tile 2/[23]/[12]: status 404.*\n\n$")
          .contains("\"reason\":\"FUNCTION_FAILED\"")
          .doesNotContain("event: done");
    }
  }

  private static byte[] eventsUntilTheyBreakOff(URI url) throws Exception {
    ByteArrayOutputStream events = new ByteArrayOutputStream();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(url)
              .header("Accept", "text/event-stream")
              .POST(BodyPublishers.ofString("{\"spec\": " + SPEC + "}"))
              .build();
      InputStream body = http.send(request, BodyHandlers.ofInputStream()).body();
      assertThatThrownBy(() -> body.transferTo(events)).isInstanceOf(IOException.class);
    }
    return events.toByteArray();
  }

  @Test
  void addressThatIsNoneEndsTheFunctionWithTheReason() {
    try (LocalLambda lambda = lambda("{z}/{x}");
        AwsClient client = new AwsClient(lambda.url())) {
      InvokeResponse answer = client.invoke("map", "{}").join();

      assertThat(answer.payload().asUtf8String())
          .contains("\"errorType\":\"MapFunction.InvalidSetting\"")
          .contains("TILE_URL: http://127.0.0.1:")
          .contains("{z}/{x} (expected: http:// or https://, a host, and {z}, {x} and {y})");
    }
  }

  private LocalLambda lambda(String path) {
    List<String> command = new ArrayList<>();
    command.add("env");
    command.add("TILE_URL=http://127.0.0.1:" + tiles.getAddress().getPort() + "/" + path);
    command.addAll(TestProcess.running("dev.coatcheck.lambda.map.MapFunction"));
    return new LocalLambda(LocalLambdaConfig.defaults().withMapCommand(command)).start();
  }
}
