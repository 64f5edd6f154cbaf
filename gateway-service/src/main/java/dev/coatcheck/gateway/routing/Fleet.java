package dev.coatcheck.gateway.routing;

import java.util.List;

/**
 * The generators as they were last heard of; never changed, only replaced.
 *
 * @param members one for each address, in the order of discovery
 */
public record Fleet(List<Member> members) {

  /** How a generator stands. */
  public enum State {
    /** Not heard of yet, or not any more. */
    UNREACHABLE,
    /** Takes everything. */
    ACTIVE,
    /** Takes no new images. */
    DRAINING
  }

  /**
   * One generator.
   *
   * @param client speaks to it
   * @param state how it stands
   * @param incarnation its process's run; 0 until heard of
   * @param freeBytes what it could reserve when it last said so
   */
  public record Member(GeneratorClient client, State state, long incarnation, long freeBytes) {

    static Member unheard(GeneratorClient client) {
      return new Member(client, State.UNREACHABLE, 0, 0);
    }
  }

  public Fleet {
    members = List.copyOf(members);
  }

  /** How many there are, heard of or not. */
  public int known() {
    return members.size();
  }

  /** How many take new images. */
  public int active() {
    return activeMembers().size();
  }

  List<Member> activeMembers() {
    return members.stream().filter(member -> member.state() == State.ACTIVE).toList();
  }

  Fleet with(Member changed) {
    return new Fleet(
        members.stream()
            .map(member -> member.client() == changed.client() ? changed : member)
            .toList());
  }
}
