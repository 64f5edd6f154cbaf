package dev.coatcheck.cli.pickup;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A client that wants one image, goes on where it was cut, and goes to the next gateway for that
 * each time.
 *
 * <p><b>Threading:</b> one thread.
 */
final class ResumingClient {

  /** Says what happens to the next connection. */
  interface Network {
    FaultPlan next(ResumingClient client);
  }

  private enum Step {
    DONE,
    AGAIN
  }

  private static final int MAX_TRIES = 60;

  private final List<FaultProxy> gateways;
  private final String location;
  private final boolean keepsTag;
  private final Copy copy;
  private final Ledger ledger;
  private final StringBuilder trail = new StringBuilder();

  private String tag = "";
  private int cuts;

  /**
   * A client that has nothing yet.
   *
   * @param keepsTag false when it comes back with the key alone
   */
  ResumingClient(
      List<FaultProxy> gateways, String location, boolean keepsTag, Copy copy, Ledger ledger) {
    this.gateways = gateways;
    this.location = location;
    this.keepsTag = keepsTag;
    this.copy = copy;
    this.ledger = ledger;
  }

  Copy copy() {
    return copy;
  }

  boolean keepsTag() {
    return keepsTag;
  }

  /** True when it can show that it is the claimant. */
  boolean hasTag() {
    return keepsTag && !tag.isEmpty();
  }

  /** How often it was cut. */
  int cuts() {
    return cuts;
  }

  /** What it did and what happened to it. */
  String trail() {
    return trail.toString();
  }

  /**
   * Goes on until it has the whole, the image is gone, or too many tries have failed. If its
   * connection is cut behind the last byte, it says that it has that by asking for more.
   */
  void pickUp(Network network) throws InterruptedException {
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      FaultProxy gateway = gateways.get(tries % gateways.size());
      FaultPlan plan = network.next(this);
      trail.append(
          " [%d, %s %s %d:".formatted(copy.held(), plan.fault(), plan.from(), plan.bytes()));
      int before = gateway.fired();
      gateway.next(plan);
      Step step = attempt(gateway.port());
      if (plan.fault().isCut()) {
        cuts += gateway.fired() - before;
      }
      trail.append(']');
      boolean mayBeCutBehindTheEnd = plan.fault().isCut() && copy.isWhole() && hasTag();
      if (step == Step.DONE && !mayBeCutBehindTheEnd) {
        return;
      }
    }
    ledger.complain("gave up: " + location + trail);
  }

  private Step attempt(int port) throws InterruptedException {
    Map<String, String> headers = new HashMap<>();
    if (hasTag()) {
      headers.put("Range", "bytes=" + copy.held() + "-");
      headers.put("If-Range", tag);
    } else if (copy.held() > 0) {
      headers.put("Range", "bytes=" + copy.held() + "-");
    }
    try (Download answer = Download.get(port, location + "/content", headers)) {
      trail.append(' ').append(answer.head().status());
      return switch (answer.head().status()) {
        case 200 -> whole(answer, headers);
        case 206 -> part(answer);
        case 409 -> busy(answer);
        case 416 -> pastEnd(answer);
        case 410 -> Step.DONE;
        default -> {
          ledger.complain("answered " + answer.head() + ", " + answer.text() + trail);
          yield Step.DONE;
        }
      };
    } catch (IOException e) {
      trail.append(" broke: ").append(e.getMessage());
      return Step.AGAIN;
    }
  }

  private Step whole(Download answer, Map<String, String> asked) throws IOException {
    if (asked.containsKey("Range")) {
      ledger.complain("the whole instead of a part: " + location + trail);
    }
    keepTag(answer);
    copy.startOver();
    return read(answer);
  }

  private Step part(Download answer) throws IOException {
    keepTag(answer);
    String range = answer.head().header("Content-Range").orElse("");
    if (!range.startsWith("bytes " + copy.held() + "-")) {
      ledger.complain("another part: " + range + ", " + location + trail);
      return Step.DONE;
    }
    ledger.count("resumed with " + (hasTag() ? "the tag" : "the key alone"));
    return read(answer);
  }

  private Step read(Download answer) throws IOException {
    copy.finishFrom(answer);
    return Step.DONE;
  }

  private void keepTag(Download answer) {
    String shown = answer.head().header("ETag").orElse("");
    if (shown.isEmpty() || (hasTag() && !tag.equals(shown))) {
      ledger.complain("another tag: '" + shown + "', " + location + trail);
    }
    tag = shown;
  }

  private Step busy(Download answer) throws IOException, InterruptedException {
    if (hasTag()) {
      ledger.complain("the claimant has to wait: " + answer.text() + trail);
    }
    ledger.count("waited with the key alone");
    TimeUnit.SECONDS.sleep(Long.parseLong(answer.head().header("Retry-After").orElseThrow()));
    return Step.AGAIN;
  }

  private Step pastEnd(Download answer) {
    String range = answer.head().header("Content-Range").orElse("");
    if (!range.equals("bytes */" + copy.held())) {
      ledger.complain("past the end of " + range + location + trail);
    }
    copy.ended();
    ledger.count("had all, and was told so by 416");
    return Step.DONE;
  }
}
