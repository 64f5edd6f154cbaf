package dev.coatcheck.gateway.routing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The generators as they were last heard of; never changed, only replaced. Whatever a request asks
 * is looked up and not searched for, since news are rarer than requests.
 */
public final class Fleet {

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
   * @param sinceNanos when that incarnation was first heard
   */
  public record Member(
      GeneratorClient client, State state, long incarnation, long freeBytes, long sinceNanos) {

    static Member unheard(GeneratorClient client) {
      return new Member(client, State.UNREACHABLE, 0, 0, 0);
    }

    /** The same news, of a run that was heard of before. */
    Member after(Member before) {
      return before.state != State.UNREACHABLE && before.incarnation == incarnation
          ? new Member(client, state, incarnation, freeBytes, before.sinceNanos)
          : this;
    }
  }

  private final List<Member> members;
  private final List<Member> leaving;
  private final List<Member> active;
  private final Map<String, Member> byAddress;

  /**
   * A fleet of these.
   *
   * @param members one for each address, in the order of discovery
   * @param leaving those that discovery names no more, and that can still be heard: what they hold
   *     is to be found
   */
  public Fleet(List<Member> members, List<Member> leaving) {
    this.members = List.copyOf(members);
    this.leaving = List.copyOf(leaving);
    this.active = members.stream().filter(member -> member.state() == State.ACTIVE).toList();
    this.byAddress = HashMap.newHashMap(members.size() + leaving.size());
    all().forEach(member -> byAddress.put(member.client().address(), member));
  }

  /** One for each address, in the order of discovery. */
  public List<Member> members() {
    return members;
  }

  /** Those that discovery names no more, and that can still be heard. */
  public List<Member> leaving() {
    return leaving;
  }

  /** How many there are, heard of or not. */
  public int known() {
    return members.size();
  }

  /** How many take new images. */
  public int active() {
    return active.size();
  }

  List<Member> activeMembers() {
    return active;
  }

  /** True when that run of the generator at {@code address} was heard last. */
  boolean runs(String address, long incarnation) {
    Member member = byAddress.get(address);
    return member != null
        && member.state() != State.UNREACHABLE
        && member.incarnation() == incarnation;
  }

  /** Since when the run that is heard at {@code client} was, if one is. */
  long runsSince(GeneratorClient client, long orElse) {
    return all()
        .filter(member -> member.client() == client && member.state() != State.UNREACHABLE)
        .findFirst()
        .map(Member::sinceNanos)
        .orElse(orElse);
  }

  /** Where discovery finds them. */
  List<String> addresses() {
    return members.stream().map(member -> member.client().address()).toList();
  }

  /** Everybody who may hold something. */
  List<GeneratorClient> everybody() {
    return all().map(Member::client).toList();
  }

  private Stream<Member> all() {
    return Stream.concat(members.stream(), leaving.stream());
  }

  Fleet with(Member changed) {
    return new Fleet(with(members, changed), with(leaving, changed));
  }

  private static List<Member> with(List<Member> before, Member changed) {
    return before.stream()
        .map(member -> member.client() == changed.client() ? changed.after(member) : member)
        .toList();
  }
}
