package dev.coatcheck.generator;

import static dev.coatcheck.generator.GeneratorFixture.assertRefused;
import static dev.coatcheck.generator.GeneratorFixture.png;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.v1.CreateImageRequest.Transfer;
import dev.coatcheck.v1.ErrorReason;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever gives a process its credentials signs the calls of every transfer. */
@Timeout(240)
class AwsCredentialsTest {

  private static final String ROLE = "arn:aws:iam::123456789012:role/generators";
  private static final String WEB_IDENTITY = "header.claims.signature";
  private static final byte[] IMAGE = png(1000);

  @TempDir Path directory;
  private FakeLambda lambda;
  private FakeSts sts;
  private Path token;

  @BeforeEach
  void start() throws Exception {
    lambda = FakeLambda.start(IMAGE);
    sts = FakeSts.start(WEB_IDENTITY, ROLE);
    token = Files.writeString(directory.resolve("token"), WEB_IDENTITY);
  }

  @AfterEach
  void stop() {
    lambda.close();
    sts.close();
  }

  /** As EKS gives it to a pod by IRSA. */
  @Test
  void webIdentityOfATokenFile() throws Exception {
    everyTransferSignsAs(
        FakeSts.ACCESS_KEY_ID,
        FakeSts.SESSION_TOKEN,
        Map.of(
            "AWS_REGION",
            "eu-west-1",
            "AWS_ROLE_ARN",
            ROLE,
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            token.toString(),
            "AWS_ENDPOINT_URL_STS",
            sts.url().toString()));
  }

  @Test
  void profileWithAWebIdentity() throws Exception {
    everyTransferSignsAs(
        FakeSts.ACCESS_KEY_ID,
        FakeSts.SESSION_TOKEN,
        Map.of(
            "AWS_REGION",
            "eu-west-1",
            "AWS_PROFILE",
            "fleet",
            "AWS_CONFIG_FILE",
            config(
                "[profile fleet]",
                "role_arn = " + ROLE,
                "web_identity_token_file = " + token,
                "endpoint_url = http://127.0.0.1:1",
                "services = stand-ins",
                "[services stand-ins]",
                "sts =",
                "  endpoint_url = " + sts.url())));
  }

  @Test
  void profileWithARoleOfAnother() throws Exception {
    everyTransferSignsAs(
        FakeSts.ACCESS_KEY_ID,
        FakeSts.SESSION_TOKEN,
        Map.of(
            "AWS_PROFILE",
            "fleet",
            "AWS_ENDPOINT_URL_STS",
            sts.url().toString(),
            "AWS_CONFIG_FILE",
            config(
                "[profile fleet]",
                "region = eu-west-1",
                "role_arn = " + ROLE,
                "source_profile = user",
                "[profile user]",
                "region = eu-west-1",
                "aws_access_key_id = " + FakeSts.USER_KEY_ID,
                "aws_secret_access_key = s")));
  }

  /**
   * As {@code aws sso login} leaves it: a token in the cache, by the SHA-1 of the session's name.
   */
  @Test
  void profileOfAnSsoSession() throws Exception {
    Path cache = Files.createDirectories(directory.resolve(".aws/sso/cache"));
    byte[] name =
        MessageDigest.getInstance("SHA-1").digest("maps".getBytes(StandardCharsets.UTF_8));
    Files.writeString(
        cache.resolve(HexFormat.of().formatHex(name) + ".json"),
        "{\"accessToken\": \"signed-in\", \"expiresAt\": \"%s\"}"
            .formatted(Instant.now().plus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS)));
    try (FakeSso sso = FakeSso.start("signed-in")) {
      everyTransferSignsAs(
          FakeSso.ACCESS_KEY_ID,
          FakeSso.SESSION_TOKEN,
          Map.of(
              "AWS_PROFILE",
              "fleet",
              "AWS_ENDPOINT_URL_SSO",
              sso.url().toString(),
              "AWS_CONFIG_FILE",
              config(
                  "[profile fleet]",
                  "region = eu-west-1",
                  "sso_session = maps",
                  "sso_account_id = 123456789012",
                  "sso_role_name = generators",
                  "[sso-session maps]",
                  "sso_region = eu-west-1",
                  "sso_start_url = https://maps.awsapps.com/start",
                  "sso_registration_scopes = sso:account:access")));
    }
  }

  @Test
  void profileWithACredentialProcess() throws Exception {
    Path process =
        Files.writeString(
            directory.resolve("credentials.json"),
            "{\"Version\": 1, \"AccessKeyId\": \"AKIAOFTHEPROCESS\", \"SecretAccessKey\": \"s\"}");
    everyTransferSignsAs(
        "AKIAOFTHEPROCESS",
        "",
        Map.of(
            "AWS_REGION",
            "eu-west-1",
            "AWS_CONFIG_FILE",
            config("[default]", "credential_process = cat " + process)));
  }

  @Test
  void instanceMetadataBehindAnEndpointOfOnesOwn() throws Exception {
    try (FakeInstanceMetadata metadata = FakeInstanceMetadata.start("AKIAOFTHEINSTANCE")) {
      everyTransferSignsAs(
          "AKIAOFTHEINSTANCE",
          "token-of-the-instance",
          Map.of(
              "AWS_REGION", "eu-west-1",
              "AWS_EC2_METADATA_DISABLED", "false",
              "AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.url().toString()));
    }
  }

  @Test
  void fileOfCredentialsBehindAnEndpointOfOnesOwn() throws Exception {
    Path file =
        Files.write(
            directory.resolve("credentials"),
            List.of("[default]", "aws_access_key_id = AKIAOFTHEFILE", "aws_secret_access_key = s"));
    everyTransferSignsAs(
        "AKIAOFTHEFILE",
        "",
        Map.of("AWS_REGION", "eu-west-1", "AWS_SHARED_CREDENTIALS_FILE", file.toString()));
  }

  @Test
  void dummiesWhereThereAreNone() throws Exception {
    everyTransferSignsAs("local", "", Map.of("AWS_REGION", "eu-west-1"));
  }

  /** A region alone is not what signs; nor does the generator start any later for looking. */
  @Test
  void dummiesWhereAProfileHasNone() throws Exception {
    everyTransferSignsAs(
        "local", "", Map.of("AWS_CONFIG_FILE", config("[default]", "region = eu-west-1")));
  }

  private String config(String... lines) throws Exception {
    return Files.write(directory.resolve("config"), List.of(lines)).toString();
  }

  private void everyTransferSignsAs(
      String signer, String sessionToken, Map<String, String> environment) throws Exception {
    Map<String, String> all = new HashMap<>(environment);
    all.put("COATCHECK_LAMBDA_ENDPOINT", lambda.url().toString());
    try (GeneratorProcess generator = GeneratorProcess.start(directory, all)) {
      assertThat(generator.generate(Transfer.BUFFERED)).isEqualTo(IMAGE);
      assertThat(generator.generate(Transfer.RESPONSE_STREAM)).isEqualTo(IMAGE);
      assertRefused( // it was called, and has pushed nothing
          () -> generator.generate(Transfer.CALLBACK),
          Status.Code.INTERNAL,
          ErrorReason.FUNCTION_FAILED);
    }
    assertThat(lambda.calls())
        .hasSize(3)
        .allSatisfy(call -> {
          assertThat(call.signer()).isEqualTo(signer);
          assertThat(call.sessionToken()).isEqualTo(sessionToken);
          assertThat(call.region()).isEqualTo("eu-west-1");
        });
    assertThat(lambda.calls()).filteredOn(FakeLambda.Call::streams).hasSize(1);
  }
}
