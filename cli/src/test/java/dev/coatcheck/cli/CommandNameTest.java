package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CommandNameTest {

  @Test
  void isWhatTheScriptWasCalledBy() {
    assertThat(CommandName.of("./coatcheck", "a.jar", "/b/a.jar")).isEqualTo("./coatcheck");
    assertThat(CommandName.of("/my maps/coatcheck", "a.jar", "/b/a.jar"))
        .isEqualTo("'/my maps/coatcheck'");
  }

  @Test
  void isTheJarWithoutAScript() {
    assertThat(CommandName.of("", "cli/coatcheck-cli.jar", "/x/cli/coatcheck-cli.jar"))
        .isEqualTo("java -jar cli/coatcheck-cli.jar");
    assertThat(CommandName.of("", "it's.jar", "/x/it's.jar")).isEqualTo("java -jar 'it'\\''s.jar'");
    assertThat(CommandName.of("", "/x/classes:/y.jar", "/x/classes/")).isEqualTo("coatcheck");
  }
}
