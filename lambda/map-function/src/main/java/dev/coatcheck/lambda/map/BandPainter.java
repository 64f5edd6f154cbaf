package dev.coatcheck.lambda.map;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;

/**
 * Paints an image in horizontal bands, in any order and at the same time.
 *
 * <p><b>Threading:</b> any thread; each call has an image of its own.
 */
interface BandPainter extends AutoCloseable {

  /** Paints all of {@code band}, whose first row is row {@code top} of the image. */
  void paint(BufferedImage band, int top) throws TileFailed, InterruptedException;

  /** How such a picture is best compressed. */
  PngBand.Effort effort();

  @Override
  default void close() {}

  /** The pixels of such a band, as {@code 0xRRGGBB}. */
  static int[] pixels(BufferedImage band) {
    return ((DataBufferInt) band.getRaster().getDataBuffer()).getData();
  }
}
