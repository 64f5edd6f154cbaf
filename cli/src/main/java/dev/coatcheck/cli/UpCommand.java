package dev.coatcheck.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code up}: a {@link LocalFleet} until a signal comes. */
@Command(
    name = "up",
    description = {
      "Runs a fleet on this machine: generators, gateways, and a local Lambda with the map"
          + " function. Prints a line for each process, 'ready' when it can be used, and its page's URL.",
      "Restarts a process that exits, at the same address. Its COATCHECK_* settings apply to all"
          + " processes. Ctrl-C ends it."
    },
    showDefaultValues = true,
    mixinStandardHelpOptions = true,
    versionProvider = Coatcheck.Version.class)
final class UpCommand implements Callable<Integer> {

  private static final String INVOCATION_LOG = "COATCHECK_INVOCATION_LOG";

  @Spec private CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

  @Option(
      names = "--generators",
      paramLabel = "N",
      description =
          "number of generators, each with 1 GiB of memory for images unless COATCHECK_MEMORY is set")
  private int generators = 2;

  @Option(names = "--gateways", paramLabel = "N", description = "number of gateways")
  private int gateways = 1;

  @Option(
      names = "--http",
      paramLabel = "PORT",
      description = "HTTP on 127.0.0.1; the next gateway has the next port")
  private int http = 8080;

  @Option(
      names = "--grpc",
      paramLabel = "PORT",
      description = "gRPC on 127.0.0.1; the next gateway has the next port")
  private int grpc = 9080;

  @Option(
      names = "--verbose",
      description = "also print a line for each invocation of a function",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private boolean verbose;

  @Override
  public Integer call() throws Exception {
    LocalFleet fleet = new LocalFleet(plan(), script(), settings(), this::say, System.err::println);
    Thread onSignal = Thread.ofPlatform().name("signal").unstarted(() -> endBySignal(fleet));
    Runtime.getRuntime().addShutdownHook(onSignal);
    try (fleet) {
      fleet.start();
      say("ready");
      say("open http://localhost:" + http);
      fleet.awaitClosed(); // by a signal
      return ExitCodes.OK;
    } finally {
      disarm(onSignal);
    }
  }

  private static void endBySignal(LocalFleet fleet) {
    try {
      fleet.close();
    } finally {
      // A signal would otherwise be the exit status; this one was obeyed.
      Runtime.getRuntime().halt(0);
    }
  }

  /** Gives the end of the process back to whoever calls, unless a signal has come before. */
  private static void disarm(Thread onSignal) throws InterruptedException {
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException e) {
      onSignal.join(); // which does not return
    }
  }

  private FleetPlan plan() {
    try {
      return new FleetPlan(generators, gateways, http, grpc);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private static Path script() throws Failure {
    String script = System.getProperty("coatcheck.script", "");
    if (script.isEmpty()) {
      throw new Failure("'up' is run by ./coatcheck, which knows how to start each process");
    }
    return Path.of(script);
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>(System.getenv());
    settings.keySet().removeIf(name -> !name.startsWith("COATCHECK_"));
    if (verbose) {
      settings.put(INVOCATION_LOG, "true");
    } else {
      settings.putIfAbsent(INVOCATION_LOG, "false");
    }
    return settings;
  }

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    synchronized (out) {
      out.println(line);
      out.flush();
    }
  }
}
