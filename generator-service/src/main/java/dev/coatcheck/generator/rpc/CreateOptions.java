package dev.coatcheck.generator.rpc;

import dev.coatcheck.contract.Filenames;
import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.generator.image.ImageOptions;
import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.generator.image.ServiceException;
import dev.coatcheck.generator.ingest.Transfer;
import dev.coatcheck.v1.CreateImageRequest;
import java.time.Duration;
import java.util.Optional;

/**
 * What a valid create asks for.
 *
 * @param function what AWS knows it by
 * @param specJson what it is asked for
 * @param transfer how its bytes get here
 * @param image what was agreed
 * @param waitFor how long to wait for the end of the image
 */
record CreateOptions(
    String function, String specJson, Transfer transfer, ImageOptions image, Duration waitFor) {

  private static final Duration MIN_TTL = Duration.ofSeconds(1);
  private static final Duration MAX_TTL = Duration.ofHours(24);
  private static final Duration MAX_WAIT = Duration.ofSeconds(60);
  private static final int MAX_SPEC_CHARACTERS = 64 * 1024;

  /**
   * Checks a request.
   *
   * @throws ServiceException that names the first field that is wrong
   */
  static CreateOptions of(CreateImageRequest request, CreateDefaults defaults) {
    if (!request.hasSpec()) {
      throw invalid("spec", "none", "an object");
    }
    String spec = SpecJson.of(request.getSpec());
    if (spec.length() > MAX_SPEC_CHARACTERS) {
      throw invalid("spec", spec.length() + " characters", "<= " + MAX_SPEC_CHARACTERS);
    }
    long maxBytes = request.getMaxBytes() == 0 ? defaults.maxBytes() : request.getMaxBytes();
    if (maxBytes < 0) {
      throw invalid("max_bytes", Long.toString(maxBytes), "> 0");
    }
    String filename = request.getFilename();
    if (!filename.isEmpty() && !Filenames.isValid(filename)) {
      throw invalid("filename", UntrustedText.quote(filename), Filenames.EXPECTED);
    }
    return new CreateOptions(
        function(request, defaults),
        spec,
        transfer(request, maxBytes, defaults),
        new ImageOptions(
            maxBytes,
            defaults.timeToMake(),
            ttl(request, defaults),
            isSingleClaimant(request),
            filename),
        waitFor(request.hasWait() ? request.getWait() : null));
  }

  private static boolean isSingleClaimant(CreateImageRequest request) {
    return switch (request.getPickup()) {
      case PICKUP_UNSPECIFIED, SINGLE_DELIVERY -> false;
      case SINGLE_CLAIMANT -> true;
      case UNRECOGNIZED ->
          throw invalid(
              "pickup",
              Integer.toString(request.getPickupValue()),
              "SINGLE_DELIVERY or SINGLE_CLAIMANT");
    };
  }

  private static Transfer transfer(
      CreateImageRequest request, long maxBytes, CreateDefaults defaults) {
    return switch (request.getTransfer()) {
      case AUTO, TRANSFER_UNSPECIFIED -> defaults.automatic().apply(maxBytes);
      case BUFFERED -> Transfer.BUFFERED;
      case RESPONSE_STREAM -> Transfer.RESPONSE_STREAM;
      case CALLBACK -> {
        if (defaults.gateways().isEmpty()) {
          throw invalid(
              "transfer",
              "CALLBACK",
              "AUTO, BUFFERED or RESPONSE_STREAM: functions have no address here to push to");
        }
        yield Transfer.CALLBACK;
      }
      case UNRECOGNIZED ->
          throw invalid(
              "transfer",
              Integer.toString(request.getTransferValue()),
              "AUTO, BUFFERED, RESPONSE_STREAM or CALLBACK");
    };
  }

  private static String function(CreateImageRequest request, CreateDefaults defaults) {
    String name = request.getFunction();
    Optional<String> function = defaults.function(name);
    return function.orElseThrow(
        () -> invalid("function", UntrustedText.quote(name), "one of " + defaults.functionNames()));
  }

  private static Duration ttl(CreateImageRequest request, CreateDefaults defaults) {
    return request.hasTtl()
        ? ProtoTimes.requested("ttl", request.getTtl(), MIN_TTL, MAX_TTL)
        : defaults.timeToLive();
  }

  /** How long a request that says {@code wait} waits. */
  static Duration waitFor(com.google.protobuf.@org.jspecify.annotations.Nullable Duration wait) {
    return wait == null
        ? Duration.ZERO
        : ProtoTimes.requested("wait", wait, Duration.ZERO, MAX_WAIT);
  }

  static ServiceException invalid(String field, String was, String expected) {
    return new ServiceException(Refusal.invalid(field, was, expected));
  }
}
