package dev.coatcheck.gateway.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.Duration;
import dev.coatcheck.contract.Filenames;
import dev.coatcheck.contract.FunctionNames;
import dev.coatcheck.v1.CreateImageRequest;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the body of {@code POST /v1/images} and {@code POST /v1/images:generate}. */
final class CreateRequestParser {

  private static final long MAX_TTL_SECONDS = 24 * 60 * 60;

  private static final Pattern TTL = Pattern.compile("([0-9]{1,9})(?:\\.([0-9]{1,9}))?s");

  private CreateRequestParser() {}

  /**
   * The request in {@code body}.
   *
   * @throws ProblemException 400 if it is not JSON, 422 with the field if it is not a request
   */
  static CreateImageRequest parse(byte[] body) throws ProblemException {
    return JsonDocument.readObject(body, CreateRequestParser::readRequest);
  }

  private static CreateImageRequest readRequest(JsonParser parser)
      throws IOException, ProblemException {
    CreateImageRequest.Builder request = CreateImageRequest.newBuilder();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "spec" -> {
          JsonDocument.require(parser, JsonToken.START_OBJECT, field, "an object");
          request.setSpec(new SpecReader(parser).readObject(field, 1));
        }
        case "function" -> request.setFunction(function(JsonDocument.text(parser, field)));
        case "transfer" -> request.setTransfer(transfer(JsonDocument.text(parser, field)));
        case "maxBytes" -> request.setMaxBytes(JsonDocument.positive(parser, field));
        case "ttl" -> request.setTtl(ttl(JsonDocument.text(parser, field)));
        case "filename" -> request.setFilename(filename(JsonDocument.text(parser, field)));
        case "pickup" -> request.setPickup(pickup(JsonDocument.text(parser, field)));
        default -> throw SpecReader.refused(field, "an unknown field");
      }
    }
    if (!request.hasSpec()) {
      throw SpecReader.refused("spec", "missing (expected: an object)");
    }
    return request.build();
  }

  private static String function(String value) throws ProblemException {
    if (!FunctionNames.isValid(value)) {
      throw SpecReader.refused("function", value, FunctionNames.EXPECTED);
    }
    return value;
  }

  private static CreateImageRequest.Transfer transfer(String value) throws ProblemException {
    return switch (value) {
      case "AUTO" -> CreateImageRequest.Transfer.AUTO;
      case "BUFFERED" -> CreateImageRequest.Transfer.BUFFERED;
      case "RESPONSE_STREAM" -> CreateImageRequest.Transfer.RESPONSE_STREAM;
      case "CALLBACK" -> CreateImageRequest.Transfer.CALLBACK;
      default ->
          throw SpecReader.refused(
              "transfer", value, "AUTO, BUFFERED, RESPONSE_STREAM or CALLBACK");
    };
  }

  private static Duration ttl(String value) throws ProblemException {
    Matcher matcher = TTL.matcher(value);
    if (!matcher.matches()) {
      throw SpecReader.refused("ttl", value, "seconds, such as \"600s\"");
    }
    long seconds = Long.parseLong(matcher.group(1));
    String fraction = matcher.group(2) == null ? "" : matcher.group(2);
    int nanos = Integer.parseInt((fraction + "000000000").substring(0, 9));
    if (seconds < 1 || seconds > MAX_TTL_SECONDS || (seconds == MAX_TTL_SECONDS && nanos > 0)) {
      throw SpecReader.refused("ttl", value, "1s to 86400s");
    }
    return Duration.newBuilder().setSeconds(seconds).setNanos(nanos).build();
  }

  private static String filename(String value) throws ProblemException {
    if (!Filenames.isValid(value)) {
      throw SpecReader.refused("filename", value, Filenames.EXPECTED);
    }
    return value;
  }

  private static CreateImageRequest.Pickup pickup(String value) throws ProblemException {
    return switch (value) {
      case "SINGLE_DELIVERY" -> CreateImageRequest.Pickup.SINGLE_DELIVERY;
      case "SINGLE_CLAIMANT" -> CreateImageRequest.Pickup.SINGLE_CLAIMANT;
      default -> throw SpecReader.refused("pickup", value, "SINGLE_DELIVERY or SINGLE_CLAIMANT");
    };
  }
}
