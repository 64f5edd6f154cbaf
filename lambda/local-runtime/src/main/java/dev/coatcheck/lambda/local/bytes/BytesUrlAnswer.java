package dev.coatcheck.lambda.local.bytes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.coatcheck.lambda.kit.HttpHead;
import dev.coatcheck.lambda.kit.HttpProblem;
import dev.coatcheck.lambda.kit.UrlRequest;
import dev.coatcheck.lambda.local.invocation.FunctionFailed;
import dev.coatcheck.lambda.local.invocation.ResponseSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@link BytesFunction} answers to a request of its URL: the bytes, or their events, or what
 * is wrong with the request, behind a {@link HttpHead}.
 */
final class BytesUrlAnswer {

  /** Writes the content that a spec asks for. */
  interface Content {
    void writeTo(ResponseSink sink, BytesSpec spec)
        throws FunctionFailed, IOException, InterruptedException;
  }

  private final JsonNode event;
  private final Content content;

  BytesUrlAnswer(JsonNode event, Content content) {
    this.event = event;
    this.content = content;
  }

  /** The spec in the event, or anything that is none. */
  static JsonNode specIn(JsonNode event) {
    try {
      return UrlRequest.parse(event).spec();
    } catch (HttpProblem e) {
      return event.path("spec"); // which such an event has not
    }
  }

  void writeTo(ResponseSink sink) throws FunctionFailed, IOException, InterruptedException {
    try {
      UrlRequest request = UrlRequest.parse(event);
      BytesSpec spec = parse(request.spec());
      if (request.wantsEvents()) {
        sink.write(head(200, "text/event-stream"));
        ImageEventSink events = new ImageEventSink(sink);
        events.begin("image/png");
        content.writeTo(events, spec);
        events.complete();
      } else {
        sink.write(head(200, "image/png"));
        content.writeTo(sink, spec);
      }
    } catch (HttpProblem problem) {
      sink.write(head(problem.status(), HttpProblem.CONTENT_TYPE));
      sink.write(ByteBuffer.wrap(problem.json()));
    }
  }

  private static ByteBuffer head(int status, String contentType) {
    Map<String, String> headers = new HashMap<>();
    headers.put("Content-Type", contentType);
    headers.put("Cache-Control", "no-store");
    if (status == 405) {
      headers.put("Allow", "GET, POST");
    }
    return ByteBuffer.wrap(new HttpHead(status, headers, List.of()).toBytes());
  }

  private static BytesSpec parse(JsonNode spec) throws HttpProblem {
    try {
      return BytesSpec.parse(spec);
    } catch (FunctionFailed e) {
      throw HttpProblem.specRefused(e.detailsMessage());
    }
  }
}
