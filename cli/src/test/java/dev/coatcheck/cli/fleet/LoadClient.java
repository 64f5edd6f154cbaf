package dev.coatcheck.cli.fleet;

import dev.coatcheck.cli.ImageClient;
import dev.coatcheck.cli.pickup.Copy;
import dev.coatcheck.cli.pickup.Download;
import dev.coatcheck.cli.pickup.Ledger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Somebody who wants one image, asks for it, picks it up through other gateways, and goes on
 * through the next where something breaks; and who then sees, as a stranger, what is left of it.
 *
 * <p><b>Threading:</b> one thread.
 */
final class LoadClient {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final int PACES_PER_SECOND = 20;

  private final Gateways gateways;
  private final Ledger ledger;
  private final Order order;
  private final boolean repeats;
  private final Copy copy;
  private final StringBuilder trail = new StringBuilder();
  private final long startNanos = System.nanoTime();

  // state
  private long stepNanos = startNanos; // when it last did something: it may have waited in between
  private String location = "";
  private String tag = "";
  private int resumes;
  private int refusals;
  private boolean strangerGotIt;
  private Optional<String> goneAs = Optional.empty();

  /**
   * A customer who has nothing yet.
   *
   * @param repeats true when the request for the image has a name, so that it can be sent again
   */
  LoadClient(Gateways gateways, Ledger ledger, Order order, boolean repeats) {
    this.repeats = repeats;
    this.gateways = gateways;
    this.ledger = ledger;
    this.order = order;
    this.copy = new Copy(order.sizeBytes(), order.number());
  }

  /** Where the image is; empty before it was asked for. */
  String location() {
    return location;
  }

  /** The image as operators see it: the beginning of the SHA-256 of its key. */
  String imageId() {
    String key = location.substring(location.lastIndexOf('/') + 1);
    return ImageClient.sha256(key.getBytes(StandardCharsets.US_ASCII)).substring(0, 8);
  }

  /** When it began. */
  long startNanos() {
    return startNanos;
  }

  /** How often its download broke off. */
  int resumes() {
    return resumes;
  }

  /** How often it was told to come again. */
  int refusals() {
    return refusals;
  }

  @Override
  public String toString() {
    return order + " " + (location.isEmpty() ? "" : imageId()) + trail;
  }

  /** Asks for the image, as often as it takes, by the same name for the request. */
  void create() throws InterruptedException {
    Map<String, String> headers = new HashMap<>();
    headers.put("Content-Type", "application/json");
    if (repeats) {
      headers.put("Idempotency-Key", "\"order-" + startNanos + "-" + order.number() + "\"");
    }
    while (location.isEmpty() && !isLate("create")) {
      try (Download answer = gateways.ask("POST", "/v1/images", headers, order.body())) {
        trail.append(" create ").append(answer.head().status());
        switch (answer.head().status()) {
          case 202 -> location = answer.head().header("Location").orElseThrow();
          case 503 -> {
            boolean _ = comeAgain(answer);
          }
          default -> {
            ledger.complain("create: " + answer.head() + answer.text());
            return;
          }
        }
      } catch (IOException e) {
        broke(e);
        if (!repeats) {
          ledger.complain("a create failed: " + this);
        }
      }
    }
  }

  /** Waits until all of it is made. */
  void awaitComplete() throws InterruptedException {
    boolean _ =
        until(
            "completion",
            () -> {
              try (Download answer =
                  gateways.ask("GET", location, Map.of("Prefer", "wait=15"), "")) {
                return ImageClient.json(answer.text()).path("state").asText().equals("COMPLETE");
              }
            });
  }

  /** Reads at most so many bytes, and goes away. */
  void begin(long most) throws InterruptedException {
    try (Download answer = gateways.ask("GET", location + "/content", Map.of(), "")) {
      trail.append(" begun ").append(answer.head().status());
      keepTag(answer);
      boolean _ = answer.read(copy, most);
    } catch (IOException e) {
      broke(e);
    }
  }

  /** Reads all that is left, until it has the whole or can have no more. */
  void pickUp() throws InterruptedException {
    stepNanos = System.nanoTime();
    if (order.claimsFirst() && tag.isEmpty()) {
      boolean _ = until("claim", this::claim);
    }
    boolean _ = until("pickup", this::read);
  }

  private interface Step {
    boolean isDone() throws IOException, InterruptedException;
  }

  private boolean until(String what, Step step) throws InterruptedException {
    while (!isLate(what)) {
      try {
        if (step.isDone()) {
          return true;
        }
      } catch (IOException e) {
        broke(e);
      }
    }
    return false;
  }

