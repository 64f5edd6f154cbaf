package dev.coatcheck.lambda.map.png;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.ByteArrayOutputStream;
import java.util.zip.Adler32;
import java.util.zip.Deflater;

/**
 * Some rows of a PNG, filtered and compressed by themselves, so that bands can be made at the same
 * time: each ends on a byte's boundary (a sync flush) and looks back at no other, and joined they
 * are one deflate stream.
 *
 * <p><b>Ownership:</b> the holder owns it.
 */
public final class PngBand {

  /** The filter type of a row (PNG specification, 9.2). */
  public enum Filter {
    NONE(0),
    SUB(1),
    UP(2),
    AVERAGE(3);

    private final byte code;

    Filter(int code) {
      this.code = (byte) code;
    }
  }

  /** How hard it is worked on. */
  public record Effort(Filter filter, int level, int strategy) {
    /** For noise, in which there are no repetitions to be found. */
    public static final Effort GRAINY = new Effort(Filter.AVERAGE, 1, Deflater.HUFFMAN_ONLY);

    /** For flat colours, in which there is little else. */
    public static final Effort FLAT = new Effort(Filter.UP, 4, Deflater.DEFAULT_STRATEGY);
  }

  private static final int BYTES_PER_PIXEL = 3;

  private final byte[] compressed;
  private final long adler;
  private final long rawBytes;

  private PngBand(byte[] compressed, long adler, long rawBytes) {
    this.compressed = compressed;
    this.adler = adler;
    this.rawBytes = rawBytes;
  }

  /** Compresses whole rows of {@code 0xRRGGBB}. */
  public static PngBand of(int[] pixels, int width, Effort effort) {
    int rows = pixels.length / width;
    byte[] raw = new byte[rows * (1 + width * BYTES_PER_PIXEL)];
    byte[] above = new byte[width * BYTES_PER_PIXEL];
    byte[] row = new byte[width * BYTES_PER_PIXEL];
    int at = 0;
    for (int y = 0; y < rows; y++) {
      unpack(pixels, y * width, row);
      // The row above the first one is in another band.
      Filter filter = y == 0 && effort.filter != Filter.NONE ? Filter.SUB : effort.filter;
      raw[at++] = filter.code;
      filter(filter, row, above, raw, at);
      at += row.length;
      byte[] swap = above;
      above = row;
      row = swap;
    }
    Adler32 adler = new Adler32();
    adler.update(raw);
    return new PngBand(deflate(raw, effort), adler.getValue(), raw.length);
  }

  byte[] compressed() {
    return compressed;
  }

  /** The Adler-32 of the filtered rows. */
  long adler() {
    return adler;
  }

  long rawBytes() {
    return rawBytes;
  }

  private static void unpack(int[] pixels, int from, byte[] row) {
    for (int x = 0, at = 0; at < row.length; x++) {
      int rgb = pixels[from + x];
      row[at++] = (byte) (rgb >> 16);
      row[at++] = (byte) (rgb >> 8);
      row[at++] = (byte) rgb;
    }
  }

  private static void filter(Filter filter, byte[] row, byte[] above, byte[] out, int at) {
    switch (filter) {
      case NONE -> System.arraycopy(row, 0, out, at, row.length);
      case UP -> {
        for (int i = 0; i < row.length; i++) {
          out[at + i] = (byte) (row[i] - above[i]);
        }
      }
      case SUB -> {
        System.arraycopy(row, 0, out, at, BYTES_PER_PIXEL);
        for (int i = BYTES_PER_PIXEL; i < row.length; i++) {
          out[at + i] = (byte) (row[i] - row[i - BYTES_PER_PIXEL]);
        }
      }
      case AVERAGE -> {
        for (int i = 0; i < BYTES_PER_PIXEL; i++) {
          out[at + i] = (byte) (row[i] - ((above[i] & 0xff) >> 1));
        }
        for (int i = BYTES_PER_PIXEL; i < row.length; i++) {
          int mean = ((row[i - BYTES_PER_PIXEL] & 0xff) + (above[i] & 0xff)) >> 1;
          out[at + i] = (byte) (row[i] - mean);
        }
      }
    }
  }

  private static byte[] deflate(byte[] raw, Effort effort) {
    Deflater deflater = new Deflater(effort.level, true);
    try {
      deflater.setStrategy(effort.strategy);
      deflater.setInput(raw);
      ByteArrayOutputStream out = new ByteArrayOutputStream(raw.length / 2 + 1024);
      byte[] piece = new byte[64 * 1024];
      int length;
      do {
        length = deflater.deflate(piece, 0, piece.length, Deflater.SYNC_FLUSH);
        out.write(piece, 0, length);
        // A call may only set the strategy and write nothing; nothing twice is the end.
      } while (length > 0 || !deflater.needsInput());
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }

  /** The pixels of an RGB band, as {@code 0xRRGGBB}. */
  public static int[] pixels(BufferedImage band) {
    return ((DataBufferInt) band.getRaster().getDataBuffer()).getData();
  }
}
