package dev.coatcheck.lambda.local.bytes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coatcheck.lambda.kit.HttpHead;
import dev.coatcheck.lambda.kit.PartUploader;
import dev.coatcheck.lambda.kit.UrlRequest;
import dev.coatcheck.lambda.local.invocation.Deadline;
import dev.coatcheck.lambda.local.invocation.Faults;
import dev.coatcheck.lambda.local.invocation.FunctionFailed;
import dev.coatcheck.lambda.local.invocation.Invocation;
import dev.coatcheck.lambda.local.invocation.LambdaFunction;
import dev.coatcheck.lambda.local.invocation.Pacer;
import dev.coatcheck.lambda.local.invocation.ResponseSink;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;

/**
 * The function {@code bytes}: content that looks like a PNG by its signature and costs nearly
 * nothing to make, at a set pace, by every transfer and by its URL, for load and fault tests. Its
 * spec is {@code {"sizeBytes", "seed", "bytesPerSecond", "firstByteAfter", "fault"}}; see {@link
 * Faults}.
 *
 * <p>The content is a function of seed and offset alone (SplitMix64 over the number of each 8-byte
 * word, little-endian), so that a test can compute any range of it: {@link #content} and {@link
 * #fill}.
 */
public final class BytesFunction implements LambdaFunction {

  /** The 8 bytes that every content begins with. */
  private static final long PNG_SIGNATURE = 0x0A1A0A0D474E5089L;

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final int FIRST_PIECE_BYTES = 1024;

  private final int concurrency;
  private final Duration timeout;
  private final HttpClient uploads =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  public BytesFunction(int concurrency, Duration timeout) {
    this.concurrency = concurrency;
    this.timeout = timeout;
  }

  /** The whole content of that size and seed. */
  public static byte[] content(int sizeBytes, long seed) {
    byte[] content = new byte[sizeBytes];
    fill(ByteBuffer.wrap(content), seed, 0);
    return content;
  }

  /** Fills {@code target} to its limit with the content of {@code seed} from {@code offset} on. */
  public static void fill(ByteBuffer target, long seed, long offset) {
    ByteBuffer out = target.slice().order(ByteOrder.LITTLE_ENDIAN);
    target.position(target.limit());
    long at = offset;
    while (out.hasRemaining() && (at & 7) != 0) {
      out.put(byteAt(seed, at++));
    }
    for (; out.remaining() >= Long.BYTES; at += Long.BYTES) {
      out.putLong(word(seed, at >>> 3));
    }
    while (out.hasRemaining()) {
      out.put(byteAt(seed, at++));
    }
  }

  @Override
  public int concurrency() {
    return concurrency;
  }

  @Override
  public Faults faultsOf(JsonNode event) {
    try {
      JsonNode spec = UrlRequest.isIn(event) ? BytesUrlAnswer.specIn(event) : event.path("spec");
      return Faults.parse(spec.path("fault"));
    } catch (IllegalArgumentException e) {
      // There are none, or the spec is refused as soon as it is read.
      return Faults.NONE;
    }
  }

  @Override
  public void invoke(Invocation invocation, ResponseSink sink)
      throws FunctionFailed, IOException, InterruptedException {
    try (Deadline deadline = Deadline.forThisThread(timeout)) {
      try {
        answer(invocation, sink);
      } catch (InterruptedException e) {
        if (deadline.hasPassed()) {
          throw FunctionFailed.timedOut(invocation.id(), timeout);
        }
        throw e;
      }
    }
  }

  private void answer(Invocation invocation, ResponseSink sink)
      throws FunctionFailed, IOException, InterruptedException {
    JsonNode event = invocation.event();
    Faults faults = invocation.faults();
    if (UrlRequest.isIn(event)) {
      invocation.answersAs(HttpHead.CONTENT_TYPE);
      new BytesUrlAnswer(event, (body, spec) -> streamWhenDue(spec, faults, body))
          .writeTo(faults.on(invocation.metered(sink)));
      return;
    }
    BytesSpec spec = BytesSpec.parse(event.path("spec"));
    String transfer = event.path("transfer").asText("RESPONSE_STREAM");
    Pacer.awaitNanoTime(System.nanoTime() + spec.firstByteAfter().toNanos());
    switch (transfer) {
      case "RESPONSE_STREAM" -> stream(spec, faults, faults.on(invocation.metered(sink)));
      case "BUFFERED" -> answerWhole(spec, faults, faults.on(invocation.metered(sink)));
      case "CALLBACK" -> push(spec, invocation, sink);
      default ->
          throw FunctionFailed.of(
              "InvalidEvent",
              "transfer: " + transfer + " (expected: RESPONSE_STREAM, BUFFERED or CALLBACK)");
    }
  }

