package dev.coatcheck.generator.lambda;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The answer of a function as it is read: no longer than Lambda lets one be, whatever stands at the
 * endpoint, since all of it goes onto the heap.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html">Lambda
 *     quotas</a>
 */
final class AnswerLimit extends FilterInputStream {

  /** Lambda's 6 MB, and some more. */
  static final long MAX_BYTES = (6 << 20) + (64 << 10);

  private final Runnable abort;

  // state: the thread that reads
  private long left = MAX_BYTES;

  /**
   * Limits an answer.
   *
   * @param abort closes the connection, whose rest the SDK would read otherwise, to use it again
   */
  AnswerLimit(InputStream answer, Runnable abort) {
    super(answer);
    this.abort = abort;
  }

  /** The answer is longer than that. */
  static final class Exceeded extends RuntimeException {

    private static final long serialVersionUID = 1;

    Exceeded() {
      super("the answer of a function has more than " + MAX_BYTES + " bytes");
    }
  }

  @Override
  public int read() throws IOException {
    int next = super.read();
    count(next < 0 ? 0 : 1);
    return next;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int count = super.read(into, offset, length);
    count(Math.max(0, count));
    return count;
  }

  @Override
  public long skip(long bytes) throws IOException {
    long skipped = super.skip(bytes);
    count(skipped);
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false; // what is read again would count again
  }

  private void count(long bytes) {
    left -= bytes;
    if (left < 0) {
      abort.run();
      throw new Exceeded();
    }
  }
}
