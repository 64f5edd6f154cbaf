package dev.coatcheck.lambda.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.Adler32;
import java.util.zip.Deflater;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PngStreamTest {

  @ParameterizedTest
  @EnumSource
  void bandsAreReadBackAsOneImage(PngBand.Filter filter) throws Exception {
    int width = 301;
    int[] bands = {64, 1, 128, 7};
    int[] pixels = new SplittableRandom(7).ints(200L * width, 0, 1 << 24).toArray();
    // Half of it flat, so that there is something to look back at.
    Arrays.fill(pixels, 0, pixels.length / 2, 0x336699);

    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PngStream png = new PngStream(out);
    png.begin(width, 200);
    int from = 0;
    for (int rows : bands) {
      int[] band = Arrays.copyOfRange(pixels, from, from + rows * width);
      png.write(PngBand.of(band, width, new PngBand.Effort(filter, 1, Deflater.DEFAULT_STRATEGY)));
      from += band.length;
    }
    png.end();

    BufferedImage image = ImageIO.read(new ByteArrayInputStream(out.toByteArray()));
    int[] read = image.getRGB(0, 0, width, 200, null, 0, width);
    assertThat(Arrays.stream(read).map(rgb -> rgb & 0xffffff).toArray()).isEqualTo(pixels);
  }

  @Test
  void adlerOfPartsIsAdlerOfWhole() {
    byte[] whole = new byte[200_000];
    new SplittableRandom(1).nextBytes(whole);
    for (int cut : new int[] {0, 1, 65_521, 131_042, 199_999, 200_000}) {
      long combined =
          PngStream.combine(adler(whole, 0, cut), adler(whole, cut, 200_000), 200_000 - cut);
      assertThat(combined).isEqualTo(adler(whole, 0, 200_000));
    }
  }

  private static long adler(byte[] bytes, int from, int to) {
    Adler32 adler = new Adler32();
    adler.update(bytes, from, to - from);
    return adler.getValue();
  }
}
