package dev.coatcheck.generator.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpProxyTest {

  @Test
  void passwordIsNotPrinted() {
    assertThat(new HttpProxy("proxy", 3128, "user", "secret")).hasToString("proxy:3128");
  }

  /** Wildcards as the SDK gives them. */
  @ParameterizedTest
  @CsvSource({
    "lambda.eu-west-1.amazonaws.com, true",
    "amazonaws.com, true",
    ".amazonaws.com, true",
    "' .amazonaws.com', true",
    ".*?, true",
    ".*?.amazonaws.com, true",
    "lambda..*?.amazonaws.com, true",
    "zonaws.com, false",
    "sts.amazonaws.com, false",
    ".*?.amazonaws.co, false",
    "lambdaXeu-west-1.amazonaws.com, false",
    "'', false",
    "., false"
  })
  void hostIsExcludedByNameDomainOrWildcard(String excluded, boolean isExcluded) {
    assertThat(HttpProxy.isExcluded("lambda.eu-west-1.amazonaws.com", Set.of(excluded)))
        .isEqualTo(isExcluded);
  }
}