  private static void streamWhenDue(BytesSpec spec, Faults faults, ResponseSink sink)
      throws FunctionFailed, IOException, InterruptedException {
    Pacer.awaitNanoTime(System.nanoTime() + spec.firstByteAfter().toNanos());
    stream(spec, faults, sink);
  }

  /** The first byte leaves at once, the last one exactly when the whole is due. */
  private static void stream(BytesSpec spec, Faults faults, ResponseSink sink)
      throws FunctionFailed, IOException, InterruptedException {
    Pacer pacer = Pacer.startingNow(spec.bytesPerSecond());
    ByteBuffer piece = ByteBuffer.allocate(pacer.pieceBytes());
    for (long sent = 0; sent < spec.sizeBytes(); sent += piece.limit()) {
      int most = sent == 0 && spec.bytesPerSecond() > 0 ? FIRST_PIECE_BYTES : piece.capacity();
      piece.clear().limit((int) Math.min(most, spec.sizeBytes() - sent));
      fill(piece, spec.seed(), sent);
      piece.flip();
      if (sent == 0) {
        spoilSignature(piece.array(), faults);
      } else {
        pacer.awaitDue(sent + piece.limit());
      }
      sink.write(piece);
    }
    pacer.awaitDue(spec.sizeBytes());
  }

  private static void answerWhole(BytesSpec spec, Faults faults, ResponseSink sink)
      throws FunctionFailed, IOException, InterruptedException {
    if (spec.sizeBytes() > Integer.MAX_VALUE / 4) {
      throw FunctionFailed.of(
          "InvalidSpec",
          "sizeBytes: " + spec.sizeBytes() + " (expected: a BUFFERED answer's size)");
    }
    Pacer pacer = Pacer.startingNow(spec.bytesPerSecond());
    byte[] content = content((int) spec.sizeBytes(), spec.seed());
    spoilSignature(content, faults);
    ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("body", Base64.getEncoder().encodeToString(content))
            .put("isBase64Encoded", true);
    pacer.awaitDue(spec.sizeBytes());
    sink.write(ascii(answer));
  }

  /** The faults are the push's, since that is the way of the image; the answer only sums it up. */
  private void push(BytesSpec spec, Invocation invocation, ResponseSink answer)
      throws FunctionFailed, IOException, InterruptedException {
    Faults faults = invocation.faults();
    FaultyUpload to = FaultyUpload.to(invocation.event().path("upload"), uploads, faults);
    try (UploadSink upload = new UploadSink(to)) {
      try {
        stream(spec, faults, faults.withoutCap().on(invocation.metered(upload)));
      } catch (FunctionFailed | IOException e) {
        // Whole parts that came before the fault are not to be lost by chance.
        upload.awaitSent();
        throw e;
      }
      PartUploader.Receipt receipt = upload.complete();
      answer.write(
          ascii(
              JsonNodeFactory.instance
                  .objectNode()
                  .put("sizeBytes", receipt.sizeBytes())
                  .put("sha256", receipt.sha256())));
    }
  }

  private static void spoilSignature(byte[] content, Faults faults) {
    if (faults.notAnImage()) {
      Arrays.fill(content, 0, Math.min(Long.BYTES, content.length), (byte) 0);
    }
  }

  private static ByteBuffer ascii(JsonNode json) {
    return ByteBuffer.wrap(json.toString().getBytes(StandardCharsets.US_ASCII));
  }

  private static long word(long seed, long index) {
    if (index == 0) {
      return PNG_SIGNATURE;
    }
    long z = seed + index * GOLDEN_GAMMA;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static byte byteAt(long seed, long at) {
    return (byte) (word(seed, at >>> 3) >>> (8 * (at & 7)));
  }
}
