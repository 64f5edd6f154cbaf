package dev.coatcheck.lambda.map.tile;

import dev.coatcheck.lambda.map.png.PngBand;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * A tile's {@value #SIZE} by {@value #SIZE} pixels.
 *
 * <p><b>Threading:</b> any thread, once decoded.
 */
public final class Tile {

  /** The side of a tile, in pixels. */
  public static final int SIZE = 256;

  private final int[] pixels;

  private Tile(int[] pixels) {
    this.pixels = pixels;
  }

  /**
   * Decodes any image that the JDK knows.
   *
   * @param background what shows through where the image is transparent
   * @throws IOException if it is no image, or one of another size, which is then not decoded
   */
  static Tile decode(byte[] bytes, Color background) throws IOException {
    BufferedImage flat = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = flat.createGraphics();
    graphics.drawImage(read(bytes), 0, 0, background, null);
    graphics.dispose();
    return new Tile(PngBand.pixels(flat));
  }

  /** Copies {@code count} pixels of a row, as {@code 0xRRGGBB}. */
  public void copyRow(int row, int column, int count, int[] target, int at) {
    System.arraycopy(pixels, row * SIZE + column, target, at, count);
  }

  private static BufferedImage read(byte[] bytes) throws IOException {
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new IOException("no image");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        if (width != SIZE || height != SIZE) {
          throw new IOException(
              "%d x %d pixels (expected: %d x %d)".formatted(width, height, SIZE, SIZE));
        }
        return reader.read(0);
      } catch (RuntimeException e) {
        // Decoders throw anything at what is broken.
        throw new IOException("no image: " + e.getMessage(), e);
      } finally {
        reader.dispose();
      }
    }
  }
}
