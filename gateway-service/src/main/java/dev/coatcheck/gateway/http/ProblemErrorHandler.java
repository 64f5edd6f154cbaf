package dev.coatcheck.gateway.http;

import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Makes the HTTP server's own errors, of requests that reach no route, problems like ours. */
final class ProblemErrorHandler extends ErrorHandler {

  private final BodyReception bodies;

  ProblemErrorHandler(BodyReception bodies) {
    this.bodies = bodies;
  }

  /** For all of them: the server itself leaves out DELETE and PATCH. */
  @Override
  public boolean errorPageForMethod(String method) {
    return true;
  }

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int code,
      String message,
      @Nullable Throwable cause,
      Callback callback) {
    AnnouncedClose.announce(request, response.getHeaders());
    String reason = HttpStatus.isServerError(code) ? Problem.INTERNAL : Problem.INVALID_REQUEST;
    String detail = message == null ? String.valueOf(HttpStatus.getMessage(code)) : message;
    new Exchange(request, response, callback, bodies).sendProblem(Problem.of(code, reason, detail));
  }
}
