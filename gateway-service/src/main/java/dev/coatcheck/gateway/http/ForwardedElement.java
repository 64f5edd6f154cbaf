package dev.coatcheck.gateway.http;

import java.net.InetAddress;
import java.util.Optional;

/**
 * What one proxy says of a request as it has received it (RFC 7239, 4).
 *
 * @param client who sent it; empty also if that is kept a secret (RFC 7239, 6.2 and 6.3)
 * @param scheme {@code http} or {@code https}
 * @param authority what it was for
 */
record ForwardedElement(
    Optional<InetAddress> client, Optional<String> scheme, Optional<Authority> authority) {

  static final ForwardedElement NOTHING =
      new ForwardedElement(Optional.empty(), Optional.empty(), Optional.empty());

  /** This, and the authority of {@code nearer}, the next proxy's, if this has none. */
  ForwardedElement orAuthorityOf(ForwardedElement nearer) {
    return new ForwardedElement(client, scheme, authority.or(nearer::authority));
  }
}
