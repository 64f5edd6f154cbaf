package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AnnouncementTest {

  @Test
  void isReadFromTheLineOfTheRole() throws Failure {
    var line = "gateway pid=7 http=http://127.0.0.1:8080 grpc=127.0.0.1:9080";
    var announcement = Announcement.parse("gateway", line).orElseThrow();

    assertThat(announcement.field("http")).isEqualTo("http://127.0.0.1:8080");
    assertThat(announcement.as("gateway 2"))
        .isEqualTo("gateway 2 pid=7 http=http://127.0.0.1:8080 grpc=127.0.0.1:9080");
  }

  @Test
  void isNoLineOfAnotherKind() {
    assertThat(Announcement.parse("gateway", "generator pid=7 grpc=127.0.0.1:9080")).isEmpty();
    assertThat(Announcement.parse("gateway", "gateway")).isEmpty();
    assertThat(Announcement.parse("gateway", "")).isEmpty();
    assertThat(Announcement.parse("gateway", "gateway pid=7 is up")).isEmpty();
    assertThat(Announcement.parse("gateway", "12:00:00 INFO gateway pid=7")).isEmpty();
  }

  @Test
  void saysWhichFieldIsMissing() {
    var announcement = Announcement.parse("lambda", "lambda pid=7").orElseThrow();

    assertThatThrownBy(() -> announcement.field("url"))
        .isInstanceOf(Failure.class)
        .hasMessage("lambda said nothing of url (expected: url=…)");
  }
}
