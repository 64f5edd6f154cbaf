package dev.coatcheck.lambda.map.png;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * A PNG that is written while it is made: 8-bit RGB, not interlaced, one IDAT chunk a band (PNG
 * specification, third edition). Each call hands on whole chunks and flushes.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class PngStream {

  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  private static final long ADLER_BASE = 65521;

  private final OutputStream out;

  // state
  private long adler = 1;
  private boolean begun;

  public PngStream(OutputStream out) {
    this.out = out;
  }

  public void begin(int width, int height) throws IOException {
    out.write(SIGNATURE);
    byte bitDepth = 8;
    byte trueColour = 2;
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    header.put(bitDepth).put(trueColour).put((byte) 0).put((byte) 0).put((byte) 0);
    chunk("IHDR", header.array());
    out.flush();
  }

  public void write(PngBand band) throws IOException {
    byte[] data = band.compressed();
    if (!begun) {
      // The head of the zlib stream that goes through all bands: deflate, 32 KiB, fastest.
      data = ByteBuffer.allocate(2 + data.length).put((byte) 0x78).put((byte) 1).put(data).array();
      begun = true;
    }
    chunk("IDAT", data);
    adler = combine(adler, band.adler(), band.rawBytes());
    out.flush();
  }

  public void end() throws IOException {
    // An empty last block, and the sum over all rows.
    byte[] tail = ByteBuffer.allocate(6).put((byte) 3).put((byte) 0).putInt((int) adler).array();
    chunk("IDAT", tail);
    chunk("IEND", new byte[0]);
    out.flush();
  }

  private void chunk(String type, byte[] data) throws IOException {
    byte[] head =
        ByteBuffer.allocate(8)
            .putInt(data.length)
            .put(type.getBytes(StandardCharsets.US_ASCII))
            .array();
    CRC32 crc = new CRC32();
    crc.update(head, 4, 4);
    crc.update(data);
    out.write(head);
    out.write(data);
    out.write(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }

  /** The Adler-32 of two runs of bytes in a row, from theirs (as zlib's adler32_combine). */
  static long combine(long first, long second, long secondBytes) {
    long length = secondBytes % ADLER_BASE;
    long a1 = first & 0xffff;
    long b1 = first >>> 16;
    long a2 = second & 0xffff;
    long b2 = second >>> 16;
    long a = (a1 + a2 + ADLER_BASE - 1) % ADLER_BASE;
    long b = (b1 + b2 + length * (a1 + ADLER_BASE - 1)) % ADLER_BASE;
    return b << 16 | a;
  }
}
