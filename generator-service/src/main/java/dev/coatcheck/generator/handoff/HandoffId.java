package dev.coatcheck.generator.handoff;

import dev.coatcheck.v1.TransferId;

/**
 * One attempt to move one image to one peer.
 *
 * @param owner the run of the process that it comes from
 * @param number counted by that one
 */
record HandoffId(long owner, long number) {

  static HandoffId of(TransferId id) {
    return new HandoffId(id.getOwner(), id.getNumber());
  }

  @Override
  public String toString() {
    return number + " of " + Long.toHexString(owner);
  }
}
