package dev.coatcheck.generator.lambda;

import com.amazonaws.Request;
import com.amazonaws.handlers.RequestHandler2;
import com.amazonaws.http.HttpResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.http.client.methods.HttpRequestBase;

/**
 * Lets the AWS SDK v1 read no more than the beginning of a function's error, before it is on the
 * heap; or of any answer, where answers mean nothing. The SDK discards the rest when it closes the
 * response, so that the connection is used again. An answer that holds an image has an {@link
 * AnswerLimit}.
 */
final class ErrorBodyLimit extends RequestHandler2 {

  private static final String FUNCTION_ERROR = "X-Amz-Function-Error";

  private final boolean ofAll;

  private ErrorBodyLimit(boolean ofAll) {
    this.ofAll = ofAll;
  }

  /** For answers that hold images. */
  static ErrorBodyLimit ofErrors() {
    return new ErrorBodyLimit(false);
  }

  /** For answers that only end a call. */
  static ErrorBodyLimit ofAll() {
    return new ErrorBodyLimit(true);
  }

  @Override
  public HttpResponse beforeUnmarshalling(Request<?> request, HttpResponse response) {
    boolean limited = ofAll || isFunctionError(response);
    if (limited && response.getContent() != null) {
      try {
        byte[] beginning = response.getContent().readNBytes(FunctionError.MAX_BYTES);
        response.setContent(new ByteArrayInputStream(beginning));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    } else if (response.getContent() != null) {
      HttpRequestBase call = response.getHttpRequest();
      response.setContent(new AnswerLimit(response.getContent(), call::abort));
    }
    return response;
  }

  private static boolean isFunctionError(HttpResponse response) {
    List<String> values = response.getHeaderValues(FUNCTION_ERROR);
    return values != null && !values.isEmpty();
  }
}
