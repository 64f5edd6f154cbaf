package dev.coatcheck.cli;

import com.google.protobuf.ByteString;

/** How it ended for somebody who wanted an image's bytes. */
sealed interface Ending {

  /** All of them, and a clean end. */
  record Whole(ByteString bytes) implements Ending {

    @Override
    public String toString() {
      return "whole: " + bytes.size() + " bytes";
    }
  }

  /** Some of them, and no clean end. */
  record Broken(ByteString bytes) implements Ending {

    @Override
    public String toString() {
      return "broken after " + bytes.size() + " bytes";
    }
  }

  /** None of them, and why. */
  record Told(Refused refused) implements Ending {}
}
