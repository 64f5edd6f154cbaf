package dev.coatcheck.gateway.progress;

import dev.coatcheck.gateway.routing.GeneratorFailure;

/**
 * Who watches an image. {@link #onStart} comes first, unless the watch could not even begin; {@link
 * #onEnd} or {@link #onFailure} comes last.
 *
 * <p><b>Threading:</b> one call at a time, on the event loop of the generator's channel: no method
 * may block.
 */
public interface ProgressListener {

  /** The watch, to poll and to cancel. */
  void onStart(ProgressWatch watch);

  /** There may be something to {@link ProgressWatch#poll}; a hint. */
  void onNews();

  /** The image is at its end; what can still be polled is the last of it. */
  void onEnd();

  /** The watch broke, or could not begin; what can still be polled is good. */
  void onFailure(GeneratorFailure failure);
}
