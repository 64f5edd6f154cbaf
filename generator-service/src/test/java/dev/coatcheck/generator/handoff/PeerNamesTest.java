package dev.coatcheck.generator.handoff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PeerNamesTest {

  @Test
  void readsListsAndNames() throws Exception {
    assertThat(PeerNames.parse("a:1,b:2")).hasValue(new PeerNames(false, List.of("a:1", "b:2")));
    assertThat(PeerNames.parse("static:///a:1, [::1]:2, a:1"))
        .hasValue(new PeerNames(false, List.of("a:1", "[::1]:2")));
    assertThat(PeerNames.parse("dns:///generators:9090"))
        .hasValue(new PeerNames(true, List.of("generators:9090")));
    assertThat(PeerNames.parse("dns:///127.0.0.1:9090").orElseThrow().resolve())
        .containsExactly("127.0.0.1:9090");
    assertThat(PeerNames.NONE.resolve()).isEmpty();
  }

  @Test
  void refusesWhatIsNoAddress() {
    for (String text :
        List.of("a", "a:0", "a:70000", "dns:///a", "dns:///a:1,b:2", "a:1,,b:2", "a_b:1")) {
      assertThat(PeerNames.parse(text)).as(text).isEmpty();
    }
  }
}
