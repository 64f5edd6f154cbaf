package dev.coatcheck.generator;

import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.generator.ingest.FunctionCall;
import dev.coatcheck.generator.ingest.ImageSource;
import dev.coatcheck.generator.ingest.UploadAddress;
import dev.coatcheck.v1.ErrorReason;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A function whose answers the test gives, when it likes. */
final class FakeImageSource implements ImageSource {

  private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
  private final AtomicInteger started = new AtomicInteger();

  @Override
  public Running start(FunctionCall call, Sink sink) {
    started.incrementAndGet();
    AtomicBoolean cancelled = new AtomicBoolean();
    calls.add(new Call(call, sink, cancelled));
    return () -> cancelled.set(true);
  }

  /** How many calls there were. */
  int started() {
    return started.get();
  }

  /** The next call. */
  Call next() throws InterruptedException {
    Call call = calls.poll(10, TimeUnit.SECONDS);
    if (call == null) {
      throw new AssertionError("the function was not called");
    }
    return call;
  }

  record Call(FunctionCall request, Sink sink, AtomicBoolean cancelled) {

    boolean write(byte[] image, int from, int to) {
      return sink.write(ByteBuffer.wrap(image, from, to - from));
    }

    void complete() {
      sink.complete();
    }

    void answer(byte[] image) {
      write(image, 0, image.length);
      complete();
    }

    void fail(Refusal why) {
      sink.fail(why);
    }

    void broken() {
      broken("The call broke.");
    }

    void broken(String message) {
      sink.broken(Refusal.of(ErrorReason.FUNCTION_FAILED, message));
    }

    void throttled() {
      sink.broken(
          Refusal.passing(ErrorReason.FUNCTION_THROTTLED, "Too many.", Duration.ofSeconds(2)));
    }

    UploadAddress upload() {
      return request.upload().orElseThrow();
    }
  }
}
