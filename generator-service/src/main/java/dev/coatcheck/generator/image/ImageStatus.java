package dev.coatcheck.generator.image;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an image looks like at one moment.
 *
 * @param state how far it has come
 * @param claimed true once somebody has begun to pick it up
 * @param contentType empty until its first bytes are here
 * @param sizeBytes -1 until it is complete
 * @param availableBytes what can be read now
 * @param deliveredBytes what the present claimant is known to hold
 * @param sha256 empty until it is complete
 * @param createTime when it was asked for
 * @param expireTime when it will be dropped
 * @param filename may be empty
 * @param failure why there is none; only in {@link ImageState#FAILED}
 */
public record ImageStatus(
    ImageState state,
    boolean claimed,
    String contentType,
    long sizeBytes,
    long availableBytes,
    long deliveredBytes,
    String sha256,
    Instant createTime,
    Instant expireTime,
    String filename,
    @Nullable Refusal failure) {

  /** The same without the file's name, and with {@code message} for a failure's own. */
  ImageStatus withoutText(String message) {
    return new ImageStatus(
        state,
        claimed,
        contentType,
        sizeBytes,
        availableBytes,
        deliveredBytes,
        sha256,
        createTime,
        expireTime,
        "",
        failure == null
            ? null
            : new Refusal(failure.reason(), message, failure.retryAfter(), failure.metadata()));
  }

  static ImageStatus of(
      GenerationState producer,
      Pickup consumer,
      ImageOptions terms,
      Instant createTime,
      String contentType,
      long committedBytes) {
    ImageState state = ImageState.GENERATING;
    long available = committedBytes;
    String sha256 = "";
    Instant expires = createTime.plus(terms.timeToMake());
    @Nullable Refusal failure = null;
    switch (producer) {
      case GenerationState.Generating() -> {}
      case GenerationState.Complete(long sizeBytes, String digest, _, Instant since) -> {
        state = consumer.isDelivered() ? ImageState.DELIVERED : ImageState.COMPLETE;
        available = sizeBytes;
        sha256 = digest;
        expires = since.plus(terms.timeToLive());
      }
      case GenerationState.Failed(Refusal why) -> {
        state = ImageState.FAILED;
        available = 0;
        failure = why;
      }
    }
    return new ImageStatus(
        state,
        consumer.claim().epoch() > 0,
        contentType,
        producer.sizeBytes(),
        available,
        consumer.claim().covered().bytes(),
        sha256,
        createTime,
        expires,
        terms.filename(),
        failure);
  }
}
