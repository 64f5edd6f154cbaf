package dev.coatcheck.cli.hostile.attack;

import java.util.List;

/** All attacks, in the order of the table. */
public final class Attacks {

  private Attacks() {}

  public static List<Attack> all() {
    return List.of(
        FrameFlood.windowUpdates(),
        FrameFlood.settings(),
        FrameFlood.pings(),
        FrameFlood.priorities(),
        FrameFlood.emptyData(),
        new OpenStreams());
  }
}
