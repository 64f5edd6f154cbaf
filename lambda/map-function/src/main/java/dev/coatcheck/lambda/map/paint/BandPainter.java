package dev.coatcheck.lambda.map.paint;

import dev.coatcheck.lambda.map.png.PngBand;
import dev.coatcheck.lambda.map.tile.TileFailed;
import java.awt.image.BufferedImage;

/**
 * Paints an image in horizontal bands, in any order and at the same time.
 *
 * <p><b>Threading:</b> any thread; each call has an image of its own.
 */
public interface BandPainter extends AutoCloseable {

  /** Paints all of {@code band}, whose first row is row {@code top} of the image. */
  void paint(BufferedImage band, int top) throws TileFailed, InterruptedException;

  /** How such a picture is best compressed. */
  PngBand.Effort effort();

  @Override
  default void close() {}
}
