package dev.coatcheck.cli.tails;

import dev.coatcheck.cli.ImageClient;
import dev.coatcheck.cli.fleet.FleetProcess;
import dev.coatcheck.cli.fleet.Network.Cut;
import dev.coatcheck.cli.fleet.ProcessFleet;
import dev.coatcheck.cli.pickup.Copy;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * One image, its client, and the stranger who comes after.
 *
 * <ol>
 *   <li>The image is made.
 *   <li>A client, a process where {@code lane} lives, picks it up through a gateway, and ends.
 *   <li>A stranger goes on from the length of its file, through the other gateway; or asks in vain.
 * </ol>
 *
 * <p><b>Threading:</b> one thread.
 */
final class Round {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration RETRY_INTERVAL = Duration.ofMillis(300);
  private static final int LIVES_ON_SECONDS = 60;

  private final ProcessFleet fleet;
  private final String lane;
  private final List<String> entrances;
  private final ImageClient images;
  private final Plan plan;
  private final GrowingFile file;
  private final Path errors;

  /**
   * A round that is yet to run.
   *
   * @param entrances where clients pick up, as URLs: the gateways themselves, or a proxy before
   *     each
   */
  Round(
      ProcessFleet fleet,
      String lane,
      List<String> entrances,
      ImageClient images,
      Plan plan,
      Path directory) {
    this.fleet = fleet;
    this.entrances = entrances;
    this.lane = lane;
    this.images = images;
    this.plan = plan;
    this.file = new GrowingFile(directory.resolve(plan.number() + ".png"));
    this.errors = directory.resolve(plan.number() + ".err");
  }

  Outcome run() throws IOException, InterruptedException {
    FleetProcess gateway = fleet.gateways.get(plan.number() % 2);
    FleetProcess other = fleet.gateways.get((plan.number() + 1) % 2);
    String location;
    try {
      location = create(ProcessFleet.http(gateway));
    } catch (IOException e) {
      return failed(e.toString());
    }
    Stranger stranger = new Stranger(ProcessFleet.socketAddress(other), location);
    Process client = start(gateway, location);
    Optional<Pump> pump =
        plan.client().prints()
            ? Optional.of(Pump.start(client, file.path(), plan.bytesPerSecond(), plan.stopAt()))
            : Optional.empty();
    try {
      return plan.end().isClean()
          ? endCleanly(client, pump, stranger)
          : breakOff(client, pump, stranger);
    } finally {
      ProcessTree.of(client).kill();
      if (plan.end() == End.CUT_OFF) {
        fleet.network.heal(lane);
      }
      discard(ProcessFleet.http(other), location);
      file.delete();
    }
  }

  private String create(String gateway) throws IOException, InterruptedException {
    String image =
        "{\"maxBytes\": %d, \"spec\": {\"sizeBytes\": %d, \"seed\": %d}}"
            .formatted(plan.sizeBytes(), plan.sizeBytes(), plan.number());
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    HttpResponse<String> answer = post(gateway, image);
    while (answer.statusCode() == 503 && System.nanoTime() < deadline) {
      Thread.sleep(RETRY_INTERVAL);
      answer = post(gateway, image);
    }
    if (answer.statusCode() != 202) {
      throw new IOException("create: " + answer.body());
    }
    String location = answer.headers().firstValue("Location").orElseThrow();
    String state = images.finished(gateway, location).path("state").asText();
    if (!state.equals("COMPLETE")) {
      throw new IOException("create: " + state);
    }
    return location;
  }

  /** A gateway may close an idle connection when it is used again. */
  private HttpResponse<String> post(String gateway, String image)
      throws IOException, InterruptedException {
    try {
      return images.post(gateway, image);
    } catch (IOException e) {
      return images.post(gateway, image);
    }
  }

