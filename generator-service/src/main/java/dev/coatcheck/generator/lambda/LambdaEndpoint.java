package dev.coatcheck.generator.lambda;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.endpoint.AwsClientEndpointProvider;
import software.amazon.awssdk.awscore.endpoint.DualstackEnabledProvider;
import software.amazon.awssdk.awscore.endpoint.FipsEnabledProvider;
import software.amazon.awssdk.awscore.endpoint.IgnoreConfiguredEndpointUrlsProvider;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.InstanceProfileRegionProvider;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.services.lambda.endpoints.LambdaEndpointProvider;

/**
 * Where Lambda is called by every transfer. It is found once, as the AWS SDK v2 finds it, and told
 * to both SDKs, since the v1 knows neither {@code AWS_ENDPOINT_URL}, nor FIPS and dual stack by
 * {@code AWS_USE_FIPS_ENDPOINT} and {@code AWS_USE_DUALSTACK_ENDPOINT}.
 *
 * @param url an http or https URL
 * @param region for which calls are signed
 * @see <a href="https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html">
 *     service-specific endpoints</a>
 */
record LambdaEndpoint(URI url, Region region) {

  /** A stand-in is in none, but the SDKs want one. */
  private static final Region ANY_REGION = Region.US_EAST_1;

  private static final Pattern REGION = Pattern.compile("[a-z0-9](-?[a-z0-9]){0,62}");

  /** As in {@code vpce-0a-1b.lambda.eu-west-1.vpce.amazonaws.com}. */
  private static final Pattern REGION_IN_HOST =
      Pattern.compile("(?:.*\\.)?lambda(?:-fips)?\\.([a-z]+(?:-[a-z]+)+-\\d+)\\..*");

  /**
   * Finds both.
   *
   * @param own the URL that the generator was told, which AWS's own settings do not change
   * @param region that it was told; empty to find it
   * @throws IllegalArgumentException with a line such as other settings have, if either is missing
   *     or makes no sense
   */
  static LambdaEndpoint find(Optional<URI> own, String region) {
    Region signed =
        region.isEmpty()
            ? own.map(LambdaEndpoint::regionOf).orElseGet(LambdaEndpoint::regionOfAws)
            : Region.of(region);
    if (!REGION.matcher(signed.id()).matches()) {
      throw new IllegalArgumentException(
          "AWS_REGION: '" + signed.id() + "' (expected: a region such as eu-central-1)");
    }
    return new LambdaEndpoint(own.orElseGet(() -> urlOfAws(signed)), signed);
  }

  /** Without the instance's metadata, which is far away when there is none. */
  private static Region regionOf(URI own) {
    Matcher host = REGION_IN_HOST.matcher(String.valueOf(own.getHost()));
    return configuredRegion(List.of())
        .orElseGet(() -> host.matches() ? Region.of(host.group(1)) : ANY_REGION);
  }

  private static Region regionOfAws() {
    return configuredRegion(List.of(new InstanceProfileRegionProvider()))
        .orElseThrow(() ->
            new IllegalArgumentException(
                "AWS_REGION: not set, nor in the profile"
                    + " (expected: a region such as eu-central-1)"));
  }

  private static Optional<Region> configuredRegion(List<AwsRegionProvider> more) {
    List<AwsRegionProvider> providers =
        new ArrayList<>(
            List.of(new SystemSettingsRegionProvider(), new AwsProfileRegionProvider()));
    providers.addAll(more);
    try {
      return Optional.of(
          new AwsRegionProviderChain(providers.toArray(AwsRegionProvider[]::new)).getRegion());
    } catch (SdkClientException e) {
      return Optional.empty();
    }
  }

  private static URI urlOfAws(Region region) {
    URI url;
    try {
      url = configuredUrl().orElseGet(() -> defaultUrl(region));
    } catch (SdkException e) {
      throw new IllegalArgumentException(
          "AWS_ENDPOINT_URL_LAMBDA, AWS_ENDPOINT_URL, AWS_REGION: " + e.getMessage(), e);
    }
    if (!List.of("http", "https").contains(String.valueOf(url.getScheme()))
        || url.getHost() == null) {
      throw new IllegalArgumentException(
          "AWS_ENDPOINT_URL_LAMBDA or AWS_ENDPOINT_URL: '"
              + url
              + "' (expected: an http or https URL)");
    }
    return url;
  }

  private static Optional<URI> configuredUrl() {
    boolean ignored =
        IgnoreConfiguredEndpointUrlsProvider.builder()
            .build()
            .ignoreConfiguredEndpointUrls()
            .orElse(false);
    return ignored
        ? Optional.empty()
        : AwsClientEndpointProvider.builder()
            .serviceEndpointOverrideEnvironmentVariable("AWS_ENDPOINT_URL_LAMBDA")
            .serviceEndpointOverrideSystemProperty("aws.endpointUrlLambda")
            .serviceProfileProperty("lambda")
            .profileFile(ProfileFile::defaultProfileFile)
            .profileName(ProfileFileSystemSetting.AWS_PROFILE.getStringValueOrThrow())
            .resolveFromOverrides();
  }

  private static URI defaultUrl(Region region) {
    boolean fips =
        flag(
            SdkSystemSetting.AWS_USE_FIPS_ENDPOINT,
            () -> FipsEnabledProvider.builder().build().isFipsEnabled());
    boolean dualStack =
        flag(
            SdkSystemSetting.AWS_USE_DUALSTACK_ENDPOINT,
            () -> DualstackEnabledProvider.builder().build().isDualstackEnabled());
    return LambdaEndpointProvider.defaultProvider()
        .resolveEndpoint(wanted -> wanted.region(region).useFips(fips).useDualStack(dualStack))
        .join()
        .endpointUrl()
        .toUri();
  }

  private static boolean flag(SdkSystemSetting setting, Supplier<Optional<Boolean>> found) {
    try {
      return found.get().orElse(false);
    } catch (IllegalStateException e) { // which is how the SDK says that it is neither
      throw new IllegalArgumentException(
          setting.environmentVariable()
              + ": '"
              + setting.getStringValue().orElse("what the profile has")
              + "' (expected: true or false)",
          e);
    }
  }
}
