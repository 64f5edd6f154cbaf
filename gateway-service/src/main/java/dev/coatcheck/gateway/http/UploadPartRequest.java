package dev.coatcheck.gateway.http;

import dev.coatcheck.gateway.routing.GeneratorFailure;
import dev.coatcheck.gateway.routing.UploadPartCall;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpStatus;

/**
 * One part on its way from the body of a request into a call to a generator: the body is read while
 * the call is ready, and nothing is kept.
 *
 * <p><b>Threading:</b> the body's reads are one at a time; what becomes of the call is told on the
 * event loop of its channel, perhaps in the middle of a read.
 */
final class UploadPartRequest implements RequestBody.Reader, UploadPartCall.Listener {

  private final Exchange exchange;
  private final UploadPartCall call;

  private UploadPartRequest(Exchange exchange, UploadPartCall call) {
    this.exchange = exchange;
    this.call = call;
  }

  /** Sends the body of {@code exchange} into {@code call}, which has not begun, and answers. */
  static void begin(Exchange exchange, UploadPartCall call) {
    var upload = new UploadPartRequest(exchange, call);
    exchange.whileWaiting(cause -> {
      exchange.fail(cause);
      call.cancel();
    });
    call.start(upload)
        .whenComplete((started, thrown) -> {
          if (thrown != null) {
            exchange.sendFailure(thrown);
          } else {
            exchange.body().readInto(upload);
          }
        });
  }

  @Override
  public boolean isReady() {
    return call.isReady();
  }

  @Override
  public void data(ByteBuffer data) {
    call.send(data);
  }

  @Override
  public void end() {
    call.finish();
  }

  @Override
  public void broken(Throwable cause) {
    exchange.sendProblem(Problem.brokenBody());
    call.cancel();
  }

  @Override
  public void overdue() {
    exchange.sendProblem(Problem.slowBody());
    call.cancel();
  }

  @Override
  public void onReady() {
    exchange.body().resume();
  }

  @Override
  public void onWritten() {
    exchange.sendEmpty(HttpStatus.NO_CONTENT_204);
  }

  @Override
  public void onFailure(GeneratorFailure failure) {
    exchange.sendProblem(ProblemMapper.toPartProblem(failure));
  }
}
