package dev.coatcheck.generator.ingest;

import dev.coatcheck.generator.image.Refusal;
import java.nio.ByteBuffer;

/** A way in which the bytes of an image get from the function to here. */
public interface ImageSource {

  /**
   * Calls the function, once, and gives what it answers to {@code sink}. May block until it is this
   * call's turn, but not until it is answered.
   */
  Running start(FunctionCall call, Sink sink);

  /** A call that was made. */
  interface Running {
    /** Stops asking for more. The sink may still be told of an end. Any thread, any number. */
    void cancel();
  }

  /** Takes an answer, in order: bytes, then one end. Calls come one at a time, from any thread. */
  interface Sink {
    /** False when nothing is wanted any more, so that the function need not be called. */
    boolean isWanted();

    /**
     * Some bytes. They are the caller's again when this returns.
     *
     * @return false when no more are wanted
     */
    boolean write(ByteBuffer bytes);

    /** The function ended well. */
    void complete();

    /** It did not. */
    void fail(Refusal why);

    /** Nobody knows how it ended: Lambda did not take the call, or the way to it broke. */
    void broken(Refusal why);
  }
}
