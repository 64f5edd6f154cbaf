package dev.coatcheck.gateway.http;

import dev.coatcheck.kit.limits.Refusal;
import dev.coatcheck.kit.limits.RefusalCounters;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RateControl;
import org.eclipse.jetty.io.WindowRateControl;

/**
 * The server's own rate control of HTTP/2 frames (PING, SETTINGS, PRIORITY, RST_STREAM, empty DATA,
 * and whatever is wrong), with a counter of the connections that it ends.
 */
record CountingRateControl(int framesPerSecond, RefusalCounters refusals)
    implements RateControl.Factory {

  @Override
  public RateControl newRateControl(EndPoint endPoint) {
    RateControl window = new WindowRateControl.Factory(framesPerSecond).newRateControl(endPoint);
    return event -> {
      boolean permitted = window.onEvent(event);
      if (!permitted) {
        refusals.count(Refusal.FRAME_RATE);
      }
      return permitted;
    };
  }
}
