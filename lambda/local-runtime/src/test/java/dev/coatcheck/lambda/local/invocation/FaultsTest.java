package dev.coatcheck.lambda.local.invocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultsTest {

  @Test
  void noneIsTheDefaultOfEach() {
    assertThat(Faults.NONE.throttle()).isFalse();
    assertThat(Faults.NONE.runTwice()).isFalse();
    assertThat(Faults.NONE.notAnImage()).isFalse();
    assertThat(Faults.NONE.wrongCrc()).isFalse();
    assertThat(Faults.NONE.bytesPerSecond()).isZero();
    assertThat(Faults.NONE.capAfterBytes()).isEqualTo(-1);
    assertThat(Faults.NONE.hangAtByte()).isEqualTo(-1);
    assertThat(Faults.NONE.failAtByte()).isEqualTo(-1);
    assertThat(Faults.NONE.cutAtByte()).isEqualTo(-1);
    assertThat(Faults.NONE.declareBytes()).isEqualTo(-1);
    assertThat(Faults.NONE.errorType()).isEqualTo("Fault.Injected");
    assertThat(Faults.NONE.errorMessage()).isEqualTo("told to fail");
  }

  @Test
  void eachIsReadByItsName() throws Exception {
    Faults faults =
        parse(
            "{'throttle': true, 'runTwice': true, 'notAnImage': true, 'wrongCrc': true,"
                + " 'bytesPerSecond': 1, 'capAfterBytes': 2, 'capBytesPerSecond': 3,"
                + " 'hangAtByte': 4, 'failAtByte': 5, 'cutAtByte': 6, 'declareBytes': 7,"
                + " 'errorType': 'T', 'errorMessage': 'm'}");

    assertThat(faults.throttle()).isTrue();
    assertThat(faults.runTwice()).isTrue();
    assertThat(faults.notAnImage()).isTrue();
    assertThat(faults.wrongCrc()).isTrue();
    assertThat(faults.bytesPerSecond()).isEqualTo(1);
    assertThat(faults.capAfterBytes()).isEqualTo(2);
    assertThat(faults.capBytesPerSecond()).isEqualTo(3);
    assertThat(faults.hangAtByte()).isEqualTo(4);
    assertThat(faults.failAtByte()).isEqualTo(5);
    assertThat(faults.cutAtByte()).isEqualTo(6);
    assertThat(faults.declareBytes()).isEqualTo(7);
    assertThat(faults.errorType()).isEqualTo("T");
    assertThat(faults.errorMessage()).isEqualTo("m");
  }

  @Test
  void errorWithoutTypeIsNull() throws Exception {
    assertThat(parse("{'errorType': null}").errorType()).isNull();
  }

  @Test
  void awsCapIsSixMegabytesAndThenTwoASecond() throws Exception {
    Faults faults = parse("{'awsCap': true}");
    assertThat(faults.capAfterBytes()).isEqualTo(6 << 20);
    assertThat(faults.capBytesPerSecond()).isEqualTo(2 << 20);
    assertThat(faults.withoutCap().capAfterBytes()).isEqualTo(-1);
    assertThat(parse("{'capAfterBytes': 5}").withoutCap().capAfterBytes()).isEqualTo(-1);
  }

  @Test
  void areOfOneFunctionOrOfAll() throws Exception {
    assertThat(parse("{'throttle': true}").of(new FunctionName("map")).throttle()).isTrue();
    Faults ofMap = parse("{'function': 'map', 'throttle': true}");
    assertThat(ofMap.of(new FunctionName("map")).throttle()).isTrue();
    assertThat(ofMap.of(new FunctionName("bytes")).throttle()).isFalse();
  }

  @Test
  void ofTwoTheSecondsWordCounts() throws Exception {
    Faults both = parse("{'failAtByte': 1, 'cutAtByte': 2}").and(parse("{'failAtByte': 3}"));
    assertThat(both.failAtByte()).isEqualTo(3);
    assertThat(both.cutAtByte()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "[]                     | [] (expected: an object)",
        "{'thortle': true}      | thortle: unknown field",
        "{'throttle': 1}        | throttle: 1 (expected: true or false)",
        "{'failAtByte': -1}     | failAtByte: -1 (expected: a whole number >= 0)",
        "{'failAtByte': 1.5}    | failAtByte: 1.5 (expected: a whole number >= 0)",
        "{'declareBytes': '1'}  | declareBytes: \"1\" (expected: a whole number >= 0)",
        "{'errorType': 7}       | errorType: 7 (expected: a text or null)",
        "{'errorMessage': null} | errorMessage: null (expected: a text)",
      })
  void refusesWithTheFieldAndWhatWasExpected(String json, String message) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static Faults parse(String json) throws Exception {
    return Faults.parse(new ObjectMapper().readTree(json.replace('\'', '"')));
  }
}
