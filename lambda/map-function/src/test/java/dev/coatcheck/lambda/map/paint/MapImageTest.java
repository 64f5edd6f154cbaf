package dev.coatcheck.lambda.map.paint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.coatcheck.lambda.map.geography.Viewport;
import dev.coatcheck.lambda.map.spec.MapSpec;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class MapImageTest {

  private static final int SEA = Palette.PLAIN.sea().getRGB();
  private static final int BEYOND = Palette.PLAIN.void_().getRGB();

  @Test
  void sameSpecGivesSameBytes() throws Exception {
    MapSpec spec = map(37.57, 126.98, 5.3, 700, 500, MapSpec.Style.PAPER);
    assertThat(draw(spec)).isEqualTo(draw(spec));
  }

  @Test
  void landAndSeaAreWhereTheyAre() throws Exception {
    MapSpec spec = map(37.57, 126.98, 6, 1200, 900, MapSpec.Style.PLAIN);
    BufferedImage image = read(draw(spec));

    assertThat(at(spec, image, 35.9, 124.2)).describedAs("Yellow Sea").isEqualTo(SEA);
    assertThat(at(spec, image, 36.6, 128.4)).describedAs("South Korea").isNotEqualTo(SEA);
    assertThat(at(spec, image, 39.2, 126.2)).describedAs("North Korea").isNotEqualTo(SEA);
    assertThat(at(spec, image, 33.4, 126.5)).describedAs("Jeju").isNotEqualTo(SEA);
    assertThat(at(spec, image, 39.2, 126.2))
        .describedAs("two sides of a border")
        .isNotEqualTo(at(spec, image, 36.6, 128.4));
  }

  @Test
  void landThatCrossesTheAntimeridianHasNoSeamAndNoTail() throws Exception {
    MapSpec spec = map(-16.85, 180, 9, 600, 400, MapSpec.Style.PLAIN);
    BufferedImage image = read(draw(spec));

    // Taveuni lies across the line; around it, at its latitude, is water.
    assertThat(at(spec, image, -16.9, 179.97)).isNotEqualTo(SEA);
    assertThat(at(spec, image, -16.9, -179.96)).isEqualTo(at(spec, image, -16.9, 179.98));
    assertThat(at(spec, image, -16.9, 179.5)).isEqualTo(SEA);
    assertThat(at(spec, image, -16.9, -179.5)).isEqualTo(SEA);
  }

  @Test
  void antarcticaReachesTheEdgeOfTheWorldAllAround() throws Exception {
    MapSpec spec = map(-80, 0, 1, 512, 300, MapSpec.Style.PLAIN);
    BufferedImage image = read(draw(spec));

    for (double longitude : new double[] {-170, -100, -10, 60, 170}) {
      assertThat(at(spec, image, -84.9, longitude)).isNotIn(SEA, BEYOND);
    }
    assertThat(image.getRGB(256, 290)).isEqualTo(BEYOND);
  }

  @Test
  void theWorldRepeats() throws Exception {
    MapSpec spec = map(0, 0, 0, 600, 256, MapSpec.Style.PLAIN);
    BufferedImage image = read(draw(spec));

    // Names and meridians are not in all copies; land and water are.
    int y = (int) Viewport.of(spec).y(64);
    int land = 0;
    int same = 0;
    for (int x = 20; x < 320; x++) {
      land += image.getRGB(x, y) == SEA ? 0 : 1;
      same += image.getRGB(x, y) == image.getRGB(x + 256, y) ? 1 : 0;
    }
    assertThat(land).isBetween(100, 280);
    assertThat(same).isGreaterThan(220);
  }

  @Test
  void paperIsLargeAndPlainIsSmall() throws Exception {
    double pixels = 1024 * 768;
    double paper = draw(map(37.57, 126.98, 4, 1024, 768, MapSpec.Style.PAPER)).length / pixels;
    double plain = draw(map(37.57, 126.98, 4, 1024, 768, MapSpec.Style.PLAIN)).length / pixels;

    // At 4096 x 3072, 10 and 25 MB are 0.8 and 2 bytes a pixel.
    assertThat(paper).isBetween(0.8, 2.0);
    assertThat(plain).isLessThan(0.4);
  }

  @Test
  void bytesLeaveBandByBand() throws Exception {
    List<Integer> sizesAtFlush = new ArrayList<>();
    ByteArrayOutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public void flush() {
            sizesAtFlush.add(size());
          }
        };
    MapImage.drawn().write(map(37.57, 126.98, 5, 640, 2048, MapSpec.Style.PAPER), out);

    assertThat(sizesAtFlush.getFirst()).describedAs("signature and header").isEqualTo(33);
    assertThat(sizesAtFlush).hasSizeGreaterThan(8).isSorted();
    assertThat(sizesAtFlush.get(1)).isLessThan(out.size() / 4);
  }

  @Test
  void jpegIsTheSameMap() throws Exception {
    MapSpec png = map(37.57, 126.98, 6, 640, 480, MapSpec.Style.PLAIN);
    MapSpec jpeg =
        new MapSpec(37.57, 126.98, 6, 640, 480, MapSpec.Format.JPEG, MapSpec.Style.PLAIN);
    byte[] bytes = draw(jpeg);
    assertThat(bytes).startsWith(0xFF, 0xD8, 0xFF);

    int exact = at(png, read(draw(png)), 36.6, 128.4);
    int lossy = at(jpeg, read(bytes), 36.6, 128.4);
    assertThat(exact >> 8 & 0xff).isCloseTo(lossy >> 8 & 0xff, offset(8));
  }

  @Test
  void everyExtremeCanBeDrawn() throws Exception {
    for (MapSpec.Style style : MapSpec.Style.values()) {
      for (double latitude : new double[] {-MapSpec.MAX_LATITUDE, 0, MapSpec.MAX_LATITUDE}) {
        for (double longitude : new double[] {-180, 180}) {
          for (double zoom : new double[] {0, 9.5, 18}) {
            MapSpec spec = map(latitude, longitude, zoom, 300, 16, style);
            BufferedImage image = read(draw(spec));
            assertThat(image.getWidth()).isEqualTo(300);
            assertThat(image.getHeight()).isEqualTo(16);
          }
        }
      }
    }
  }

  private static MapSpec map(
      double latitude, double longitude, double zoom, int width, int height, MapSpec.Style style) {
    return new MapSpec(latitude, longitude, zoom, width, height, MapSpec.Format.PNG, style);
  }

  private static byte[] draw(MapSpec spec) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    MapImage.drawn().write(spec, out);
    return out.toByteArray();
  }

  private static BufferedImage read(byte[] bytes) throws Exception {
    return ImageIO.read(new ByteArrayInputStream(bytes));
  }

  /** The pixel of a place, wherever the middle of the image is. */
  private static int at(MapSpec spec, BufferedImage image, double latitude, double longitude) {
    Viewport view = Viewport.of(spec);
    double x = view.x(longitude);
    double world = view.worldSize();
    while (x < 0) {
      x += world;
    }
    while (x >= image.getWidth()) {
      x -= world;
    }
    return image.getRGB((int) x, (int) view.y(latitude));
  }
}
