package dev.coatcheck.client;

import dev.coatcheck.v1.CreateImageRequest;
import io.grpc.Deadline;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One image that is to be picked up, once, in one of three ways: as a {@link #stream}, into a
 * {@link #toFile file}, or by a {@link #publisher}. Nothing happens before one of them begins.
 *
 * <p>Whichever it is: the bytes come while the image is made; a stream that breaks is followed by
 * another one, with growing pauses, and goes on where it broke; each chunk's offset and CRC32C are
 * checked, and the size and SHA-256 in the end; what comes ends cleanly only if it is whole, and
 * else with a {@link CoatcheckException}. A reader that is slow holds the image back in the fleet:
 * no more than a few chunks of 256 KiB wait here, and a MiB in the transport.
 *
 * <p><b>Threading:</b> the options from one thread, before it begins; {@link #cancel}, {@link
 * #name} and {@link #claim} from any.
 */
public final class ImagePickup {

  private final Gateway gateway;
  private final Duration patience;
  private final CreateImageRequest request;
  private final String givenClaim;

  // options
  private Optional<Duration> deadline = Optional.empty();
  private boolean acknowledge;
  private PickupListener listener = new PickupListener() {};

  // state, under this
  private String name;
  private boolean begun;
  private boolean cancelled;
  private @Nullable CompletableFuture<String> naming;
  private @Nullable Download download;

  ImagePickup(
      Gateway gateway, Duration patience, CreateImageRequest request, String name, String claim) {
    this.gateway = gateway;
    this.patience = patience;
    this.request = request;
    this.name = name;
    this.givenClaim = claim;
  }

  /** How long it may take, from its beginning to its last byte; as long as it moves unless said. */
  public ImagePickup deadline(Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException("deadline: " + duration + " (expected: > 0)");
    }
    deadline = Optional.of(duration);
    return this;
  }

  /**
   * Says to the fleet that the image has come, when it is whole and was taken: its memory is free
   * at once then, and not only after a while. That this could not be said is no failure.
   */
  public ImagePickup acknowledge() {
    acknowledge = true;
    return this;
  }

  /** Tells {@code to} how it goes. */
  public ImagePickup listener(PickupListener to) {
    listener = to;
    return this;
  }

  /**
   * The bytes, to be read by one thread; -1 comes only after the last byte of a whole image.
   * Closing it earlier leaves the image in the fleet.
   *
   * @throws CoatcheckException if there is no image
   * @throws InterruptedIOException if the thread is interrupted, here or while it reads
   */
  public InputStream stream() throws CoatcheckException, InterruptedIOException {
    PickupOptions terms = begin();
    return new PickupStream(this, terms, awaitName(terms), new ChunkCheck());
  }

  /**
   * Writes the image to {@code file}, which is only there when it is whole, and replaces what was
   * there before. Until then the bytes are in a file beside it, {@code {file}.{8 hex digits}.part}.
   * That one stays when another try makes sense: {@link CoatcheckClient#resume} of the same image
   * to the same file goes on from it.
   *
   * @throws CoatcheckException if there is no image, or not all of it
   * @throws IOException if the file cannot be written
   */
  public ReceivedImage toFile(Path file) throws IOException {
    PickupOptions terms = begin();
    return new PartFile(file, awaitName(terms)).receive(this, terms);
  }

  /**
   * The bytes, to one subscriber, as it asks for them: each buffer is read-only, and the
   * subscriber's to keep. A failure is a {@link CoatcheckException}. Signals come on threads of the
   * client.
   */
  public Flow.Publisher<ByteBuffer> publisher() {
    return new PickupPublisher(this);
  }

  /** Ends it: whoever reads is told so. The image stays in the fleet. */
  public void cancel() {
    CompletableFuture<String> creating;
    Download running;
    synchronized (this) {
      cancelled = true;
      creating = naming;
      running = download;
    }
    if (creating != null) {
      creating.cancel(false);
    }
    if (running != null) {
      running.cancel();
    }
  }

  /** {@code images/{key}}; empty as long as it has none. Secret. */
  public synchronized String name() {
    return name;
  }

  /**
   * The proof of this pickup, to {@link CoatcheckClient#resume} it; empty before the first byte.
   */
  public synchronized String claim() {
    return download == null ? givenClaim : download.claim();
  }

  /** Takes the options as they are now. */
  synchronized PickupOptions begin() {
    if (begun) {
      throw new IllegalStateException("an image is picked up once (expected: a new ImagePickup)");
    }
    begun = true;
    return new PickupOptions(
        givenClaim,
        deadline.map(duration -> Deadline.after(duration.toNanos(), TimeUnit.NANOSECONDS)),
        patience,
        acknowledge,
        listener);
  }

  /** The image's name, as soon as it has one. */
  CompletableFuture<String> named(PickupOptions terms) {
    CompletableFuture<String> creating;
    synchronized (this) {
      if (cancelled) {
        return CompletableFuture.failedFuture(Failures.cancelled());
      }
      if (!name.isEmpty()) {
        return CompletableFuture.completedFuture(name);
      }
      creating = Creation.begin(gateway, terms, request);
      naming = creating;
    }
    return creating.handle((given, thrown) -> {
      if (thrown instanceof CancellationException) {
        throw new CompletionException(Failures.cancelled());
      } else if (thrown instanceof CoatcheckException) {
        throw new CompletionException(thrown);
      }
      synchronized (this) {
        name = given;
      }
      terms.listener().named(given);
      return given;
    });
  }

  private String awaitName(PickupOptions terms) throws CoatcheckException, InterruptedIOException {
    try {
      return CoatcheckClient.await(named(terms));
    } catch (InterruptedIOException e) {
      cancel();
      throw e;
    }
  }

  /** Begins to read the image. */
  Download open(PickupOptions terms, String opened, ChunkCheck check, Runnable onNews) {
    var next = new Download(gateway, terms, opened, check, onNews);
    boolean over;
    synchronized (this) {
      download = next;
      over = cancelled;
    }
    if (over) {
      next.cancel();
    } else {
      next.start();
    }
    return next;
  }

  /** Says, if that was wanted, that the image has come; completes in any case, and soon. */
  CompletableFuture<?> taken(PickupOptions terms) {
    return terms.acknowledge()
        ? gateway.delete(name()).handle((deleted, thrown) -> null)
        : CompletableFuture.completedFuture(null);
  }
}
