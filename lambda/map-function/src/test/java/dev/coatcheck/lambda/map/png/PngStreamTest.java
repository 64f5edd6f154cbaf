package dev.coatcheck.lambda.map.png;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.InflaterInputStream;
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
  void checksumsOfTheWholeStreamAreRight() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PngStream png = new PngStream(out);
    png.begin(100, 30);
    for (int band = 0; band < 3; band++) {
      int[] pixels = new SplittableRandom(band).ints(1000, 0, 1 << 24).toArray();
      png.write(PngBand.of(pixels, 100, PngBand.Effort.GRAINY));
    }
    png.end();

    // ImageIO looks at neither; a reader that does would refuse the image.
    ByteBuffer file = ByteBuffer.wrap(out.toByteArray()).position(8);
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    while (file.hasRemaining()) {
      byte[] typeAndBody = new byte[4 + file.getInt()];
      file.get(typeAndBody);
      CRC32 crc = new CRC32();
      crc.update(typeAndBody);
      assertThat(file.getInt()).isEqualTo((int) crc.getValue());
      if (new String(typeAndBody, 0, 4, StandardCharsets.US_ASCII).equals("IDAT")) {
        data.write(typeAndBody, 4, typeAndBody.length - 4);
      }
    }
    InputStream rows = new InflaterInputStream(new ByteArrayInputStream(data.toByteArray()));
    assertThat(rows.readAllBytes()).hasSize(30 * 301);
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
