package dev.coatcheck.cli;

import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.v1.CreateImageRequest.Transfer;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What is wrong with the words that were typed, in one line, and where to read how it is done: not
 * all of the help, under which nobody finds the cause.
 */
final class UsageErrors {

  private static final List<Transfer> TRANSFERS =
      List.of(Transfer.AUTO, Transfer.BUFFERED, Transfer.RESPONSE_STREAM, Transfer.CALLBACK);

  private UsageErrors() {}

  /** Has {@code command} tell its errors this way, and its values in words of people. */
  static CommandLine toldBy(CommandLine command) {
    return command
        .registerConverter(int.class, UsageErrors::number)
        .registerConverter(long.class, UsageErrors::longNumber)
        .registerConverter(Transfer.class, UsageErrors::transfer)
        .registerConverter(Path.class, UsageErrors::path)
        .setParameterExceptionHandler((wrong, _) -> tell(wrong));
  }

  private static int tell(ParameterException wrong) {
    CommandLine command = wrong.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    int verbAt = name.indexOf(' ');
    String verb = verbAt < 0 ? "" : name.substring(verbAt);
    command
        .getErr()
        .printf(
            "coatcheck%s: %s; see %s%s --help%n", verb, message(wrong), CommandName.get(), verb);
    command.getErr().flush();
    return ExitCodes.USAGE;
  }

  private static String message(ParameterException wrong) {
    if (wrong instanceof UnmatchedArgumentException unmatched) {
      // The first one alone: those behind it may be its values.
      String word = UntrustedText.quote(unmatched.getUnmatched().getFirst());
      List<String> near = unmatched.getSuggestions();
      return near.isEmpty()
          ? word + " is not expected"
          : word + " is not known (perhaps: " + String.join(", ", near) + ")";
    }
    return UntrustedText.message(String.valueOf(wrong.getMessage()));
  }

  private static int number(String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw refused(value, "a whole number of at most " + Integer.MAX_VALUE);
    }
  }

  private static long longNumber(String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw refused(value, "a whole number of at most " + Long.MAX_VALUE);
    }
  }

  private static Transfer transfer(String value) {
    String name = value.toUpperCase(Locale.ROOT);
    return TRANSFERS.stream()
        .filter(transfer -> transfer.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            refused(
                value, TRANSFERS.stream().map(Transfer::name).collect(Collectors.joining(", "))));
  }

  private static Path path(String value) {
    try {
      if (!value.isEmpty()) {
        return Path.of(value);
      }
    } catch (InvalidPathException e) {
      // Told below.
    }
    throw refused(value, "the name of a file");
  }

  private static TypeConversionException refused(String value, String expected) {
    return new TypeConversionException(
        UntrustedText.quote(value) + " (expected: " + expected + ")");
  }
}
