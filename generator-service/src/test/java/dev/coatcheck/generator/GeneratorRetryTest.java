package dev.coatcheck.generator;

import static dev.coatcheck.generator.GeneratorFixture.assertRefused;
import static dev.coatcheck.generator.GeneratorFixture.bytesOf;
import static dev.coatcheck.generator.GeneratorFixture.png;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.GetImageRequest;
import dev.coatcheck.v1.Image;
import io.grpc.Status;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that break: made once more before the first byte, and never after it. */
class GeneratorRetryTest {

  private final FakeImageSource function = new FakeImageSource();

  @TempDir Path directory;
  private GeneratorFixture generator;

  @BeforeEach
  void start() throws Exception {
    generator = GeneratorFixture.start(directory, function);
  }

  @AfterEach
  void nothingLeaked() {
    try (GeneratorFixture ending = generator) {
      ending.awaitPoolFull();
    }
  }

  @Test
  void aCallThatBreaksBeforeTheFirstByteIsMadeOnceMore() throws Exception {
    Image created = generator.create();
    FakeImageSource.Call first = function.next();
    assertThat(first.request().attempt()).isEqualTo(1);
    first.broken();
    FakeImageSource.Call second = function.next();
    assertThat(second.request().attempt()).isEqualTo(2);

    assertThat(first.write(png(100), 0, 100)).isFalse();
    first.complete();
    second.answer(png(200));

    assertThat(bytesOf(generator.download(created.getName()))).isEqualTo(png(200));
    assertThat(function.started()).isEqualTo(2);
  }

  @Test
  void aSecondBreakIsAFailure() throws Exception {
    Image created = generator.create();
    function.next().broken("First.");
    function.next().broken("Last.");

    await().untilAsserted(() -> assertThat(state(created)).isEqualTo(Image.State.FAILED));
    assertThat(function.started()).isEqualTo(2);
    GetImageRequest request = GetImageRequest.newBuilder().setName(created.getName()).build();
    assertThat(generator.images.getImage(request).getError().getMessage()).isEqualTo("Last.");
  }

  /** Whether it was throttled first or last: that is what the caller can do something about. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCallThatIsThrottledOnceAndBreaksOnceWasThrottled(boolean throttledFirst) throws Exception {
    Image created = generator.create();
    for (boolean throttled : new boolean[] {throttledFirst, !throttledFirst}) {
      FakeImageSource.Call call = function.next();
      if (throttled) {
        call.throttled();
      } else {
        call.broken();
      }
    }

    await().untilAsserted(() -> assertThat(state(created)).isEqualTo(Image.State.FAILED));
    assertRefused(
        () -> bytesOf(generator.download(created.getName())),
        Status.Code.UNAVAILABLE,
        ErrorReason.FUNCTION_THROTTLED);
  }

  @Test
  void aBreakAfterTheFirstByteIsAFailure() throws Exception {
    Image created = generator.create();
    FakeImageSource.Call call = function.next();
    assertThat(call.write(png(100), 0, 1)).isTrue();
    call.broken();

    assertThat(state(created)).isEqualTo(Image.State.FAILED);
    assertThat(function.started()).isEqualTo(1);
  }

  @Test
  void anImageThatWasDeletedMeanwhileIsNotCalledAgain() throws Exception {
    Image created = generator.create();
    function.next().broken();
    generator.delete(created.getName());
    generator.awaitPoolFull();

    Thread.sleep(700); // longer than the pause before the second call
    assertThat(function.started()).isEqualTo(1);
  }

  private Image.State state(Image created) {
    return generator
        .images
        .getImage(GetImageRequest.newBuilder().setName(created.getName()).build())
        .getState();
  }
}
