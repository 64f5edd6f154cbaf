package dev.coatcheck.generator.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import dev.coatcheck.contract.Filenames;
import dev.coatcheck.contract.UntrustedText;
import dev.coatcheck.generator.image.ClaimRequest;
import dev.coatcheck.generator.image.ServiceException;
import dev.coatcheck.generator.ingest.Transfer;
import dev.coatcheck.testing.JsonStructs;
import dev.coatcheck.v1.CreateImageRequest;
import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.ErrorReason;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A message that protobuf can read is a request with terms that make sense, or refused. */
class RequestsFuzzTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final CreateDefaults DEFAULTS =
      new CreateDefaults(
          Map.of("map", "map"),
          32L << 20,
          Duration.ofSeconds(60),
          Duration.ofSeconds(600),
          maxBytes -> Transfer.RESPONSE_STREAM,
          Optional.empty());

  @FuzzTest
  void createHasTermsOrIsRefused(byte[] message) throws IOException {
    CreateImageRequest request;
    try {
      request = CreateImageRequest.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      return;
    }
    CreateOptions terms;
    try {
      terms = CreateOptions.of(request, DEFAULTS);
    } catch (ServiceException e) {
      requireRefusal(e);
      return;
    }
    JsonStructs.requireSame(JSON.readTree(terms.specJson()), request.getSpec());
    assertThat(terms.waitFor()).isBetween(Duration.ZERO, Duration.ofSeconds(60));
    assertThat(terms.image().timeToLive()).isBetween(Duration.ofSeconds(1), Duration.ofHours(24));
    assertThat(terms.image().maxBytes()).isPositive();
    assertThat(terms.image().filename()).matches(n -> n.isEmpty() || Filenames.isValid(n));
  }

  /** The spec alone, which is nearly all of a request. */
  @FuzzTest
  void specIsTheSameAsJson(byte[] message) throws IOException {
    Struct spec;
    try {
      spec = Struct.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      return;
    }
    try {
      JsonStructs.requireSame(JSON.readTree(SpecJson.of(spec)), spec);
    } catch (ServiceException e) {
      requireRefusal(e);
    }
  }

  @FuzzTest
  void downloadIsASectionOrRefused(byte[] message) {
    DownloadImageRequest request;
    try {
      request = DownloadImageRequest.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      return;
    }
    try {
      ClaimRequest claim = DownloadRequests.claim(request);
      assertThat(claim.section().offset()).isEqualTo(request.getReadOffset()).isNotNegative();
      assertThat(claim.section().limit()).isEqualTo(request.getReadLimit()).isNotNegative();
      assertThat(claim.section().suffix()).isEqualTo(request.getReadSuffix()).isNotNegative();
    } catch (ServiceException e) {
      requireRefusal(e);
    }
    try {
      assertThat(ImageNames.id(request.getName()).hex()).matches("[0-9a-f]{64}");
    } catch (ServiceException e) {
      assertThat(e.refusal().reason()).isEqualTo(ErrorReason.IMAGE_NOT_FOUND);
    }
  }

  private static void requireRefusal(ServiceException refused) {
    assertThat(refused.refusal().reason()).isEqualTo(ErrorReason.INVALID_REQUEST);
    assertThat(refused.refusal().metadata()).containsKey("field");
    String message = refused.refusal().message();
    assertThat(UntrustedText.hasAtMost(message, UntrustedText.MAX_MESSAGE)).isTrue();
    assertThat(UntrustedText.isPrintable(message)).isTrue();
  }
}
