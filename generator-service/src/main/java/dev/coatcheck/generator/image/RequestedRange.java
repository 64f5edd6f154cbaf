package dev.coatcheck.generator.image;

/**
 * What part of an image a request is for: from {@code offset}, at most {@code limit} bytes; or the
 * last {@code suffix} bytes.
 *
 * @param offset where to begin; 0 or more
 * @param limit how many bytes; 0 for all that follow
 * @param suffix how many of the last bytes; 0 for none, and then the others count
 * @param waits true when nothing may be said before all of it is there
 */
public record RequestedRange(long offset, long limit, long suffix, boolean waits) {

  /** All of it, as it comes. */
  public static final RequestedRange WHOLE = new RequestedRange(0, 0, 0, false);

  public RequestedRange {
    if (offset < 0 || limit < 0 || suffix < 0 || (suffix > 0 && (offset > 0 || limit > 0))) {
      throw new IllegalArgumentException(
          "section: offset %d, limit %d, suffix %d (expected: >= 0, and a suffix alone)"
              .formatted(offset, limit, suffix));
    }
  }

  /** True when it is the whole image, asked for as such. */
  public boolean isWhole() {
    return offset == 0 && limit == 0 && suffix == 0;
  }

  /**
   * Where it begins.
   *
   * @param sizeBytes the image's size, or -1 while it is not known; it is, for a suffix
   */
  long start(long sizeBytes) {
    return suffix > 0 ? Math.max(0, sizeBytes - suffix) : offset;
  }

  /** The byte after its last; without an end, as long as {@code sizeBytes} is -1, past any. */
  long end(long sizeBytes) {
    long most = sizeBytes < 0 ? Long.MAX_VALUE : sizeBytes;
    return suffix > 0 || limit == 0 || limit > most - offset ? most : offset + limit;
  }

  /** True when an image of {@code sizeBytes} has none of it. */
  boolean isPastEnd(long sizeBytes) {
    return sizeBytes >= 0 && offset > 0 && offset >= sizeBytes;
  }

  /**
   * True when all of it can be read.
   *
   * @param readableBytes how far the image can be read
   * @param sizeBytes its size, or -1 while it is not known
   */
  boolean isThere(long readableBytes, long sizeBytes) {
    return sizeBytes >= 0 || (limit > 0 && limit <= readableBytes - offset);
  }
}
