package dev.coatcheck.client;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An image for one subscriber that says how much it can take. */
final class PickupPublisher implements Flow.Publisher<ByteBuffer> {

  private final ImagePickup pickup;

  PickupPublisher(ImagePickup pickup) {
    this.pickup = pickup;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    PickupOptions terms;
    try {
      terms = pickup.begin();
    } catch (IllegalStateException e) {
      subscriber.onSubscribe(
          new Flow.Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {}
          });
      subscriber.onError(e);
      return;
    }
    var subscription = new Subscription(subscriber, terms);
    subscriber.onSubscribe(subscription);
    subscription.start();
  }

  /**
   * What was asked for, and is not there yet.
   *
   * <p><b>Threading:</b> signals are sent by one thread at a time, whichever brings news; news that
   * comes meanwhile makes that one look again.
   */
  private final class Subscription implements Flow.Subscription {

    private final Flow.Subscriber<? super ByteBuffer> subscriber;
    private final PickupOptions terms;
    private final AtomicInteger news = new AtomicInteger();

    // state, any thread
    private volatile boolean cancelled;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Download download;

    // state, under this
    private long demand;

    // state, whoever signals
    private boolean over;

    Subscription(Flow.Subscriber<? super ByteBuffer> subscriber, PickupOptions terms) {
      this.subscriber = subscriber;
      this.terms = terms;
    }

    void start() {
      if (cancelled) {
        return;
      }
      pickup
          .named(terms)
          .whenComplete((name, thrown) -> {
            if (thrown == null) {
              download = pickup.open(terms, name, new ChunkCheck(), this::signal);
            } else {
              failure =
                  thrown instanceof CompletionException && thrown.getCause() != null
                      ? thrown.getCause()
                      : thrown;
            }
            signal();
          });
    }

    @Override
    public void request(long n) {
      if (n <= 0) {
        failure = new IllegalArgumentException("request: " + n + " (expected: > 0)");
        pickup.cancel();
      } else {
        synchronized (this) {
          demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
        }
      }
      signal();
    }

    @Override
    public void cancel() {
      cancelled = true;
      pickup.cancel();
    }

    private void signal() {
      if (news.getAndIncrement() != 0) {
        return;
      }
      int seen = 1;
      do {
        signalOnce();
        seen = news.addAndGet(-seen);
      } while (seen != 0);
    }

    private void signalOnce() {
      while (!over && !cancelled) {
        Throwable why = failure;
        Download from = download;
        if (why != null) {
          over = true;
          subscriber.onError(why);
          return;
        }
        if (from == null) {
          return;
        }
        Download.Next next = hasDemand() ? from.poll() : from.pollEnd();
        if (next instanceof Download.Next.Later) {
          return;
        } else if (next instanceof Download.Next.Bytes fresh) {
          tookOne();
          subscriber.onNext(fresh.bytes().asReadOnlyByteBuffer());
        } else if (next instanceof Download.Next.Failed failed) {
          over = true;
          subscriber.onError(failed.why());
        } else {
          over = true;
          pickup.taken(terms).whenComplete((done, thrown) -> subscriber.onComplete());
        }
      }
    }

    private synchronized boolean hasDemand() {
      return demand > 0;
    }

    private synchronized void tookOne() {
      demand -= demand == Long.MAX_VALUE ? 0 : 1;
    }
  }
}
