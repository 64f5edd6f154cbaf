package dev.coatcheck.cli.fleet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The fleet of 3 gateways and 3 generators that all scenarios of one run share, since it takes long
 * to start. A scenario gets it whole.
 */
final class SharedFleet implements ParameterResolver {

  private static final int GENERATORS = 3;
  private static final int GATEWAYS = 3;

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == ProcessFleet.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    ProcessFleet fleet =
        context
            .getRoot()
            .getStore(Namespace.create(SharedFleet.class))
            .computeIfAbsent(ProcessFleet.class, _ -> start(), ProcessFleet.class);
    try {
      fleet.mend();
      return fleet;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ProcessFleet start() {
    try {
      Path directory = Files.createDirectories(Path.of("target", "fleet-" + System.nanoTime()));
      return ProcessFleet.start(directory.toAbsolutePath(), GENERATORS, GATEWAYS, Map.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
