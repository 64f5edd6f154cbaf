package dev.coatcheck.generator.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.amazonaws.auth.AWSSessionCredentials;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.core.exception.SdkClientException;

@Timeout(60)
class CredentialsChainTest {

  private final AtomicLong now = new AtomicLong();

  /** A chain that may have nothing. */
  private static final class Chain implements AwsCredentialsProvider {
    private final AtomicInteger looks = new AtomicInteger();
    private volatile boolean empty;

    Chain(boolean empty) {
      this.empty = empty;
    }

    @Override
    public AwsCredentials resolveCredentials() {
      looks.incrementAndGet();
      if (empty) {
        throw SdkClientException.create("nothing");
      }
      return AwsBasicCredentials.create("AKIA", "secret");
    }
  }

  private CredentialsChain chain(AwsCredentialsProvider chain, boolean dummies) {
    return new CredentialsChain(chain, dummies, now::get);
  }

  @Test
  void bothSdksHaveTheSame() {
    CredentialsChain chain =
        chain(() -> AwsSessionCredentials.create("ASIA", "secret", "token"), false);

    assertThat(chain.resolveCredentials().accessKeyId()).isEqualTo("ASIA");
    assertThat(chain.getCredentials())
        .isInstanceOfSatisfying(
            AWSSessionCredentials.class,
            v1 -> {
              assertThat(v1.getAWSAccessKeyId()).isEqualTo("ASIA");
              assertThat(v1.getAWSSecretKey()).isEqualTo("secret");
              assertThat(v1.getSessionToken()).isEqualTo("token");
            });
  }

  @Test
  void noDummiesForAws() {
    CredentialsChain chain = chain(new Chain(true), false);

    assertThatThrownBy(chain::resolveCredentials).isInstanceOf(SdkClientException.class);
  }

  /** Looking takes seconds where there is no metadata service to ask. */
  @Test
  void startDoesNotWaitForTheFirstLook() {
    CountDownLatch held = new CountDownLatch(1);
    CredentialsChain chain =
        chain(
            () -> {
              try {
                held.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              throw SdkClientException.create("nothing");
            },
            true);

    held.countDown(); // not reached, had the constructor waited
    assertThat(chain.resolveCredentials().accessKeyId()).isEqualTo("local");
  }

  @Test
  void looksOnceAMinuteBehindCallsThatHaveDummies() {
    Chain empty = new Chain(true);
    CredentialsChain chain = chain(empty, true);
    for (int i = 0; i < 10; i++) {
      assertThat(chain.getCredentials().getAWSAccessKeyId()).isEqualTo("local");
    }
    assertThat(empty.looks).hasValue(1);

    empty.empty = false;
    now.addAndGet(Duration.ofMinutes(1).toNanos());

    await().until(() -> chain.resolveCredentials().accessKeyId().equals("AKIA"));
  }

  @Test
  void whatWasFoundIsNeverMadeUpFor() {
    Chain real = new Chain(false);
    CredentialsChain chain = chain(real, true);
    assertThat(chain.resolveCredentials().accessKeyId()).isEqualTo("AKIA");

    real.empty = true;

    assertThatThrownBy(chain::resolveCredentials).isInstanceOf(SdkClientException.class);
  }
}
