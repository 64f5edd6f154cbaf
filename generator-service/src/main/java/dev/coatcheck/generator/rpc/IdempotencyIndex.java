package dev.coatcheck.generator.rpc;

import com.google.protobuf.CodedOutputStream;
import dev.coatcheck.contract.RequestId;
import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.generator.image.ImageId;
import dev.coatcheck.generator.image.ImageStore;
import dev.coatcheck.generator.image.ServiceException;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.TransferredRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Which image was made for which {@code request_id}, for as long as anything is known of the image,
 * or, where there are too many, as it is held. Of what was asked only a digest is kept.
 *
 * <p><b>Threading:</b> any thread. Two creates with one id take turns; nothing blocks in them.
 */
public final class IdempotencyIndex {

  private record Made(String digest, String name) {}

  /** With this many, those of images that have ended are forgotten, until a tenth is free. */
  private static final int MAX_IDS = 25_000;

  private final ImageNames names;

  // state: any thread
  private final ConcurrentMap<String, Made> made = new ConcurrentHashMap<>();
  private final AtomicBoolean forgetting = new AtomicBoolean();

  public IdempotencyIndex(ImageNames names) {
    this.names = names;
  }

  /**
   * The name of the image of {@code request}, made by {@code create} if there is none for its id.
   *
   * @throws ServiceException if the id stands for another request, and what {@code create} throws
   */
  String nameOf(CreateImageRequest request, Supplier<String> create) {
    String id = request.getRequestId();
    if (!RequestId.isValid(id)) {
      throw CreateOptions.invalid("request_id", UntrustedText.quote(id), RequestId.EXPECTED);
    }
    String digest = digest(request);
    Made answer =
        made.compute(
            id,
            (_, before) ->
                before == null || isForgotten(before) ? new Made(digest, create.get()) : before);
    if (!answer.digest.equals(digest)) {
      throw CreateOptions.invalid(
          "request_id", "that of another request", "one of its own, or the same fields");
    }
    if (made.size() > MAX_IDS && forgetting.compareAndSet(false, true)) {
      forgetEnded();
      forgetting.set(false);
    }
    return answer.name;
  }

  /** An image that is held keeps its id, so that no create meets another image than its own. */
  private void forgetEnded() {
    int tooMany = made.size() - MAX_IDS * 9 / 10;
    Iterator<Made> some = made.values().iterator();
    while (tooMany > 0 && some.hasNext()) {
      if (!(names.find(some.next().name) instanceof ImageStore.Lookup.Held)) {
        some.remove();
        tooMany--;
      }
    }
  }

  /** What is known of every image that was made for an id, to go with it to another generator. */
  public Map<ImageId, TransferredRequest> byImage() {
    Map<ImageId, TransferredRequest> requests = new HashMap<>();
    made.forEach((id, image) ->
        requests.put(
            ImageNames.id(image.name),
            TransferredRequest.newBuilder()
                .setRequestId(id)
                .setDigest(image.digest)
                .setName(image.name)
                .build()));
    return requests;
  }

  /** Takes over what another generator knew of an image that is held here now. */
  public void adopt(TransferredRequest request) {
    made.merge(
        request.getRequestId(),
        new Made(
            UntrustedText.clip(request.getDigest(), UntrustedText.MAX_QUOTED), request.getName()),
        (before, now) -> isForgotten(before) ? now : before);
  }

  /** Forgets the ids of images of which nothing is known any more. */
  public void sweep() {
    made.values().removeIf(this::isForgotten);
  }

  private boolean isForgotten(Made image) {
    return names.find(image.name) instanceof ImageStore.Lookup.Unknown;
  }

  private static String digest(CreateImageRequest request) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      CodedOutputStream out =
          CodedOutputStream.newInstance(
              new DigestOutputStream(OutputStream.nullOutputStream(), sha256));
      out.useDeterministicSerialization(); // a spec is a map
      request.toBuilder().clearRequestId().clearWait().build().writeTo(out);
      out.flush();
      return HexFormat.of().formatHex(sha256.digest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
