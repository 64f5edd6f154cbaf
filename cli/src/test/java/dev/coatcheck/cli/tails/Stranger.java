package dev.coatcheck.cli.tails;

import dev.coatcheck.cli.ImageClient;
import dev.coatcheck.cli.pickup.Copy;
import dev.coatcheck.cli.pickup.Download;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;

/** Somebody who has the key, and nothing else, and comes through another gateway. */
final class Stranger {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(20);
  static final String DELIVERED = "IMAGE_DELIVERED";

  private final InetSocketAddress gateway;
  private final String path;

  /** The final answer to a request for all of it. */
  record Answer(Outcome.Fate fate, String text) {}

  Stranger(InetSocketAddress gateway, String location) {
    this.gateway = gateway;
    this.path = location + "/content";
  }

  /**
   * Goes on where the copy ends, as often as it has to.
   *
   * @return what it was answered in the end
   */
  String resume(Copy copy) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    String answer = "nothing";
    while (System.nanoTime() < deadline) {
      try (Download download = open(copy.held())) {
        int status = download.head().status();
        if (status == 200 || status == 206) {
          if (status == 200) {
            copy.startOver();
          }
          download.read(copy);
          return Integer.toString(status);
        }
        answer = status + " " + reason(download);
        if (status != 409 && status != 503) {
          return answer;
        }
        String seconds = download.head().header("Retry-After").orElse("1");
        Thread.sleep(Duration.ofSeconds(Long.parseLong(seconds)));
      } catch (IOException e) {
        answer = e.toString();
        Thread.sleep(POLL_INTERVAL);
      }
    }
    return answer;
  }

  /**
   * Asks for all of it until there is an answer for good: {@code WHOLE} when the image is gone as
   * delivered, {@code TWICE} when the stranger is given it, {@code FAILED} for any other answer, or
   * none in time.
   */
  Answer awaitDelivered() throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    String text = "nothing";
    while (System.nanoTime() < deadline) {
      try (Download download = open(0)) {
        int status = download.head().status();
        if (status == 200 || status == 206) {
          return new Answer(Outcome.Fate.TWICE, Integer.toString(status));
        }
        text = status + " " + reason(download);
        if (status == 410 && text.endsWith(DELIVERED)) {
          return new Answer(Outcome.Fate.WHOLE, text);
        }
        if (status != 409 && status != 503) {
          return new Answer(Outcome.Fate.FAILED, text);
        }
      } catch (IOException e) {
        text = e.toString();
      }
      Thread.sleep(POLL_INTERVAL);
    }
    return new Answer(Outcome.Fate.FAILED, text);
  }

  private static String reason(Download refused) throws IOException {
    return ImageClient.json(refused.text()).path("reason").asText();
  }

  private Download open(long offset) throws IOException {
    Map<String, String> headers = offset == 0 ? Map.of() : Map.of("Range", "bytes=" + offset + "-");
    return new Download(gateway, "GET", path, headers, "", PATIENCE);
  }
}
