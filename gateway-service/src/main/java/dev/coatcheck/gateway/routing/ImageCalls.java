package dev.coatcheck.gateway.routing;

import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.DeleteImageRequest;
import dev.coatcheck.v1.DeleteImageResponse;
import dev.coatcheck.v1.GetImageRequest;
import dev.coatcheck.v1.Image;
import java.util.concurrent.CompletableFuture;

/**
 * The calls with one answer, each sent to the generator it belongs to. What goes wrong completes
 * the future with a {@link GeneratorFailure}; cancelling the future cancels the call.
 *
 * <p><b>Threading:</b> any thread. Answers come on the event loop of a channel: do not block there.
 */
public final class ImageCalls {

  private final KeyRouter owners;
  private final Placement placement;

  public ImageCalls(KeyRouter owners, Placement placement) {
    this.owners = owners;
    this.placement = placement;
  }

  /** Asks one generator after the other, each once, until one has room. */
  public CompletableFuture<Image> create(CreateImageRequest request) {
    return RoutedCall.along(
        placement.route(request.getRequestId()), generator -> generator.create(request));
  }

  /** Asks the holder for the image's state. */
  public CompletableFuture<Image> get(GetImageRequest request) {
    return RoutedCall.along(owners.route(request.getName()), owner -> owner.get(request));
  }

  /** Has the holder free the image. */
  public CompletableFuture<DeleteImageResponse> delete(DeleteImageRequest request) {
    return RoutedCall.along(owners.route(request.getName()), owner -> owner.delete(request));
  }
}
