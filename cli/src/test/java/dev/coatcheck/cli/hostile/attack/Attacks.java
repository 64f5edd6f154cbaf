package dev.coatcheck.cli.hostile.attack;

import java.util.ArrayList;
import java.util.List;

/** All attacks, in the order of the table. */
public final class Attacks {

  private Attacks() {}

  public static List<Attack> all() {
    List<Attack> all = new ArrayList<>(http2());
    all.addAll(grpc());
    all.addAll(http1());
    all.addAll(connections());
    return List.copyOf(all);
  }

  private static List<Attack> http2() {
    return List.of(
        new ExtendedConnect(),
        new OpenStreams(),
        FrameFlood.windowUpdates(),
        FrameFlood.settings(),
        FrameFlood.pings(),
        FrameFlood.priorities(),
        FrameFlood.emptyData(),
        new RapidReset(),
        new MadeYouReset(),
        ContinuationFlood.endless(),
        ContinuationFlood.empty(),
        ContinuationFlood.ended(),
        new HpackBomb(),
        new MetadataFlood(),
        new ZeroWindowReaders(),
        new UnreadConnections(),
        new EndlessBodies(),
        new ClosedConnections());
  }

  private static List<Attack> grpc() {
    return List.of(
        new GzipBombs(),
        new EndlessMessages(),
        new HalfOpenCalls(),
        new CreateAndReset(),
        new LongFields(),
        new FailingFunctions());
  }

  private static List<Attack> http1() {
    List<Attack> attacks = new ArrayList<>();
    attacks.add(new SlowHeaders());
    attacks.add(new SlowBodies());
    attacks.add(new SlowReads());
    attacks.addAll(WebSocketViolation.all());
    attacks.addAll(Probe.all());
    return attacks;
  }

  private static List<Attack> connections() {
    return List.of(new IdleConnections(), new ConnectionChurn());
  }
}
