package dev.coatcheck.lambda.map.handler;

import com.fasterxml.jackson.databind.JsonNode;
import dev.coatcheck.lambda.kit.HttpHead;
import dev.coatcheck.lambda.kit.HttpProblem;
import dev.coatcheck.lambda.kit.InvalidEventException;
import dev.coatcheck.lambda.kit.UrlRequest;
import dev.coatcheck.lambda.map.paint.MapImage;
import dev.coatcheck.lambda.map.spec.MapSpec;
import dev.coatcheck.lambda.map.tile.TileFailed;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The answer to one request of the function's URL: the image's bytes, or its events, or what is
 * wrong with the request. Nothing is sent before the image's first byte, so that a failure until
 * then is a failure of the invocation, which the URL answers with 502.
 */
final class UrlAnswer {

  private final JsonNode event;
  private final MapImage image;

  UrlAnswer(JsonNode event, MapImage image) {
    this.event = event;
    this.image = image;
  }

  /** Writes the head and the body; does not end the stream. */
  void writeTo(ResponseStream out) throws IOException, TileFailed, InterruptedException {
    try {
      UrlRequest request = UrlRequest.parse(event);
      MapSpec spec = parse(request.spec());
      if (request.wantsEvents()) {
        writeEvents(spec, out);
      } else {
        writeHead(200, spec.contentType(), out);
        image.write(spec, out);
      }
    } catch (HttpProblem problem) {
      writeHead(problem.status(), HttpProblem.CONTENT_TYPE, out);
      out.write(problem.json());
    }
  }

  private void writeEvents(MapSpec spec, ResponseStream out)
      throws IOException, TileFailed, InterruptedException {
    writeHead(200, "text/event-stream", out);
    ImageEventStream events = new ImageEventStream(out);
    events.begin(spec.contentType());
    try {
      image.write(spec, events);
      events.complete();
    } catch (TileFailed e) {
      fail(events, e.message(), out);
      throw e;
    } catch (RuntimeException e) {
      fail(events, e.toString(), out);
      throw e;
    }
  }

  private static void fail(ImageEventStream events, String detail, ResponseStream out)
      throws IOException {
    if (out.hasBegun()) {
      events.fail(HttpProblem.functionFailed(detail));
    }
  }

  private static void writeHead(int status, String contentType, ResponseStream out)
      throws IOException {
    Map<String, String> headers = new HashMap<>();
    headers.put("Content-Type", contentType);
    headers.put("Cache-Control", "no-store");
    if (status == 405) {
      headers.put("Allow", "GET, POST");
    }
    out.write(new HttpHead(status, headers, List.of()).toBytes());
  }

  private static MapSpec parse(JsonNode spec) throws HttpProblem {
    try {
      return MapSpec.parse(spec);
    } catch (InvalidEventException e) {
      throw HttpProblem.specRefused(e.message());
    }
  }
}
