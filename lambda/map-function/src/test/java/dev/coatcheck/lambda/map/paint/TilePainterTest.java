package dev.coatcheck.lambda.map.paint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.lambda.map.geography.Viewport;
import dev.coatcheck.lambda.map.spec.MapSpec;
import dev.coatcheck.lambda.map.tile.TileClient;
import dev.coatcheck.lambda.map.tile.TileFailed;
import dev.coatcheck.lambda.map.tile.TileServer;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Maps of an outside map's tiles, fetched over real HTTP, pixel by pixel. */
class TilePainterTest {

  private static final int BLANK = Palette.PLAIN.void_().getRGB();

  private TileServer server;

  @BeforeEach
  void start() throws Exception {
    server = new TileServer(0);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    // Anywhere, across the antimeridian from both sides, at zooms of one and of many tiles.
    "37.57, 126.98, 6, 700, 900",
    "-16.85, 180, 9, 600, 300",
    "-16.85, -180, 9, 600, 300",
    "0, 0, 0, 600, 200",
    "51.5, -0.1, 18, 300, 300",
    "0.0001, 0.0001, 1, 16, 400",
  })
  void everyPixelIsThatOfTheTile(double latitude, double longitude, int zoom, int width, int height)
      throws Exception {
    assertIsExact(map(latitude, longitude, zoom, width, height));
    assertThat(server.asked().values()).allMatch(times -> times == 1);
  }

  @ParameterizedTest
  @CsvSource({"3.4, 3", "3.6, 4", "2.5, 2", "0.3, 0"})
  void otherZoomsAreStretchedFromTheNearest(double zoom, int tileZoom) throws Exception {
    MapSpec spec = map(20, 30, zoom, 500, 200);
    BufferedImage image = draw(spec);

    assertThat(server.asked().keySet()).allMatch(tile -> tile.startsWith(tileZoom + "/"));
    Viewport view = Viewport.of(spec);
    double stretch = view.worldSize() / (256 << tileZoom);
    int checked = 0;
    for (int y = 0; y < 200; y++) {
      for (int x = 0; x < 500; x++) {
        double column = (view.left() + x + 0.5) / stretch - 0.5;
        double row = (view.top() + y + 0.5) / stretch - 0.5;
        int a = TileServer.colour(tileZoom, (int) Math.floor(column), (int) Math.floor(row));
        int b =
            TileServer.colour(tileZoom, (int) Math.floor(column) + 1, (int) Math.floor(row) + 1);
        // Where colours do not jump, a mixed one is between those of its corners.
        for (int shift = 0; shift <= 16; shift += 8) {
          int from = a >> shift & 0xff;
          int to = b >> shift & 0xff;
          if (to - from == 1 || to == from) {
            int mixed = image.getRGB(x, y) >> shift & 0xff;
            checked += mixed >= from && mixed <= to ? 1 : -1_000_000;
          }
        }
      }
    }
    assertThat(checked).isGreaterThan(250_000);
  }

  @Test
  void tilesMeetWithoutASeam() throws Exception {
    MapSpec spec = map(20, 30, 3.4, 500, 200);
    Viewport view = Viewport.of(spec);
    double stretch = view.worldSize() / (256 << 3);
    BufferedImage image = draw(spec);
    int seams = 0;
    for (int x = 0; x < 500; x++) {
      double column = (view.left() + x + 0.5) / stretch - 0.5;
      int west = (int) Math.floor(column);
      if (Math.floorMod(west, 256) == 255) {
        int a = TileServer.colour(3, west, 0) >> 16;
        int b = TileServer.colour(3, west + 1, 0) >> 16;
        assertThat(image.getRGB(x, 100) >> 16 & 0xff)
            .isEqualTo((int) ((a * (256 - part(column)) + b * part(column)) / 256.0));
        seams++;
      }
    }
    assertThat(seams).isGreaterThan(0);
  }

  @Test
  void beyondTheWorldIsBlank() throws Exception {
    BufferedImage north = draw(map(MapSpec.MAX_LATITUDE, 0, 2, 300, 200));
    assertThat(north.getRGB(5, 0)).isEqualTo(BLANK);
    assertThat(north.getRGB(299, 98)).isEqualTo(BLANK);
    assertThat(north.getRGB(5, 101)).isNotEqualTo(BLANK);
    assertThat(server.asked().keySet()).allMatch(tile -> tile.endsWith("/0"));

    BufferedImage south = draw(map(-MapSpec.MAX_LATITUDE, 0, 2.3, 300, 200));
    assertThat(south.getRGB(5, 199)).isEqualTo(BLANK);
    assertThat(south.getRGB(299, 101)).isEqualTo(BLANK);
    assertThat(south.getRGB(5, 98)).isNotEqualTo(BLANK);
  }

  @Test
  void eightTilesAreFetchedAtOnceAndNeverNine() throws Exception {
    server.close();
    server = new TileServer(8);

    draw(map(0, 0, 4, 1500, 1500));

    assertThat(server.mostUnderWay()).isEqualTo(8);
    assertThat(server.asked().values()).allMatch(times -> times == 1);
  }

  @Test
  void jpegIsMadeOfTilesToo() throws Exception {
    MapSpec spec = new MapSpec(0, 0, 2, 300, 300, MapSpec.Format.JPEG, MapSpec.Style.PLAIN);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    images(Duration.ofSeconds(5)).write(spec, out);

    assertThat(out.toByteArray()).startsWith(0xFF, 0xD8, 0xFF);
    assertThat(server.asked()).hasSize(4);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void tileThatFailsOnceIsFetchedAgain(String what, TileServer.Fault fault) throws Exception {
    server.answerNext(1, fault);

    assertIsExact(map(10, 10, 0, 20, 20), images(Duration.ofMillis(400)));
    assertThat(server.asked()).containsEntry("0/0/0", 2);
  }

  /** Fails as "tile 0/0/0: " and what happened. */
  @ParameterizedTest
  @MethodSource("faults")
  void tileThatFailsTwiceFailsTheMap(String what, TileServer.Fault fault) {
    server.answerNext(2, fault);

    assertThatThrownBy(() ->
            images(Duration.ofMillis(400))
                .write(map(10, 10, 0, 20, 20), OutputStream.nullOutputStream()))
        .isInstanceOf(TileFailed.class)
        .hasMessageStartingWith("tile 0/0/0: " + what);
    assertThat(server.asked()).containsEntry("0/0/0", 2);
  }

  static Stream<Arguments> faults() {
    TileServer.Fault slowHead = exchange -> Thread.sleep(1500);
    TileServer.Fault slowBody =
        exchange -> {
          exchange.sendResponseHeaders(200, 1000);
          for (int i = 0; i < 15; i++) {
            exchange.getResponseBody().write(0x89);
            exchange.getResponseBody().flush();
            Thread.sleep(100);
          }
        };
    TileServer.Fault brokenBody =
        exchange -> {
          exchange.sendResponseHeaders(200, 1000);
          exchange.getResponseBody().write(0x89);
          exchange.getResponseBody().flush();
        };
    return Stream.of(
        Arguments.of("status 404", failing(404)),
        Arguments.of("status 500", failing(500)),
        Arguments.of("status 204", failing(204)),
        Arguments.of("timed out after 400 ms", slowHead),
        Arguments.of("timed out after 400 ms", slowBody),
        Arguments.of("java.io.IOException: ", brokenBody),
        Arguments.of("no image", body("<html>".getBytes(StandardCharsets.US_ASCII))),
        Arguments.of("", body(Arrays.copyOf(pngOf(256), 300))),
        Arguments.of("512 x 512 pixels (expected: 256 x 256)", body(pngOf(512))),
        Arguments.of("java.io.IOException: ", body(new byte[5 << 20])));
  }

  private static TileServer.Fault failing(int status) {
    return exchange -> exchange.sendResponseHeaders(status, -1);
  }

  private static TileServer.Fault body(byte[] body) {
    return exchange -> TileServer.send(exchange, 200, body);
  }

  private static byte[] pngOf(int side) {
    try {
      return TileServer.png(0, 0, 0, side);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static MapSpec map(
      double latitude, double longitude, double zoom, int width, int height) {
    return new MapSpec(
        latitude, longitude, zoom, width, height, MapSpec.Format.PNG, MapSpec.Style.PLAIN);
  }

  private MapImage images(Duration timeout) {
    return MapImage.ofTiles(new TileClient(server.url(), timeout));
  }

  private void assertIsExact(MapSpec spec) throws Exception {
    assertIsExact(spec, images(Duration.ofSeconds(10)));
  }

  /** Each pixel is the one that the map has there; the image's zoom must be a whole number. */
  private static void assertIsExact(MapSpec spec, MapImage images) throws Exception {
    Viewport view = Viewport.of(spec);
    int left = (int) Math.round(view.left());
    int top = (int) Math.round(view.top());
    int[] expected = new int[spec.width() * spec.height()];
    for (int i = 0; i < expected.length; i++) {
      int column = left + i % spec.width();
      int row = top + i / spec.width();
      expected[i] = 0xff000000 | TileServer.colour((int) spec.zoom(), column, row);
    }
    BufferedImage image = draw(spec, images);
    assertThat(image.getRGB(0, 0, spec.width(), spec.height(), null, 0, spec.width()))
        .isEqualTo(expected);
  }

  private static int part(double column) {
    return (int) ((column - Math.floor(column)) * 256);
  }

  private BufferedImage draw(MapSpec spec) throws Exception {
    return draw(spec, images(Duration.ofSeconds(10)));
  }

  private static BufferedImage draw(MapSpec spec, MapImage images) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    images.write(spec, out);
    return ImageIO.read(new ByteArrayInputStream(out.toByteArray()));
  }
}
