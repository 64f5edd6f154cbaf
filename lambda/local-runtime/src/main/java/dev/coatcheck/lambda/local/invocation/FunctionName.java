package dev.coatcheck.lambda.local.invocation;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The plain name in what AWS takes for a function's name: {@code map}, {@code map:PROD}, {@code
 * 123456789012:function:map} or a whole ARN (API reference, Invoke, FunctionName).
 */
public record FunctionName(String plain) {

  private static final Pattern SHAPE =
      Pattern.compile(
          "(arn:(aws[a-zA-Z-]*)?:lambda:)?"
              + "((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d:)?(\\d{12}:)?"
              + "(function:)?(?<name>[a-zA-Z0-9-_.]+)"
              + "(:(?<qualifier>\\$LATEST|[a-zA-Z0-9-_]+))?");

  private static final String LATEST = "$LATEST";

  /** The name, or one that no function has if {@code text} is none, or is of an alias. */
  public static FunctionName parse(String text) {
    Matcher matcher = SHAPE.matcher(text);
    return matcher.matches()
        ? new FunctionName(matcher.group("name")).qualified(matcher.group("qualifier"))
        : new FunctionName(text);
  }

  /** The same by an alias or version, which no function has here but {@code $LATEST}. */
  public FunctionName qualified(@Nullable String qualifier) {
    return qualifier == null || qualifier.equals(LATEST)
        ? this
        : new FunctionName(plain + ":" + qualifier);
  }

  /** The ARN that a function of this name would have, with the dummy account of this stand-in. */
  public String arn() {
    return "arn:aws:lambda:us-east-1:000000000000:function:" + plain;
  }
}