  private boolean claim() throws IOException, InterruptedException {
    try (Download answer =
        gateways.ask("GET", location + "/content", Map.of("Range", "bytes=0-0"), "")) {
      trail.append(" claim ").append(answer.head().status());
      return switch (answer.head().status()) {
        case 206 -> {
          copy.startOver();
          keepTag(answer);
          answer.read(copy);
          yield true;
        }
        case 409, 503 -> comeAgain(answer);
        default -> true; // the next step is told the same
      };
    }
  }

  private boolean read() throws IOException, InterruptedException {
    Map<String, String> headers = new HashMap<>();
    if (copy.held() > 0) {
      headers.put("Range", "bytes=" + copy.held() + "-");
    }
    if (!tag.isEmpty()) {
      headers.put(copy.held() > 0 ? "If-Range" : "If-Match", tag);
    }
    try (Download answer = gateways.ask("GET", location + "/content", headers, "")) {
      trail.append(" ").append(copy.held()).append(':').append(answer.head().status());
      return switch (answer.head().status()) {
        case 200, 206 -> content(answer);
        case 409, 503 -> {
          if (answer.head().status() == 409 && !tag.isEmpty()) {
            ledger.complain("the claimant has to wait: " + this);
          }
          yield comeAgain(answer);
        }
        case 416 -> {
          copy.ended();
          yield true;
        }
        case 410 -> {
          trail.append(answer.text());
          yield true;
        }
        default -> {
          ledger.complain("pickup: " + answer.head() + answer.text() + this);
          yield true;
        }
      };
    }
  }

  private boolean content(Download answer) throws IOException, InterruptedException {
    if ((answer.head().status() == 206) != (copy.held() > 0)) {
      ledger.complain("another part than asked for: " + this);
      copy.startOver();
    }
    keepTag(answer);
    readAtItsPace(answer);
    copy.ended();
    return true;
  }

  private void readAtItsPace(Download answer) throws IOException, InterruptedException {
    if (order.readBytesPerSecond() == 0) {
      answer.read(copy);
      return;
    }
    while (!answer.read(copy, order.readBytesPerSecond() / PACES_PER_SECOND + 1)) {
      Thread.sleep(1000 / PACES_PER_SECOND);
    }
  }

  private void keepTag(Download answer) {
    String shown = answer.head().header("ETag").orElse("");
    if (shown.isEmpty() || !(tag.isEmpty() || tag.equals(shown))) {
      ledger.complain("another tag: '" + shown + "', not " + tag + ", " + this);
    }
    tag = shown;
  }

  private void broke(IOException e) {
    resumes++;
    ledger.count("requests that broke off");
    trail.append(" broke(").append(copy.held()).append(": ").append(e.getMessage()).append(')');
  }

  private boolean comeAgain(Download answer) throws IOException, InterruptedException {
    refusals++;
    int status = answer.head().status();
    ledger.count("answers of " + status);
    if (answer.head().header("Retry-After").isEmpty()) {
      ledger.complain(status + " says nothing of when to retry: " + this);
    }
    trail.append(' ').append(ImageClient.json(answer.text()).path("detail").asText());
    Thread.sleep(PAUSE);
    return false;
  }

  private boolean isLate(String what) {
    boolean late = System.nanoTime() - stepNanos > PATIENCE.toNanos();
    if (late) {
      ledger.complain(what + " takes too long: " + this);
    }
    return late;
  }

  /** What is left of the image for whoever has its key alone. */
  Ledger.Ending ending() throws InterruptedException {
    boolean _ = until("the end", this::isOverForStrangers);
    return new Ledger.Ending(
        (copy.isWhole() ? 1 : 0) + (strangerGotIt ? 1 : 0), copy.isWrong(), goneAs);
  }

  private boolean isOverForStrangers() throws IOException, InterruptedException {
    try (Download answer = gateways.ask("GET", location + "/content", Map.of(), "")) {
      return switch (answer.head().status()) {
        case 410 -> {
          goneAs = Optional.of(ImageClient.json(answer.text()).path("reason").asText());
          yield true;
        }
        case 409 -> {
          confirm();
          yield false;
        }
        case 503 -> {
          Thread.sleep(PAUSE);
          yield false;
        }
        default -> {
          strangerGotIt = answer.head().status() == 200;
          trail.append(" stranger ").append(answer.head());
          yield true;
        }
      };
    }
  }

  /** Whose gateway died with the word that it has all of the image can still say so itself. */
  private void confirm() throws IOException, InterruptedException {
    Thread.sleep(PAUSE);
    if (copy.isWhole() && !tag.isEmpty()) {
      Map<String, String> headers = Map.of("Range", "bytes=" + copy.held() + "-", "If-Range", tag);
      try (Download answer = gateways.ask("GET", location + "/content", headers, "")) {
        ledger.count("told by the claimant itself that all had come");
        trail.append(" confirmed ").append(answer.head().status());
      }
    }
  }
}
