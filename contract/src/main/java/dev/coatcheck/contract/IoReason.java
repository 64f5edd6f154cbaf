package dev.coatcheck.contract;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why input or output has failed, in the words of the operating system: for messages to people, to
 * whom the exceptions' own names and texts, which are often a bare file name, say nothing.
 */
public final class IoReason {

  /** As Netty tells of a system call. */
  private static final Pattern NATIVE =
      Pattern.compile("\\w+\\(\\.\\.\\) failed(?: with error\\(-?\\d+\\))?: (.*)");

  private static final int MAX_CAUSES = 16;

  private IoReason() {}

  /** Such as {@code no such file or directory}. */
  public static String of(Throwable failure) {
    String said = failure.getMessage();
    Throwable cause = failure;
    for (int n = 0; cause != null && n < MAX_CAUSES; n++) { // they may be a circle
      String known = known(cause);
      if (known != null) {
        return known;
      }
      said = said == null ? cause.getMessage() : said;
      cause = cause.getCause();
    }
    if (said != null) {
      return UntrustedText.message(said);
    }
    return failure instanceof ConnectException
        ? "the connection was refused"
        : "input or output failed";
  }

  private static @Nullable String known(Throwable failure) {
    if (failure instanceof FileSystemException file) {
      return known(file);
    }
    if (failure instanceof UnknownHostException || failure instanceof UnresolvedAddressException) {
      return "the host's name is not known";
    }
    if (failure instanceof NoRouteToHostException) {
      return "there is no route to the host";
    }
    if (failure instanceof SocketTimeoutException || failure instanceof HttpTimeoutException) {
      return "no answer in time";
    }
    if (failure instanceof SSLException) {
      return tls(String.valueOf(failure.getMessage()));
    }
    boolean isOfSystem =
        failure instanceof SocketException
            || NATIVE.matcher(String.valueOf(failure.getMessage())).matches();
    return isOfSystem ? lowerCase(withoutAddress(failure.getMessage())) : null;
  }

  private static @Nullable String known(FileSystemException failure) {
    if (failure instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    return failure instanceof FileAlreadyExistsException
        ? "it exists already"
        : lowerCase(failure.getReason());
  }

  private static String tls(String message) {
    return message.contains("not an SSL/TLS record")
        ? "what listens there does not speak TLS"
        : "TLS failed: " + UntrustedText.message(message);
  }

  /** The reason alone, of {@code Connection refused: host/1.2.3.4:5} and its like. */
  private static @Nullable String withoutAddress(@Nullable String message) {
    if (message == null) {
      return null;
    }
    Matcher called = NATIVE.matcher(message);
    String reason = called.matches() ? called.replaceFirst("$1") : message;
    int address = reason.indexOf(": ");
    return address < 0 ? reason : reason.substring(0, address);
  }

  private static @Nullable String lowerCase(@Nullable String reason) {
    return reason == null || reason.isEmpty()
        ? null
        : reason.substring(0, 1).toLowerCase(Locale.ROOT) + reason.substring(1);
  }
}
