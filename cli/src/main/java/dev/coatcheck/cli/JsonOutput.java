package dev.coatcheck.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coatcheck.client.CoatcheckException;
import java.time.Duration;

/** How a pickup goes, as one JSON object a line. */
final class JsonOutput implements GetOutput {

  private static final Duration EVERY = Duration.ofSeconds(1);

  private final Printer out;

  // state, under this
  private final GetProgress progress = new GetProgress(EVERY);

  JsonOutput(Printer out) {
    this.out = out;
  }

  @Override
  public void named(String name) {
    say(event("created").put("name", name));
  }

  @Override
  public synchronized void progressed(long receivedBytes, long sizeBytes) {
    if (progress.isToBeTold(receivedBytes, sizeBytes)) {
      ObjectNode event = event("progress").put("receivedBytes", receivedBytes);
      say(sizeBytes > 0 ? event.put("sizeBytes", sizeBytes) : event);
    }
  }

  @Override
  public void interrupted(CoatcheckException why, Duration pause) {
    say(
        event("interrupted")
            .put("message", why.getMessage())
            .put("againInMillis", pause.toMillis()));
  }

  @Override
  public void done(long sizeBytes, String sha256, String file) {
    say(event("done").put("file", file).put("sizeBytes", sizeBytes).put("sha256", sha256));
  }

  @Override
  public void failed(int exitCode, String reason, String message, String resume) {
    ObjectNode event = event("failed").put("exitCode", exitCode).put("message", message);
    if (!reason.isEmpty()) {
      event.put("reason", reason);
    }
    say(resume.isEmpty() ? event : event.put("resume", resume));
  }

  private static ObjectNode event(String name) {
    return JsonNodeFactory.instance.objectNode().put("event", name);
  }

  private void say(ObjectNode event) {
    out.line(event.toString());
  }
}
