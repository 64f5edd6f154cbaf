package dev.coatcheck.generator.rpc;

import dev.coatcheck.generator.image.ClaimRequest;
import dev.coatcheck.generator.image.RequestedRange;
import dev.coatcheck.generator.image.ServiceException;
import dev.coatcheck.v1.DownloadImageRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a valid {@code DownloadImageRequest} asks for. */
final class DownloadRequests {

  private static final int MAX_CLAIMS = 64;

  private DownloadRequests() {}

  /**
   * Who wants what.
   *
   * @throws ServiceException that names the first field that is wrong
   */
  static ClaimRequest claim(DownloadImageRequest request) {
    Set<String> noneMatch = claims("none_match_claims", request.getNoneMatchClaimsList());
    return new ClaimRequest(proofs(request), use(request), noneMatch, section(request));
  }

  private static Set<String> proofs(DownloadImageRequest request) {
    Set<String> proofs = claims("other_claims", request.getOtherClaimsList());
    proofs.add(request.getClaim());
    proofs.remove("");
    return proofs;
  }

  private static Set<String> claims(String field, List<String> claims) {
    if (claims.size() > MAX_CLAIMS) {
      throw CreateOptions.invalid(field, Integer.toString(claims.size()), "at most " + MAX_CLAIMS);
    }
    return new HashSet<>(claims);
  }

  private static RequestedRange section(DownloadImageRequest request) {
    requireNotNegative("read_offset", request.getReadOffset());
    requireNotNegative("read_limit", request.getReadLimit());
    requireNotNegative("read_suffix", request.getReadSuffix());
    if (request.getReadSuffix() > 0
        && (request.getReadOffset() > 0 || request.getReadLimit() > 0)) {
      throw CreateOptions.invalid(
          "read_suffix",
          Long.toString(request.getReadSuffix()),
          "0, where there is a read_offset or a read_limit");
    }
    return new RequestedRange(
        request.getReadOffset(),
        request.getReadLimit(),
        request.getReadSuffix(),
        request.getWaitForRange());
  }

  private static void requireNotNegative(String field, long value) {
    if (value < 0) {
      throw CreateOptions.invalid(field, Long.toString(value), ">= 0");
    }
  }

  private static ClaimRequest.Use use(DownloadImageRequest request) {
    return switch (request.getClaimUse()) {
      case CLAIM_USE_UNSPECIFIED, OPTIONAL -> ClaimRequest.Use.OPTIONAL;
      case REQUIRED -> ClaimRequest.Use.REQUIRED;
      case FOR_RANGE -> ClaimRequest.Use.FOR_RANGE;
      case UNRECOGNIZED ->
          throw CreateOptions.invalid(
              "claim_use",
              Integer.toString(request.getClaimUseValue()),
              "OPTIONAL, REQUIRED or FOR_RANGE");
    };
  }
}
