package dev.coatcheck.lambda.map.paint;

import dev.coatcheck.lambda.map.png.PngBand;
import dev.coatcheck.lambda.map.png.PngStream;
import dev.coatcheck.lambda.map.spec.MapSpec;
import dev.coatcheck.lambda.map.tile.TileClient;
import dev.coatcheck.lambda.map.tile.TileFailed;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.plugins.jpeg.JPEGImageWriteParam;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Paints a map and writes it while it is painted. A PNG's bands are painted and compressed on all
 * processors and written in order, a few ahead at most, so that memory does not grow with the image
 * and a slow reader holds the painting back. A JPEG, for which the JDK's encoder wants all pixels,
 * is painted first.
 *
 * <p><b>Threading:</b> one image at a time is what a function does; more would share the
 * processors.
 */
public final class MapImage {

  private static final int BAND_PIXELS = 1 << 19;
  private static final float JPEG_QUALITY = 0.9f;
  private static final int WORKERS = Runtime.getRuntime().availableProcessors();

  private static final ExecutorService WORKSHOP =
      Executors.newFixedThreadPool(
          WORKERS, Thread.ofPlatform().daemon().name("painter-", 1).factory());

  private final Function<MapSpec, BandPainter> painters;

  private MapImage(Function<MapSpec, BandPainter> painters) {
    this.painters = painters;
  }

  /** Images that are drawn here, from the atlas. */
  public static MapImage drawn() {
    return new MapImage(spec ->
        switch (spec.style()) {
          case PAPER -> new PaperPainter(spec);
          case PLAIN -> new PlainPainter(spec);
        });
  }

  /** Images that are stitched from an outside map's tiles. */
  public static MapImage ofTiles(TileClient tiles) {
    return new MapImage(spec -> new TilePainter(spec, tiles));
  }

  /**
   * Writes the whole image; does not close the stream.
   *
   * @throws TileFailed if an outside map's tile cannot be had
   */
  public void write(MapSpec spec, OutputStream out)
      throws IOException, TileFailed, InterruptedException {
    switch (spec.format()) {
      case PNG -> writePng(spec, out);
      case JPEG -> writeJpeg(spec, out);
    }
  }

  private void writePng(MapSpec spec, OutputStream out)
      throws IOException, TileFailed, InterruptedException {
    PngStream png = new PngStream(out);
    png.begin(spec.width(), spec.height());
    try (BandPainter painter = painters.apply(spec)) {
      inOrder(
          spec,
          (top, rows) -> {
            BufferedImage band = paint(painter, spec.width(), rows, top);
            return PngBand.of(PngBand.pixels(band), spec.width(), painter.effort());
          },
          png::write);
    }
    png.end();
  }

  private void writeJpeg(MapSpec spec, OutputStream out)
      throws IOException, TileFailed, InterruptedException {
    BufferedImage whole =
        new BufferedImage(spec.width(), spec.height(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = whole.createGraphics();
    int[] next = {0};
    try (BandPainter painter = painters.apply(spec)) {
      inOrder(
          spec,
          (top, rows) -> paint(painter, spec.width(), rows, top),
          band -> {
            graphics.drawImage(band, 0, next[0], null);
            next[0] += band.getHeight();
          });
    }
    graphics.dispose();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (MemoryCacheImageOutputStream sink = new MemoryCacheImageOutputStream(out)) {
      ImageWriteParam quality = new JPEGImageWriteParam(Locale.ROOT);
      quality.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      quality.setCompressionQuality(JPEG_QUALITY);
      writer.setOutput(sink);
      writer.write(null, new IIOImage(whole, null, null), quality);
    } finally {
      writer.dispose();
    }
  }

  private static BufferedImage paint(BandPainter painter, int width, int rows, int top)
      throws TileFailed, InterruptedException {
    BufferedImage band = new BufferedImage(width, rows, BufferedImage.TYPE_INT_RGB);
    painter.paint(band, top);
    return band;
  }

  /** Makes each band on some processor, and takes them in order. */
  private static <T> void inOrder(MapSpec spec, Maker<T> maker, Taker<T> taker)
      throws IOException, TileFailed, InterruptedException {
    int bandRows = Math.clamp(BAND_PIXELS / spec.width(), 32, 256);
    Deque<Future<T>> ahead = new ArrayDeque<>();
    try {
      for (int top = 0; top < spec.height() || !ahead.isEmpty(); ) {
        while (top < spec.height() && ahead.size() <= WORKERS) {
          int from = top;
          int rows = Math.min(bandRows, spec.height() - top);
          ahead.addLast(WORKSHOP.submit(() -> maker.make(from, rows)));
          top += rows;
        }
        taker.take(ahead.getFirst().get());
        ahead.removeFirst();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TileFailed failed) {
        throw failed;
      }
      throw new IllegalStateException("a band could not be made", e.getCause());
    } finally {
      ahead.forEach(band -> band.cancel(true));
    }
  }

  private interface Maker<T> {
    T make(int top, int rows) throws TileFailed, InterruptedException;
  }

  private interface Taker<T> {
    void take(T band) throws IOException;
  }
}
