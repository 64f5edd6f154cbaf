package dev.coatcheck.generator.rpc;

import dev.coatcheck.generator.image.Image;
import dev.coatcheck.generator.image.ImageOptions;
import dev.coatcheck.generator.image.ImageStore;
import dev.coatcheck.generator.image.ImageWriter;
import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.generator.image.ServiceException;
import dev.coatcheck.generator.image.Tombstone;
import dev.coatcheck.generator.ingest.FunctionCall;
import dev.coatcheck.generator.ingest.ImageIngest;
import dev.coatcheck.generator.ingest.ImageSource;
import dev.coatcheck.generator.ingest.Transfer;
import dev.coatcheck.generator.ingest.Uploads;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.ErrorReason;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Begins images: first the memory, then the function.
 *
 * <p><b>Threading:</b> any thread; the function is called on one of {@code callers}.
 */
public final class ImageCreator {

  /** An image that was begun, and what it is called. */
  record Created(String name, Image image, Duration waitFor) {}

  private static final Duration DRAINING_RETRY = Duration.ofSeconds(1);

  private final ImageNames names;
  private final ImageStore store;
  private final ImageSource source;
  private final CreateDefaults defaults;
  private final IdempotencyIndex requestIds;
  private final Uploads uploads;
  private final UploadTokens tokens;
  private final Executor callers;
  private final ScheduledExecutorService clock;

  // state: any thread
  private volatile boolean draining;

  public ImageCreator(
      ImageNames names,
      ImageStore store,
      ImageSource source,
      CreateDefaults defaults,
      IdempotencyIndex requestIds,
      Uploads uploads,
      UploadTokens tokens,
      Executor callers,
      ScheduledExecutorService clock) {
    this.names = names;
    this.store = store;
    this.source = source;
    this.defaults = defaults;
    this.requestIds = requestIds;
    this.uploads = uploads;
    this.tokens = tokens;
    this.callers = callers;
    this.clock = clock;
  }

  /**
   * Begins an image, or finds the one that was begun for the same {@code request_id}.
   *
   * @throws ServiceException with nothing changed
   */
  Created create(CreateImageRequest request) {
    CreateOptions terms = CreateOptions.of(request, defaults);
    Beginning beginning = new Beginning(terms);
    String name =
        request.getRequestId().isEmpty() ? beginning.get() : requestIds.nameOf(request, beginning);
    Image begun = beginning.image; // not looked up: a quick function may have ended it by now
    return new Created(name, begun != null ? begun : held(name), terms.waitFor());
  }

  /** Begins an image, when it is asked for its name. */
  private final class Beginning implements Supplier<String> {

    private final CreateOptions terms;

    // state: the creating thread
    private @Nullable Image image;

    Beginning(CreateOptions terms) {
      this.terms = terms;
    }

    @Override
    public String get() {
      if (draining) {
        throw aboutToStop();
      }
      String name = names.fresh();
      ImageWriter writer = store.create(ImageNames.id(name), terms.image());
      image = writer.image();
      ImageIngest.start(
          writer,
          source,
          attempt -> call(writer.image(), terms, attempt),
          terms.image().timeToMake(),
          uploads,
          callers,
          clock);
      return name;
    }
  }

  /** Where the image of an id has moved, the next create with that id goes. */
  private Image held(String name) {
    if (names.find(name) instanceof ImageStore.Lookup.Ended(Tombstone tombstone)
        && tombstone.isMoved()) {
      throw aboutToStop();
    }
    return names.held(name);
  }

  private static ServiceException aboutToStop() {
    return new ServiceException(
        Refusal.passing(
            ErrorReason.GENERATOR_UNAVAILABLE,
            "This generator is about to stop and takes no new images.",
            DRAINING_RETRY));
  }

  private FunctionCall call(Image image, CreateOptions terms, int attempt) {
    ImageOptions agreed = terms.image();
    return new FunctionCall(
        terms.function(),
        terms.specJson(),
        terms.transfer(),
        attempt,
        agreed.maxBytes(),
        defaults
            .gateways()
            .filter(_ -> terms.transfer() == Transfer.CALLBACK)
            .map(gateways ->
                tokens.create(
                    gateways, image.id(), attempt, agreed.maxBytes(), agreed.timeToMake())));
  }

  /** Refuses all new images from now on. */
  public void drain() {
    draining = true;
  }

  /** True once new images are refused. */
  public boolean isDraining() {
    return draining;
  }
}
