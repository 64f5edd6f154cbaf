package dev.coatcheck.generator;

import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.kit.limits.AddressRange;
import dev.coatcheck.kit.limits.PortSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads settings by name and collects what is wrong with them, so that all of it can be told at
 * once.
 */
final class Settings implements PortSettings.Reader {

  private static final Pattern BYTES = Pattern.compile("(\\d{1,15})(B|KiB|MiB|GiB)?");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

  private final Map<String, String> values;
  private final List<String> errors = new ArrayList<>();

  Settings(Map<String, String> values) {
    this.values = values;
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name)).filter(value -> !value.isBlank());
  }

  /** A value that must be there. */
  <T> T required(String name, String expected, T instead, Function<String, Optional<T>> parse) {
    return text(name)
        .map(value -> parsed(name, value, expected, instead, parse))
        .orElseGet(() -> {
          errors.add(name + ": not set (expected: " + expected + ")");
          return instead;
        });
  }

  /** A value with a default, which is parsed like any other. */
  <T> T optional(
      String name, String defaultValue, String expected, Function<String, Optional<T>> parse) {
    T instead = parse.apply(defaultValue).orElseThrow();
    return parsed(name, text(name).orElse(defaultValue), expected, instead, parse);
  }

  @Override
  public int count(String name, int orElse) {
    return text(name)
        .map(value -> parsed(name, value, "a number above 0", orElse, Settings::number))
        .orElse(orElse);
  }

  @Override
  public Duration time(String name, Duration orElse) {
    return text(name)
        .map(value ->
            parsed(
                name,
                value,
                "a time above 0, such as 60s",
                orElse,
                text -> duration(text).filter(Duration::isPositive)))
        .orElse(orElse);
  }

  @Override
  public List<AddressRange> addresses(String name, List<AddressRange> orElse) {
    return text(name)
        .map(value -> parsed(name, value, AddressRange.EXPECTED, orElse, Settings::ranges))
        .orElse(orElse);
  }

  private static Optional<Integer> number(String value) {
    return NUMBER.matcher(value).matches()
        ? Optional.of(Integer.parseInt(value)).filter(number -> number > 0)
        : Optional.empty();
  }

  private static Optional<List<AddressRange>> ranges(String value) {
    try {
      return Optional.of(AddressRange.parseAll(value));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private <T> T parsed(
      String name, String value, String expected, T instead, Function<String, Optional<T>> parse) {
    Optional<T> result = parse.apply(value);
    if (result.isEmpty()) {
      error(name, value, expected);
    }
    return result.orElse(instead);
  }

  void error(String name, String value, String expected) {
    errors.add(name + ": '" + UntrustedText.message(value) + "' (expected: " + expected + ")");
  }

  /**
   * Tells everything that was wrong.
   *
   * @throws IllegalArgumentException with a line for each
   */
  void check() {
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", errors));
    }
  }

  /** {@code true} or {@code false}. */
  static Optional<Boolean> flag(String value) {
    return switch (value) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  /** {@code 512MiB}. */
  static Optional<Long> bytes(String value) {
    Matcher matcher = BYTES.matcher(value);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String unit = matcher.group(2) == null ? "B" : matcher.group(2);
    int shift =
        switch (unit) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          default -> 0;
        };
    long bytes = Long.parseLong(matcher.group(1));
    return bytes > Long.MAX_VALUE >> shift ? Optional.empty() : Optional.of(bytes << shift);
  }

  /** {@code 600s}. */
  static Optional<Duration> duration(String value) {
    Matcher matcher = DURATION.matcher(value);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long amount = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(amount);
          case "m" -> Duration.ofMinutes(amount);
          case "h" -> Duration.ofHours(amount);
          default -> Duration.ofSeconds(amount);
        });
  }
}
