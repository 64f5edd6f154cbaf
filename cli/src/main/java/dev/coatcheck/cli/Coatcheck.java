package dev.coatcheck.cli;

import dev.coatcheck.contract.IoReason;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/**
 * The command. Its exit codes: 0 success, 1 failure, 2 usage error; {@code get} has more, see
 * {@link ExitCodes}.
 */
@Command(
    name = "coatcheck",
    description =
        "Delivers large images made by AWS Lambda: streamed through memory, resumable, picked up at most once.",
    mixinStandardHelpOptions = true,
    versionProvider = Coatcheck.Version.class,
    synopsisSubcommandLabel = "VERB",
    subcommands = {UpCommand.class, GetCommand.class, KeysetCommand.class})
public final class Coatcheck {

  /** Tells of each attempt to connect what we tell once. Held, or forgotten. */
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  private Coatcheck() {}

  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT); // digits that are ASCII, whoever starts this
    GRPC.setLevel(Level.OFF);
    System.exit(commandLine().execute(args));
  }

  /** The command as it is parsed and run; a failure is told by its message alone. */
  static CommandLine commandLine() {
    return UsageErrors.toldBy(new CommandLine(new Coatcheck()))
        .setExecutionExceptionHandler((failure, command, parsed) -> {
          PrintWriter err = command.getErr();
          if (failure instanceof Failure told) {
            err.println("coatcheck: " + told.getMessage());
            return told.exitCode();
          }
          if (failure instanceof IOException) {
            err.println("coatcheck: " + IoReason.of(failure));
            return ExitCodes.FAILED;
          }
          throw failure;
        });
  }

  /** As the script tells it. */
  static final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
      String built = Coatcheck.class.getPackage().getImplementationVersion();
      return new String[] {"coatcheck " + (built == null ? "(not packaged)" : built)};
    }
  }
}
