package dev.coatcheck.generator;

import dev.coatcheck.generator.image.ImageLimits;
import dev.coatcheck.generator.lambda.LambdaSettings;
import dev.coatcheck.generator.lambda.TransferChoice;
import dev.coatcheck.generator.rpc.CreateDefaults;

/** What parts of a generator are told, each in its own words. */
final class PartSettings {

  private PartSettings() {}

  /** The store. */
  static ImageLimits limits(GeneratorConfig config) {
    return ImageLimits.DEFAULT.withLinger(config.linger()).withDead(config.stallTimeout());
  }

  /** Who calls functions. */
  static LambdaSettings lambda(GeneratorConfig config) {
    return new LambdaSettings(
        config.lambdaEndpoint(),
        config.region(),
        config.lambdaEndpoint().isPresent() && !config.awsCredentials(),
        config.functionTimeout(),
        LambdaSettings.streamsThatFit(Runtime.getRuntime().maxMemory()));
  }

  /** Who takes requests for images. */
  static CreateDefaults creates(GeneratorConfig config) {
    return new CreateDefaults(
        config.functions(),
        config.maxBytes(),
        config.functionTimeout(),
        config.timeToLive(),
        maxBytes ->
            TransferChoice.automatic(
                maxBytes, config.callbackUrl().isPresent(), config.responseStreams()),
        config.callbackUrl());
  }
}
