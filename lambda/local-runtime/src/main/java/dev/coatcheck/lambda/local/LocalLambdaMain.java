package dev.coatcheck.lambda.local;

import java.util.Locale;

/** The process: settings from the environment, one line when it is up, an end at SIGTERM. */
public final class LocalLambdaMain {

  private LocalLambdaMain() {}

  public static void main(String[] args) throws InterruptedException {
    Locale.setDefault(Locale.ROOT); // ASCII digits in every locale
    LocalLambdaConfig config;
    try {
      config = LocalLambdaConfig.fromEnvironment(System.getenv());
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    if (Boolean.getBoolean("coatcheck.check")) {
      return; // the settings are good, which is all that was asked
    }
    LocalLambda lambda = new LocalLambda(config);
    try {
      lambda.start();
    } catch (IllegalStateException e) {
      System.err.println("lambda: " + e.getMessage());
      System.exit(1);
      return;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(lambda::close, "shutdown"));
    System.out.println("lambda pid=" + ProcessHandle.current().pid() + " url=" + lambda.url());
    Thread.currentThread().join();
  }
}
