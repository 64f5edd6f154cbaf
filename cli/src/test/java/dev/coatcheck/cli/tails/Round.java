package dev.coatcheck.cli.tails;

import dev.coatcheck.cli.ImageClient;
import dev.coatcheck.cli.fleet.FleetProcess;
import dev.coatcheck.cli.fleet.Network.Cut;
import dev.coatcheck.cli.fleet.ProcessFleet;
import dev.coatcheck.cli.pickup.Copy;
import java.io.IOException;
import java.io.InputStream;
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
  private static final int LIVES_ON_SECONDS = 60;

  private final ProcessFleet fleet;
  private final String lane;
  private final ImageClient images;
  private final Plan plan;
  private final Path file;
  private final Path errors;

  Round(ProcessFleet fleet, String lane, ImageClient images, Plan plan, Path directory) {
    this.fleet = fleet;
    this.lane = lane;
    this.images = images;
    this.plan = plan;
    this.file = directory.resolve(plan.number() + ".png");
    this.errors = directory.resolve(plan.number() + ".err");
  }

  Outcome run() throws IOException, InterruptedException {
    FleetProcess gateway = fleet.gateways.get(plan.number() % 2);
    FleetProcess other = fleet.gateways.get((plan.number() + 1) % 2);
    String location = create(ProcessFleet.http(gateway));
    Stranger stranger = new Stranger(ProcessFleet.socketAddress(other), location);
    Process client = start(gateway, location);
    try {
      return plan.end().isClean() ? endCleanly(client, stranger) : breakOff(client, stranger);
    } finally {
      client.destroyForcibly().waitFor();
      if (plan.end() == End.CUT_OFF) {
        fleet.network.heal(lane);
      }
      var _ = images.delete(ProcessFleet.http(other), location);
      Files.deleteIfExists(file);
      Files.deleteIfExists(file.resolveSibling(file.getFileName() + ".aria2"));
    }
  }

  private String create(String gateway) throws IOException, InterruptedException {
    String image =
        "{\"maxBytes\": %d, \"spec\": {\"sizeBytes\": %d, \"seed\": %d}}"
            .formatted(plan.sizeBytes(), plan.sizeBytes(), plan.number());
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    HttpResponse<String> answer = images.post(gateway, image);
    while (answer.statusCode() == 503 && System.nanoTime() < deadline) {
      Thread.sleep(Duration.ofMillis(300));
      answer = images.post(gateway, image);
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

  private Process start(FleetProcess gateway, String location) throws IOException {
    List<String> command = new ArrayList<>(fleet.network.within(lane));
    String generators =
        fleet.generators.stream().map(FleetProcess::address).collect(Collectors.joining(","));
    command.addAll(
        plan.client()
            .command()
            .apply(
                new Client.Pickup(
                    ProcessFleet.http(gateway),
                    ProcessFleet.grpc(gateway),
                    generators,
                    location,
                    file,
                    plan.bytesPerSecond(),
                    plan.end() == End.KEPT ? LIVES_ON_SECONDS : 0)));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(errors.toFile())
            .start();
    process.getOutputStream().close();
    return process;
  }

  private long held() throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }

  /** True when the client has so much; false when it has ended before. */
  private boolean awaitHeld(Process client, long bytes) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (held() < bytes) {
      if (!client.isAlive() || System.nanoTime() > deadline) {
        return held() >= bytes;
      }
      Thread.sleep(1);
    }
    return true;
  }

  private Outcome breakOff(Process client, Stranger stranger)
      throws IOException, InterruptedException {
    if (!awaitHeld(client, plan.endAtBytes())) {
      return failed();
    }
    Thread.sleep(plan.thenMillis());
    if (plan.end() == End.CUT_OFF) {
      fleet.network.cut(lane, Cut.BOTH_WAYS);
      Thread.sleep(plan.silentMillis());
    }
    long unreadBytes = ReceiveQueue.bytes(client.pid());
    client.destroyForcibly().waitFor();
    Copy copy = copy();
    long held = copy.held();
    String answer = copy.isWhole() ? "whole" : stranger.resume(copy);
    Outcome.Fate fate =
        copy.isWrong()
            ? Outcome.Fate.CORRUPTED
            : copy.isWhole() ? Outcome.Fate.WHOLE : Outcome.Fate.LOST;
    String note = "its kernel had %d more; %s".formatted(unreadBytes, answer);
    return new Outcome(plan, fate, held, Optional.empty(), note);
  }

  private Outcome endCleanly(Process client, Stranger stranger)
      throws IOException, InterruptedException {
    if (plan.end() == End.KEPT) {
      if (!awaitHeld(client, plan.sizeBytes())) {
        return failed();
      }
    } else if (!client.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || client.exitValue() != 0) {
      return failed();
    }
    long ended = System.nanoTime();
    Outcome.Fate afterwards = stranger.awaitDelivered();
    Duration gone = Duration.ofNanos(System.nanoTime() - ended);
    Copy copy = copy();
    Outcome.Fate fate = copy.isWrong() || !copy.isWhole() ? Outcome.Fate.CORRUPTED : afterwards;
    return new Outcome(plan, fate, copy.held(), Optional.of(gone), "after " + gone);
  }

  private Outcome failed() throws IOException {
    String said = Files.readString(errors).strip();
    return new Outcome(plan, Outcome.Fate.FAILED, held(), Optional.empty(), said);
  }

  /** What the client has, compared. */
  private Copy copy() throws IOException {
    Copy copy = new Copy(plan.sizeBytes(), plan.number());
    byte[] piece = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        copy.take(piece, n);
      }
    }
    return copy;
  }
}
