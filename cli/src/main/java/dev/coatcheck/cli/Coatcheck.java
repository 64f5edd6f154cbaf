package dev.coatcheck.cli;

import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The command. Its exit codes: 0 it was done, 1 it could not be done, 2 it was asked for wrongly;
 * {@code get} has more, see {@link ExitCodes}.
 */
@Command(
    name = "coatcheck",
    description = "Big images from an AWS Lambda function, held in memory, handed over once.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    subcommands = {UpCommand.class, GetCommand.class, KeysetCommand.class})
public final class Coatcheck {

  private Coatcheck() {}

  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT); // digits that are ASCII, whoever starts this
    System.exit(commandLine().execute(args));
  }

  /** The command as it is parsed and run; a failure is told by its message alone. */
  static CommandLine commandLine() {
    return new CommandLine(new Coatcheck())
        .setExecutionExceptionHandler((failure, command, parsed) -> {
          if (failure instanceof Failure told) {
            PrintWriter err = command.getErr();
            err.println("coatcheck: " + told.getMessage());
            return told.exitCode();
          }
          throw failure;
        });
  }
}
