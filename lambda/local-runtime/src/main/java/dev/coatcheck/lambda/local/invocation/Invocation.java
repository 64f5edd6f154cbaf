package dev.coatcheck.lambda.local.invocation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * One call of a function: its event, what is to go wrong with it, and what became of it and when.
 * The times are microseconds since 1970, 0 while they have not come.
 *
 * <p><b>Threading:</b> the times are written by the thread that writes the answer and read by any.
 */
public final class Invocation {

  private final String id;
  private final FunctionName function;
  private final CallContext context;
  private final Faults faults;
  private final Clock clock;
  private final long receivedAt;

  private final LogTail log = new LogTail();

  // state
  private volatile byte[] payload;
  private volatile JsonNode event;
  private volatile long startedAt;
  private volatile long firstByteAt;
  private volatile long lastByteAt;
  private volatile long bytes;
  private volatile String outcome = "RUNNING";
  private volatile String contentType = "application/octet-stream";

  /** Which function is invoked, under which request id, and what the invoker passed with it. */
  record Call(String id, FunctionName function, CallContext context) {}

  Invocation(Call call, byte[] payload, JsonNode event, Faults faults, Clock clock) {
    this.id = call.id();
    this.function = call.function();
    this.context = call.context();
    this.payload = payload;
    this.event = event;
    this.faults = faults;
    this.clock = clock;
    this.receivedAt = now();
  }

  /** Another run of the same, under the same id, as AWS does it. */
  Invocation again() {
    return new Invocation(new Call(id, function, context), payload, event, faults, clock);
  }

  /** The request id, as AWS calls it. */
  public String id() {
    return id;
  }

  public FunctionName function() {
    return function;
  }

  /** What came with the event. */
  public CallContext context() {
    return context;
  }

  /** The last of what the function has written to its log, if anybody wants to know. */
  public LogTail log() {
    return log;
  }

  /** The event as it came, not to be changed. */
  public byte[] payload() {
    return payload;
  }

  /** The event, parsed. */
  public JsonNode event() {
    return event;
  }

  /** Those of the whole process and those that the event asks for. */
  public Faults faults() {
    return faults;
  }

  /** The response's media type, from the function. */
  public String contentType() {
    return contentType;
  }

  /** Says what the answer is, before its first byte. */
  public void answersAs(String type) {
    contentType = type;
  }

  public void started() {
    startedAt = now();
  }

  /** Ends it, and drops the payload, since the log keeps the invocation for long. */
  public void ended(String how) {
    outcome = how;
    payload = new byte[0];
    event = MissingNode.getInstance();
  }

  /** A sink that passes all on to {@code next} and notes when the first and last byte went by. */
  public ResponseSink metered(ResponseSink next) {
    return new ResponseSink() {
      private long passed;

      @Override
      public void write(ByteBuffer chunk) throws IOException, FunctionFailed, InterruptedException {
        int length = chunk.remaining();
        if (length > 0 && passed == 0) {
          firstByteAt = now();
        }
        next.write(chunk);
        passed += length;
        bytes = passed;
        lastByteAt = now();
      }
    };
  }

  public ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", id)
        .put("function", function.plain())
        .put("receivedAt", receivedAt)
        .put("startedAt", startedAt)
        .put("firstByteAt", firstByteAt)
        .put("lastByteAt", lastByteAt)
        .put("bytes", bytes)
        .put("outcome", outcome);
  }

  private long now() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
  }
}
