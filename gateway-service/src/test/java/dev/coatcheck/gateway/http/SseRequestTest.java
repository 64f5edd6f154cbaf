package dev.coatcheck.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SseRequestTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text/event-stream | true",
        "Text/Event-Stream;q=0.9 | true",
        "image/png, text/event-stream ; charset=utf-8 | true",
        "text/event-streams | false",
        "text/event-stream-v2, image/* | false",
        "text/event-stream;a = b | false",
        "*/* | false",
        "text/event-stream;q=0 | false",
        "image/png, text/event-stream;q=0.1 | false",
        "*/*, text/event-stream;q=0.1 | false",
        "text/event-stream;q=0.5, image/*;q=0.4 | true",
        "text/event-stream, */*;q=0.8 | true"
      })
  void eventsAreWantedByTheirOwnTypeAlone(String accept, boolean wanted) {
    HttpFields headers = HttpFields.build().add("Accept", accept);

    assertThat(SseRequest.areWanted(headers)).isEqualTo(wanted);
  }
}
