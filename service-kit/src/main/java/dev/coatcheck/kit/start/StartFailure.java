package dev.coatcheck.kit.start;

import dev.coatcheck.contract.IoReason;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why a process does not start, in one line for people. */
public final class StartFailure {

  /** As Netty and Jetty say it, each in its own way. */
  private static final Pattern BIND =
      Pattern.compile("Failed to bind to (?:address )?(?:([^/]*)/<unresolved>|[^/]*/)(.*)");

  private StartFailure() {}

  /** The line. */
  public static String message(Throwable failure) {
    if (failure instanceof UnknownHostException) {
      return failure.getMessage() + " (expected: the name or an address of this machine)";
    }
    Matcher bind = BIND.matcher(String.valueOf(failure.getMessage()));
    if (bind.matches() && failure.getCause() != null) {
      String host = bind.group(1) == null ? "" : bind.group(1);
      return "%s%s cannot be listened at: %s (expected: an address of this machine, and a port that is free)"
          .formatted(host, bind.group(2), IoReason.of(failure.getCause()));
    }
    return failure.getMessage() == null ? IoReason.of(failure) : failure.getMessage();
  }
}
