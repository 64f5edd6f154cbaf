package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ChildProcessTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();

  @Test
  void passesOnWhatTheChildSaysUnderItsName() throws Exception {
    var child = start("echo one >&2; echo worker pid=$$ at=$PLACE; echo two; exec cat");

    var announcement = child.awaitAnnouncement(LONG);
    assertThat(announcement.as("worker 1")).isEqualTo("worker 1 pid=" + child.pid() + " at=here");
    assertThat(said.poll(30, TimeUnit.SECONDS)).isEqualTo("worker 1 | one");
    assertThat(said.poll(30, TimeUnit.SECONDS)).isEqualTo("worker 1 | two");

    child.stop();
    child.awaitEnd(LONG);
    assertThat(child.ending())
        .isEqualTo("worker 1 pid=" + child.pid() + " ended with exit code 143");
  }

  @Test
  void saysHowAChildEndedThatNeverWasUp() throws Exception {
    var child = start("echo no such setting >&2; exit 2");

    assertThatThrownBy(() -> child.awaitAnnouncement(LONG))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("worker 1 pid=" + child.pid() + " ended with exit code 2 before");
    assertThat(said.poll(30, TimeUnit.SECONDS)).isEqualTo("worker 1 | no such setting");
  }

  @Test
  void killsAChildThatDoesNotGo() throws Exception {
    var child = start("trap '' TERM; echo worker pid=$$; while :; do sleep 1; done");
    child.awaitAnnouncement(LONG);

    child.stop();
    child.awaitEnd(Duration.ofMillis(100));

    assertThat(child.isAlive()).isFalse();
    assertThat(child.ending()).endsWith("ended with exit code 137");
  }

  @Test
  void doesNotStartWhatIsNotThere() {
    assertThatThrownBy(
            () -> ChildProcess.start("worker 1", List.of("/no/such/program"), Map.of(), said::add))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("worker 1 cannot be started");
  }

  private ChildProcess start(String script) throws Failure {
    return ChildProcess.start(
        "worker 1", List.of("sh", "-c", script), Map.of("PLACE", "here"), said::add);
  }
}
