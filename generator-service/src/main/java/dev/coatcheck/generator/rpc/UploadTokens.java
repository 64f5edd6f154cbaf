package dev.coatcheck.generator.rpc;

import dev.coatcheck.generator.image.ImageId;
import dev.coatcheck.generator.image.ServiceException;
import dev.coatcheck.generator.ingest.UploadAddress;
import dev.coatcheck.generator.ingest.Uploads;
import dev.coatcheck.key.KeySealer;
import dev.coatcheck.key.UploadToken;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;

/** The upload tokens of one run of one generator: makes new ones, and opens those it made. */
public final class UploadTokens {

  /**
   * Where parts begin, at its multiples: a few segments, so that a part is worth its request, and
   * its bytes are readable soon after the first of them was made.
   */
  private static final int PART_BYTES = 1 << 20;

  private final KeySealer sealer;
  private final InstantSource wall;
  private final long incarnation;
  private final String address;

  public UploadTokens(KeySealer sealer, InstantSource wall, long incarnation, String address) {
    this.sealer = sealer;
    this.wall = wall;
    this.incarnation = incarnation;
    this.address = address;
  }

  /**
   * Where one call of an image's function may push to.
   *
   * @param gateways how the function reaches any of the fleet's gateways
   * @param timeToMake after which the token is over
   */
  UploadAddress create(
      URI gateways, ImageId image, int attempt, long maxBytes, Duration timeToMake) {
    String token =
        sealer.seal(
            new UploadToken(
                image.hex(),
                attempt,
                maxBytes,
                wall.instant().plus(timeToMake).plusSeconds(1), // whole seconds are kept
                incarnation,
                address));
    String base = gateways.toString();
    String slash = base.endsWith("/") ? "" : "/";
    return new UploadAddress(base + slash + "v1/uploads/" + token, token, PART_BYTES);
  }

  /**
   * What a token says.
   *
   * @throws ServiceException if it is none of this generator's, or over
   */
  UploadToken open(String token) {
    return requireOwn(openAny(token));
  }

  /**
   * What a token says that any generator made.
   *
   * @throws ServiceException if it is none of this fleet's, or over
   */
  UploadToken openAny(String token) {
    return sealer
        .openUpload(token)
        .filter(made -> made.expiry().isAfter(wall.instant()))
        .orElseThrow(() -> new ServiceException(Uploads.notFound()));
  }

  /** Gives back a token of this run of this generator. */
  UploadToken requireOwn(UploadToken made) {
    if (made.incarnation() != incarnation) {
      throw new ServiceException(Uploads.notFound());
    }
    return made;
  }
}
