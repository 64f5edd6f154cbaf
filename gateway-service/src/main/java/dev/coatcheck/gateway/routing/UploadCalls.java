package dev.coatcheck.gateway.routing;

import dev.coatcheck.v1.CompleteUploadRequest;
import dev.coatcheck.v1.UploadPart;
import dev.coatcheck.v1.WritePartsRequest;
import java.util.concurrent.CompletableFuture;

/**
 * The calls of those who push an image, each sent to the generator that their token leads to.
 *
 * <p><b>Threading:</b> any thread. Answers come on the event loop of a channel: do not block there.
 */
public final class UploadCalls {

  private final KeyRouter owners;

  public UploadCalls(KeyRouter owners) {
    this.owners = owners;
  }

  /** A call that writes one part, not yet started. */
  public UploadPartCall write(String token, String writer, UploadPart part) {
    WritePartsRequest first =
        WritePartsRequest.newBuilder().setToken(token).setWriter(writer).setPart(part).build();
    return new UploadPartCall(owners.routeOfUpload(token), first);
  }

  /**
   * Says that all parts were written. What goes wrong completes the future with a {@link
   * GeneratorFailure}; cancelling the future cancels the call.
   */
  public CompletableFuture<?> complete(CompleteUploadRequest request) {
    return RoutedCall.along(
        owners.routeOfUpload(request.getToken()), owner -> owner.completeUpload(request));
  }
}
