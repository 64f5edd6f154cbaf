package dev.coatcheck.generator.lambda;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * How Lambda is reached, and how often at once.
 *
 * @param endpoint where, if not where AWS's own settings say
 * @param region the AWS region; empty to find it as AWS's SDK does
 * @param dummyCredentials true to sign with credentials that only a stand-in accepts, where no
 *     others are found
 * @param functionTimeout how long a function may take
 * @param streams how many response streams may run at once
 */
public record LambdaSettings(
    Optional<URI> endpoint,
    String region,
    boolean dummyCredentials,
    Duration functionTimeout,
    int streams) {

  /** What the SDK's decoder allocates for each event stream, whatever its messages' size. */
  private static final long DECODER_BYTES = 2 << 20;

  /** What the rest of the generator is left: 4 buffered answers with their copies, and itself. */
  private static final long OTHER_HEAP_BYTES = 84 << 20;

  /**
   * How many response streams a heap has room for. Admitted images beyond that wait for their turn:
   * otherwise a thousand small ones would need two gigabytes of a heap that is to stay small.
   */
  public static int streamsThatFit(long maxHeapBytes) {
    return Math.toIntExact(Math.max(4, (maxHeapBytes - OTHER_HEAP_BYTES) / DECODER_BYTES));
  }
}
