package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Supervised processes are shells here, which run a script that a test may exchange. */
@Timeout(120)
class SupervisorTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration AT_ONCE = Duration.ofMillis(1);
  private static final Duration NEVER = Duration.ofDays(1);
  private static final String UP = "echo $1 pid=$$ at=$PLACE; exec sleep 600";

  @TempDir private Path directory;

  private final BlockingQueue<String> out = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> log = new LinkedBlockingQueue<>();
  private Path script;
  private ProcessGroup processes;

  @BeforeEach
  void makeGroup() throws IOException {
    var executable = PosixFilePermissions.fromString("rwx------");
    script =
        Files.createFile(
            directory.resolve("script"), PosixFilePermissions.asFileAttribute(executable));
    processes = new ProcessGroup(script, log::add);
  }

  @AfterEach
  void leaveNothing() throws InterruptedException {
    var _ = processes.tryBeginClosing();
    processes.kill("worker");
  }

  @Test
  void startsAgainWithTheSameSettingsAndCounts() throws Exception {
    try (var _ = supervise(backoff(AT_ONCE), UP)) {
      for (int restart = 1; restart <= 3; restart++) {
        ChildProcess child = current();
        child.kill();

        assertThat(nextLine(out))
            .isEqualTo("worker 1 pid=" + child.pid() + " ended with exit code 137");
        assertThat(nextLine(out))
            .isEqualTo(
                "worker 1 pid=%d at=here started again (restart %d)"
                    .formatted(current().pid(), restart));
        assertThat(current().pid()).isNotEqualTo(child.pid());
      }
    }
  }

  @Test
  void startsAgainWhatEndedWithoutAnError() throws Exception {
    try (var _ = supervise(backoff(AT_ONCE), "echo $1 pid=$$; exit 0")) {
      assertThat(nextLine(out)).endsWith("ended with exit code 0");
      assertThat(nextLine(out)).endsWith("started again (restart 1)");
    }
  }

  @Test
  void triesAgainUntilAStartSucceeds() throws Exception {
    try (var _ = supervise(backoff(AT_ONCE), UP)) {
      Files.writeString(script, "#!/bin/sh\nexit 2\n");
      current().kill();

      assertThat(nextLine(log)).contains("worker 1 ", "ended with exit code 2 before it was up");
      assertThat(nextLine(log)).contains("worker 1 ", "ended with exit code 2 before it was up");

      // In one step, since a file that is open for writing cannot be run.
      Path sound = Files.writeString(directory.resolve("sound"), "#!/bin/sh\n" + UP + "\n");
      Files.setPosixFilePermissions(sound, Files.getPosixFilePermissions(script));
      Files.move(sound, script, StandardCopyOption.REPLACE_EXISTING);
      assertThat(nextLine(out)).endsWith("ended with exit code 137");
      assertThat(nextLine(out)).contains(" at=here started again (restart ");
    }
  }

  @Test
  void givesUpAStartThatTakesTooLong() throws Exception {
    ChildProcess first = first(UP);
    Files.writeString(script, "#!/bin/sh\nexec sleep 600\n");
    try (var supervisor =
        new Supervisor(processes, backoff(AT_ONCE), AT_ONCE, out::add, log::add)) {
      supervisor.keepRunning(first);
      first.kill();

      assertThat(nextLine(log)).isEqualTo("coatcheck: worker 1 was not up within 0 s");
      assertThat(nextLine(log)).isEqualTo("coatcheck: worker 1 was not up within 0 s");
    }
  }

  /** 1. It has ended, and waits for its next start. 2. The group begins to close. 3. No start. */
  @Test
  void startsNothingWhenTheGroupIsClosing() throws Exception {
    ChildProcess child;
    try (var _ = supervise(backoff(NEVER), UP)) {
      child = current();
      child.kill();
      assertThat(nextLine(out)).endsWith("ended with exit code 137");

      assertThat(processes.tryBeginClosing()).isTrue();
    }
    assertThatThrownBy(() -> processes.startAgain(child)).isInstanceOf(Failure.class);
    assertThatThrownBy(() -> processes.start("worker 2", Map.of())).isInstanceOf(Failure.class);
    assertThat(processes.all()).containsExactly(child);
  }

  /** 1. It is started again, and is not up yet. 2. The group closes. 3. It ends, unannounced. */
  @Test
  void leavesWhatIsBeingStartedToTheGroup() throws Exception {
    Path begun = directory.resolve("begun");
    ChildProcess first =
        first("[ -e " + begun + " ] || { touch " + begun + "; " + UP + "; }; exec sleep 600");
    try (var supervisor = new Supervisor(processes, backoff(AT_ONCE), LONG, out::add, log::add)) {
      supervisor.keepRunning(first);
      first.kill();
      assertThat(nextLine(out)).endsWith("ended with exit code 137");
      await().atMost(LONG).until(() -> current() != first);

      assertThat(processes.tryBeginClosing()).isTrue();
    }
    ChildProcess second = current();
    processes.stop("worker", LONG);

    assertThat(second.isAlive()).isFalse();
    assertThat(processes.all()).containsExactly(second);
    assertThat(out).isEmpty();
  }

  @Test
  void supervisesNothingWhenItIsClosed() throws Exception {
    var supervisor = supervise(backoff(AT_ONCE), UP);
    supervisor.close();

    assertThatThrownBy(() -> supervisor.keepRunning(current())).isInstanceOf(Failure.class);
  }

  private Supervisor supervise(Supplier<RestartBackoff> backoff, String body) throws Exception {
    ChildProcess first = first(body);
    var supervisor = new Supervisor(processes, backoff, LONG, out::add, log::add);
    supervisor.keepRunning(first);
    return supervisor;
  }

  private static Supplier<RestartBackoff> backoff(Duration pause) {
    return () -> new RestartBackoff(pause, pause, NEVER);
  }

  private ChildProcess first(String body) throws Exception {
    Files.writeString(script, "#!/bin/sh\n" + body + "\n");
    ChildProcess first = processes.start("worker 1", Map.of("PLACE", "here"));
    var _ = first.awaitAnnouncement(LONG);
    return first;
  }

  private ChildProcess current() {
    return processes.all().getFirst();
  }

  private static String nextLine(BlockingQueue<String> lines) throws InterruptedException {
    String line = lines.poll(LONG.toSeconds(), TimeUnit.SECONDS);
    assertThat(line).as("a line, in time").isNotNull();
    return line;
  }
}
