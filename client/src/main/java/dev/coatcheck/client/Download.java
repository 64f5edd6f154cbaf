package dev.coatcheck.client;

import com.google.protobuf.ByteString;
import dev.coatcheck.client.CoatcheckException.Kind;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageChunk;
import dev.coatcheck.v1.ImageServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * One image on its way: has it made, if it has no name yet, and reads it, over as many streams as
 * it takes, into a short queue from which its reader polls.
 *
 * <p>A stream is asked for as many chunks as the queue has room for, so that a slow reader holds
 * the image back at the generator. A stream that breaks is followed by another one, after a pause
 * and not before there is room.
 *
 * <p><b>Threading:</b> streams bring chunks on the channel's executor, the reader polls on any
 * thread. The state is under this object's lock, which is not held while gRPC, the listener or the
 * reader is called.
 *
 * <p><b>Lifecycle:</b> {@link #start}, until {@link #poll} has told the end or {@link #cancel}.
 */
final class Download {

  /**
   * How many chunks, of 256 KiB, wait for the reader at most. The fleet counts them as received: it
   * cannot see that nobody has read them.
   */
  static final int MAX_WAITING = 1;

  /** For how long our own broken stream may seem alive to a fleet that was not shown its claim. */
  private static final Duration CLAIM_PATIENCE = Duration.ofSeconds(10);

  /** How often a chunk may be wrong; more are no accident of the way. */
  static final int MAX_CORRUPT = 3;

  /** How many streams more may be asked for the end of an image that is here. */
  private static final int MAX_CONFIRMATIONS = 1;

  private static final Duration MAX_CONFIRMATION_PAUSE = Duration.ofSeconds(1);

  /** What a poll finds. */
  sealed interface Next {
    /** The next bytes. */
    record Bytes(ByteString bytes) implements Next {}

    /** Nothing yet; the reader's {@code onNews} will run. */
    record Later() implements Next {}

    /** All was polled, and it is whole. */
    record Whole(ReceivedImage image) implements Next {}

    /** It ends here, too early. */
    record Failed(CoatcheckException why) implements Next {}
  }

  private static final Next LATER = new Next.Later();

  private final Gateway gateway;
  private final PickupOptions terms;
  private final String name;
  private final ChunkCheck check;
  private final Runnable onNews;

  // state, under this
  private final Queue<ByteString> waiting = new ArrayDeque<>();
  private final Backoff backoff;
  private String claim;
  private @Nullable ClientCall<?, ?> call; // null while one is being opened
  private int owed;
  private @Nullable ScheduledFuture<?> pause;
  private @Nullable Next end;
  private boolean wantsRoom;
  private int streams;
  private int corrupt;
  private @Nullable ReceivedImage received; // all is here, which the fleet has not confirmed
  private int confirmations;
  private long claimedSinceNanos;
  private long sizeBytes;

  /**
   * A download that has not begun.
   *
   * @param check what is there already
   * @param onNews there may be something to poll; on any thread
   */
  Download(Gateway gateway, PickupOptions terms, String name, ChunkCheck check, Runnable onNews) {
    this.gateway = gateway;
    this.terms = terms;
    this.name = name;
    this.claim = terms.claim();
    this.check = check;
    this.onNews = onNews;
    this.backoff = new Backoff(terms.patience());
  }

  void start() {
    openStream();
  }

  /** Takes what is next. */
  Next poll() {
    ByteString bytes;
    ClientCall<?, ?> current;
    boolean open;
    synchronized (this) {
      bytes = waiting.poll();
      if (bytes == null) {
        return end == null ? LATER : end;
      }
      open = wantsRoom;
      wantsRoom = false;
      current = call;
      if (current == null) {
        owed++;
      }
    }
    if (open) {
      openStream();
    } else if (current != null) {
      current.request(1);
    }
    return new Next.Bytes(bytes);
  }

  /** The end, if there is nothing before it. */
  synchronized Next pollEnd() {
    return end == null || !waiting.isEmpty() ? LATER : end;
  }

  /** The proof of this pickup; empty before it has begun. */
  synchronized String claim() {
    return claim;
  }

  /**
   * Ends it, if it has not ended. Where everything was polled and only the stream's end is awaited,
   * the stream goes on to that by itself.
   */
  void cancel() {
    Next how;
    synchronized (this) {
      how =
          received != null && waiting.isEmpty()
              ? new Next.Whole(received)
              : new Next.Failed(Failures.cancelled());
    }
    finish(how);
  }

  private void openStream() {
    CallOptions options =
        terms.deadline().map(CallOptions.DEFAULT::withDeadline).orElse(CallOptions.DEFAULT);
    gateway.reconnectNow();
    ClientCall<DownloadImageRequest, ImageChunk> next =
        gateway.channel().newCall(ImageServiceGrpc.getDownloadImageMethod(), options);
    DownloadImageRequest request;
    int room;
    synchronized (this) {
      if (end != null) {
        return;
      }
      call = null;
      owed = 0;
      request =
          DownloadImageRequest.newBuilder()
              .setName(name)
              .setReadOffset(check.resumeOffset())
              .setClaim(claim)
              .build();
      room = MAX_WAITING - waiting.size();
      streams++;
    }
    var stream = new Stream(next, streams);
    next.start(stream, new Metadata());
    next.sendMessage(request);
    next.halfClose();
    next.request(1 + room); // the head takes no room
    opened(stream);
  }

  /** From now on the stream can be cancelled, and asked for more, by others. */
  private void opened(Stream stream) {
    int more;
    boolean over;
    synchronized (this) {
      over = end != null;
      more = owed;
      if (stream.number == streams) {
        call = stream.self;
      }
    }
    if (over) {
      stream.self.cancel("the pickup is over", null);
    } else if (more > 0) {
      stream.self.request(more);
    }
  }

  private synchronized boolean isOver() {
    return end != null;
  }

  /** One stream, and what arrives on it, one at a time. */
  private final class Stream extends ClientCall.Listener<ImageChunk> {

    private final ClientCall<?, ?> self;
    private final int number;

    // state, the call's turn
    private boolean begun;
    private @Nullable CoatcheckException wrong;

    Stream(ClientCall<?, ?> self, int number) {
      this.self = self;
      this.number = number;
    }

    @Override
    public void onMessage(ImageChunk chunk) {
      if (wrong != null || isOver()) {
        return;
      }
      try {
        if (!begun) {
          begun = true;
          begin(chunk);
        } else if (chunk.getLast()) {
          whole(chunk);
        } else if (!arrived(chunk)) {
          self.request(1); // it took no room
        }
      } catch (CoatcheckException e) {
        wrong = e;
        self.cancel(e.getMessage(), null);
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (wrong != null) {
        broke(wrong);
      } else if (status.isOk()) {
        confirmed();
      } else {
        broke(Failures.of(status, trailers));
      }
    }
  }

  private void begin(ImageChunk head) throws CoatcheckException {
    synchronized (this) {
      check.begin(head);
      claim = head.getClaim();
      claimedSinceNanos = 0;
      Image image = head.getImage();
      sizeBytes = image.hasSizeBytes() ? image.getSizeBytes() : 0;
    }
    tellProgress();
  }

  /** Takes a chunk in; false if nothing of it was new. */
  private boolean arrived(ImageChunk chunk) throws CoatcheckException {
    synchronized (this) {
      ByteString fresh = check.take(chunk);
      if (fresh.isEmpty()) {
        return false;
      }
      backoff.moved();
      waiting.add(fresh);
    }
    tellProgress();
    onNews.run();
    return true;
  }

  /**
   * The last message is here. The fleet hears of that before it ends the stream: a client that is
   * content now, and leaves, may look like one that was broken off, and its image is there for
   * others.
   */
  private void whole(ImageChunk last) throws CoatcheckException {
    synchronized (this) {
      if (received == null) {
        check.end(last.getSizeBytes(), last.getSha256());
        sizeBytes = last.getSizeBytes();
        received = new ReceivedImage(name, last.getSizeBytes(), last.getSha256(), streams);
      }
    }
    tellProgress();
  }

  /** The stream has ended well. */
  private void confirmed() {
    ReceivedImage image;
    synchronized (this) {
      image = received;
    }
    if (image != null) {
      finish(new Next.Whole(image));
    } else {
      broke(Failures.broken("the stream ended without its last message"));
    }
  }

  private void tellProgress() {
    long received;
    long size;
    synchronized (this) {
      received = check.position();
      size = sizeBytes;
    }
    terms.listener().progressed(received, size);
  }

  /** A stream is over too early: without its last message, or without a good end behind it. */
  private void broke(CoatcheckException why) {
    Optional<Duration> next;
    Next instead = null;
    synchronized (this) {
      if (end != null) {
        return;
      }
      next = isWorthAnother(why) ? backoff.next(why.retryAfter()) : Optional.empty();
      if (received != null && (next.isEmpty() || ++confirmations > MAX_CONFIRMATIONS)) {
        instead = new Next.Whole(received);
      } else if (next.isEmpty()) {
        instead = deliveredToUs(why).map(Next.class::cast).orElseGet(() -> new Next.Failed(why));
      }
    }
    if (instead != null) {
      finish(instead);
      return;
    }
    Duration until = terms.atMostLeft(atMost(MAX_CONFIRMATION_PAUSE, next.orElseThrow()));
    terms.listener().interrupted(why, until);
    synchronized (this) {
      if (end == null) {
        pause = gateway.after(until, this::openWhenRoom);
      }
    }
  }

  /** All of {@code pause}, while bytes are missing; no more than {@code most} for a last word. */
  private synchronized Duration atMost(Duration most, Duration pause) {
    return received != null && pause.compareTo(most) > 0 ? most : pause;
  }

  private void openWhenRoom() {
    synchronized (this) {
      if (end != null) {
        return;
      }
      if (waiting.size() == MAX_WAITING) {
        wantsRoom = true;
        return;
      }
    }
    openStream();
  }

  /** Whether another stream may bring what this one did not. */
  private boolean isWorthAnother(CoatcheckException why) {
    return switch (why.kind()) {
      case UNREACHABLE -> true;
      case CORRUPT -> why.isRetryable() && ++corrupt < MAX_CORRUPT;
      case REFUSED ->
          why.reason() == ErrorReason.GENERATOR_UNAVAILABLE
              || (why.reason() == ErrorReason.IMAGE_CLAIMED && isClaimedForAMoment());
      case TIMED_OUT, CANCELLED -> false;
    };
  }

  /** A stream of ours that broke, or of a process that we go on for, may still be thought alive. */
  private boolean isClaimedForAMoment() {
    long now = System.nanoTime();
    if (claimedSinceNanos == 0) {
      claimedSinceNanos = now;
    }
    Duration patience =
        terms.patience().compareTo(CLAIM_PATIENCE) < 0 ? terms.patience() : CLAIM_PATIENCE;
    return now - claimedSinceNanos < patience.toNanos();
  }

  /** Where only the last message was lost, and the linger is over: the tombstone tells the same. */
  private Optional<Next.Whole> deliveredToUs(CoatcheckException why) {
    if (why.reason() != ErrorReason.IMAGE_DELIVERED || check.position() == 0) {
      return Optional.empty();
    }
    String size = why.metadata().getOrDefault("size_bytes", "");
    String sha256 = why.metadata().getOrDefault("sha256", "");
    if (!size.equals(Long.toString(check.position()))) {
      return Optional.empty();
    }
    try {
      check.end(check.position(), sha256);
    } catch (CoatcheckException e) {
      return Optional.empty();
    }
    return Optional.of(new Next.Whole(new ReceivedImage(name, check.position(), sha256, streams)));
  }

  private void finish(Next how) {
    ClientCall<?, ?> running;
    ScheduledFuture<?> timer;
    synchronized (this) {
      if (end != null) {
        return;
      }
      end = how;
      running = call;
      timer = pause;
      if (how instanceof Next.Failed failed && failed.why().kind() == Kind.CANCELLED) {
        waiting.clear();
      }
    }
    if (timer != null) {
      timer.cancel(false);
    }
    if (running != null && how instanceof Next.Failed) {
      running.cancel("the pickup is over", null);
    }
    onNews.run();
  }
}
