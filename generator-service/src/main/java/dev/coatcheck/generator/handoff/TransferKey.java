package dev.coatcheck.generator.handoff;

import dev.coatcheck.v1.TransferId;

/**
 * One attempt to move one image to one peer.
 *
 * @param owner the run of the process that it comes from
 * @param number counted by that one
 */
record TransferKey(long owner, long number) {

  static TransferKey of(TransferId id) {
    return new TransferKey(id.getOwner(), id.getNumber());
  }

  @Override
  public String toString() {
    return number + " of " + Long.toHexString(owner);
  }
}
