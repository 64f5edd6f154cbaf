package dev.coatcheck.cli.hostile.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.cli.hostile.Target;
import dev.coatcheck.cli.hostile.attack.Door;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * No case of h2spec ends a process at any port, and those that fail are the ones that {@code
 * h2spec.txt} knows.
 */
@Isolated("h2spec has time-outs of its own")
final class H2SpecIT {

  private static final String KNOWN = "/dev/coatcheck/cli/hostile/h2spec.txt";
  private static final List<Report> reports = new ArrayList<>();

  @TempDir private Path directory;
  private Target target;

  @BeforeEach
  void start() throws Exception {
    target = Target.start();
  }

  @ParameterizedTest
  @EnumSource
  void knowsWhichCasesFail(Door door) throws Exception {
    Report report =
        H2Spec.unpack(directory).run(door.toString(), target.address(door), door.cheapPath());
    System.out.println("h2spec: " + report);
    report.failed().forEach(failed -> System.out.println("  " + failed));
    reports.add(report);
    assertThat(target.dead()).isEmpty();
    Set<String> unknown = new TreeSet<>(report.failed());
    unknown.removeAll(known(door));
    assertThat(unknown).as("%s", report).isEmpty();
  }

  /** Each line has a door, a section and a title, with tabs between them. */
  private static Set<String> known(Door door) throws IOException {
    try (InputStream in = H2SpecIT.class.getResourceAsStream(KNOWN)) {
      String text =
          new String(Objects.requireNonNull(in, KNOWN).readAllBytes(), StandardCharsets.UTF_8);
      Set<String> known = new TreeSet<>();
      text.lines()
          .filter(line -> line.startsWith(door + "\t"))
          .forEach(line -> known.add(line.substring(line.indexOf('\t') + 1)));
      return known;
    }
  }

  @AfterEach
  void end() {
    target.close();
  }

  @AfterAll
  static void printTable() {
    reports.forEach(report -> System.out.println("h2spec: " + report));
  }
}
