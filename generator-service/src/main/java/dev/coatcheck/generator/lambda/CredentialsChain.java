package dev.coatcheck.generator.lambda;

import com.amazonaws.auth.AWSCredentials;
import com.amazonaws.auth.AWSCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.auth.BasicSessionCredentials;
import dev.coatcheck.contract.UntrustedText;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * The credentials of every transfer: what the AWS SDK v2 finds by its default chain, for both SDKs.
 * The v1's own chain is not asked, since it knows fewer ways.
 *
 * <p>For an endpoint that may be a stand-in, a chain that finds nothing is made up for by dummies.
 * Off EC2 its last way, the instance's metadata, is found missing only after seconds. So it is
 * looked for once, from the start on and beside it, which the first calls wait for; and again, now
 * and then, behind calls that have their dummies.
 *
 * <p><b>Threading:</b> any thread; may block it, while credentials are fetched.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/credentials-chain.html">
 *     the default credentials provider chain</a>
 */
final class CredentialsChain
    implements AwsCredentialsProvider, AWSCredentialsProvider, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(CredentialsChain.class);
  private static final AwsCredentials DUMMIES = AwsBasicCredentials.create("local", "local");
  private static final Duration POLL_INTERVAL = Duration.ofMinutes(1);

  private final AwsCredentialsProvider chain;
  private final boolean dummies;
  private final LongSupplier ticker;
  private final CountDownLatch firstLook = new CountDownLatch(1);
  private final AtomicLong lookedAt;

  // state: set once, by whoever looks
  private volatile boolean found;

  /**
   * The default chain.
   *
   * @param dummies true to make up for credentials that are not found
   */
  CredentialsChain(boolean dummies) {
    this(DefaultCredentialsProvider.builder().build(), dummies, System::nanoTime);
  }

  CredentialsChain(AwsCredentialsProvider chain, boolean dummies, LongSupplier ticker) {
    this.chain = chain;
    this.dummies = dummies;
    this.ticker = ticker;
    this.lookedAt = new AtomicLong(ticker.getAsLong());
    if (dummies) {
      look();
    }
  }

  private void look() {
    var _ =
        Thread.ofVirtual()
            .name("credentials")
            .start(() -> {
              try {
                chain.resolveCredentials();
                found = true;
              } catch (SdkException e) {
                if (firstLook.getCount() > 0) {
                  log.info("no AWS credentials are found, so calls are signed with dummies");
                  log.debug("where they were looked for: {}", UntrustedText.describe(e));
                }
              } finally {
                firstLook.countDown();
              }
            });
  }

  @Override
  public AwsCredentials resolveCredentials() {
    if (!dummies || found || areFound()) {
      return chain.resolveCredentials();
    }
    long last = lookedAt.get();
    long now = ticker.getAsLong();
    if (now - last >= POLL_INTERVAL.toNanos() && lookedAt.compareAndSet(last, now)) {
      look();
    }
    return DUMMIES;
  }

  /** What the first look has shown, once it is over. */
  private boolean areFound() {
    try {
      firstLook.await();
    } catch (InterruptedException e) { // the call is cancelled
      Thread.currentThread().interrupt();
    }
    return found;
  }

  @Override
  public AWSCredentials getCredentials() {
    return switch (resolveCredentials()) {
      case AwsSessionCredentials session ->
          new BasicSessionCredentials(
              session.accessKeyId(), session.secretAccessKey(), session.sessionToken());
      case AwsCredentials plain ->
          new BasicAWSCredentials(plain.accessKeyId(), plain.secretAccessKey());
    };
  }

  /** Nothing to do: the chain refreshes what is about to expire. */
  @Override
  public void refresh() {}

  @Override
  public void close() {
    if (chain instanceof DefaultCredentialsProvider closeable) {
      closeable.close();
    }
  }
}