  private Process start(FleetProcess gateway, String location) throws IOException {
    List<String> command = new ArrayList<>(fleet.network.within(lane));
    String generators =
        fleet.generators.stream().map(FleetProcess::address).collect(Collectors.joining(","));
    command.addAll(
        plan.client()
            .command()
            .apply(
                new Client.Pickup(
                    entrances.get(plan.number() % entrances.size()),
                    ProcessFleet.grpc(gateway),
                    generators,
                    location,
                    file.path(),
                    plan.bytesPerSecond(),
                    plan.end() == End.KEPT ? LIVES_ON_SECONDS : 0)));
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    if (!plan.client().prints()) {
      builder.redirectErrorStream(true).redirectOutput(errors.toFile());
    }
    builder.environment().put(PacedFile.STOP_AT, Long.toString(plan.stopAt()));
    Process process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  private Outcome breakOff(Process client, Optional<Pump> pump, Stranger stranger)
      throws IOException, InterruptedException {
    if (plan.end() == End.CUT_OFF) {
      if (!file.awaitBytes(client, plan.cutAtBytes(), PATIENCE)) {
        return failed("never had that much; " + said());
      }
      fleet.network.cut(lane, Cut.BOTH_WAYS);
      boolean _ =
          file.awaitBytes(client, plan.endAtBytes(), Duration.ofMillis(plan.silentMillis()));
    } else if (!file.awaitBytes(client, plan.endAtBytes(), PATIENCE)) {
      return failed("never had that much; " + said());
    }
    ProcessTree processes = ProcessTree.of(client);
    processes.freeze();
    long unreadBytes = ReceiveQueue.bytes(client.pid());
    processes.kill();
    if (pump.isPresent()) {
      pump.get().await();
    }
    Copy copy = file.copy(plan.sizeBytes(), plan.number());
    long held = copy.held();
    String answer = copy.isWhole() ? "whole" : stranger.resume(copy);
    Outcome.Fate fate = Outcome.Fate.WHOLE;
    if (copy.isWrong()) {
      fate = Outcome.Fate.CORRUPTED;
    } else if (!copy.isWhole()) {
      boolean taken =
          unreadBytes <= plan.client().trailerBytes() && answer.endsWith(Stranger.DELIVERED);
      fate = taken ? Outcome.Fate.TAKEN : Outcome.Fate.LOST;
    }
    String note = "its kernel had %d unread; %s".formatted(unreadBytes, answer);
    return new Outcome(plan, fate, held, Optional.empty(), note);
  }

  private Outcome endCleanly(Process client, Optional<Pump> pump, Stranger stranger)
      throws IOException, InterruptedException {
    if (plan.end() == End.KEPT) {
      if (!file.awaitBytes(client, plan.sizeBytes(), PATIENCE)) {
        return failed("never had all; " + said());
      }
    } else if (!client.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || client.exitValue() != 0) {
      return failed("no clean end; " + said());
    }
    long ended = System.nanoTime();
    if (pump.isPresent()) {
      pump.get().await();
    }
    Stranger.Answer answer = stranger.awaitDelivered();
    Duration gone = Duration.ofNanos(System.nanoTime() - ended);
    Copy copy = file.copy(plan.sizeBytes(), plan.number());
    Outcome.Fate fate = copy.isWrong() || !copy.isWhole() ? Outcome.Fate.CORRUPTED : answer.fate();
    String note = "%d ms later: %s".formatted(gone.toMillis(), answer.text());
    return new Outcome(plan, fate, copy.held(), Optional.of(gone), note);
  }

  private Outcome failed(String note) {
    return new Outcome(plan, Outcome.Fate.FAILED, file.bytes(), Optional.empty(), note);
  }

  /** What the client printed. */
  private String said() throws IOException {
    return Files.readString(errors).strip();
  }

  /** Makes room for the next. An idle connection may be closed, as for {@link #post}. */
  private void discard(String gateway, String location) throws IOException, InterruptedException {
    try {
      var _ = images.delete(gateway, location);
    } catch (IOException e) {
      var _ = images.delete(gateway, location);
    }
  }
}
