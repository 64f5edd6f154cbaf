package dev.coatcheck.lambda.local.url;

import dev.coatcheck.lambda.kit.HttpHead;
import dev.coatcheck.lambda.local.http.Exchange;
import dev.coatcheck.lambda.local.invocation.AnswerSink;
import dev.coatcheck.lambda.local.invocation.FunctionFailed;
import dev.coatcheck.lambda.local.invocation.Invocation;
import dev.coatcheck.lambda.local.sink.EventStreamSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a function's URL in the mode {@code RESPONSE_STREAM}: what the function streams is
 * the body, chunk by chunk, with the status and headers of its {@link HttpHead} where it gives one.
 * A function that fails before its body is 502; one that fails later leaves an answer that does not
 * end.
 *
 * <p>When the browser disconnects, the function still runs to its end: "streamed responses are not
 * interrupted or stopped when the invoking client connection is broken" (AWS Lambda Developer
 * Guide, "Response streaming").
 *
 * <p><b>Threading:</b> one writer at a time.
 */
final class UrlSink implements AnswerSink {

  private static final HttpHead NONE = new HttpHead(200, Map.of(), List.of());
  private static final int MAX_HEAD_BYTES = 16 * 1024;

  /** They say how one connection carries a body, and that is not the function's. */
  private static final Set<String> OF_THE_CONNECTION =
      Set.of("connection", "content-length", "keep-alive", "trailer", "transfer-encoding");

  private final Exchange exchange;
  private final Invocation invocation;

  // state
  private @Nullable ByteArrayOutputStream head;
  private int zeros;
  private boolean begun;
  private boolean gone;
  private long taken;

  UrlSink(Exchange exchange, Invocation invocation) {
    this.exchange = exchange;
    this.invocation = invocation;
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException, FunctionFailed {
    taken += bytes.remaining();
    if (taken > EventStreamSink.MAX_BYTES) {
      throw FunctionFailed.tooLarge(EventStreamSink.MAX_BYTES);
    }
    if (!begun) {
      begin(bytes);
    }
    if (begun && bytes.hasRemaining()) {
      send(bytes, false);
    }
    bytes.position(bytes.limit());
  }

  @Override
  public void end(@Nullable FunctionFailed error) throws IOException {
    boolean noHead = !begun && isHttp();
    if (begun && error != null) {
      throw new IOException("the function failed in the middle of its answer", error);
    }
    if (error != null || noHead) {
      exchange.answer(
          502, "text/plain", "Internal Server Error".getBytes(StandardCharsets.US_ASCII));
    } else if (!gone) {
      if (!begun) {
        begin(NONE);
      }
      send(ByteBuffer.allocate(0), true);
    }
  }

  /** Takes what is left of the head; the body may follow it. */
  private void begin(ByteBuffer bytes) throws FunctionFailed {
    if (!isHttp()) {
      begin(NONE);
      return;
    }
    ByteArrayOutputStream json = head == null ? new ByteArrayOutputStream() : head;
    head = json;
    while (bytes.hasRemaining() && zeros < HttpHead.DELIMITER_BYTES) {
      byte next = bytes.get();
      if (next == 0) {
        zeros++;
      } else if (zeros > 0 || json.size() == MAX_HEAD_BYTES) {
        throw FunctionFailed.invalidResponse("no head of 16 KiB at most, and 8 zeros");
      } else {
        json.write(next);
      }
    }
    if (zeros == HttpHead.DELIMITER_BYTES) {
      byte[] bytesOfHead = json.toByteArray();
      Optional<HttpHead> parsed = HttpHead.parse(bytesOfHead);
      if (parsed.isEmpty()) {
        throw FunctionFailed.invalidResponse(
            "its head is " + new String(bytesOfHead, StandardCharsets.UTF_8));
      }
      begin(parsed.get());
    }
  }

  private void begin(HttpHead parsedHead) {
    exchange.answerHeader(
        "Content-Type", isHttp() ? "application/octet-stream" : invocation.contentType());
    parsedHead
        .headers()
        .forEach((name, value) -> {
          if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
            exchange.answerHeader(name, value);
          }
        });
    parsedHead.cookies().forEach(cookie -> exchange.addAnswerHeader("Set-Cookie", cookie));
    exchange.answerStatus(parsedHead.status());
    begun = true;
  }

  private void send(ByteBuffer bytes, boolean last) throws IOException {
    if (gone) {
      return;
    }
    try {
      exchange.write(bytes, last);
    } catch (InterruptedIOException e) {
      throw e; // the function's timeout has passed
    } catch (IOException e) {
      gone = true;
    }
  }

  private boolean isHttp() {
    return invocation.contentType().equals(HttpHead.CONTENT_TYPE);
  }
}
