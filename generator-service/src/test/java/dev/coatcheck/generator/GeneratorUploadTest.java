package dev.coatcheck.generator;

import static dev.coatcheck.generator.GeneratorFixture.assertRefused;
import static dev.coatcheck.generator.GeneratorFixture.bytesOf;
import static dev.coatcheck.generator.GeneratorFixture.png;
import static dev.coatcheck.generator.GeneratorFixture.request;
import static dev.coatcheck.generator.GeneratorFixture.sha256;
import static dev.coatcheck.generator.UploadClient.PART_BYTES;
import static dev.coatcheck.generator.UploadClient.crc32c;
import static dev.coatcheck.generator.UploadClient.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.generator.image.Refusal;
import dev.coatcheck.v1.CreateImageRequest.Transfer;
import dev.coatcheck.v1.ErrorReason;
import dev.coatcheck.v1.GetImageRequest;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.ImageError;
import dev.coatcheck.v1.WritePartsRequest;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The callback transfer: parts that a function pushes, and what may go wrong with them. */
class GeneratorUploadTest {

  private static final int MAX_BYTES = 4 << 20;

  @TempDir Path directory;

  private final FakeImageSource function = new FakeImageSource();
  private GeneratorFixture generator;
  private UploadClient uploads;

  @BeforeEach
  void start() throws Exception {
    generator = GeneratorFixture.start(directory, function);
    uploads = generator.uploads;
  }

  @AfterEach
  void everythingIsBack() {
    try (GeneratorFixture ending = generator) {
      ending.awaitPoolFull();
    }
  }

  @Test
  void partsInAnyOrderAndAtOnceMakeTheImage() throws Exception {
    byte[] image = png(3 * PART_BYTES + 12_345);
    Image created = create();
    FakeImageSource.Call call = function.next();
    String token = call.upload().token();
    assertThat(call.upload().url()).isEqualTo("http://gateway.test:8080/v1/uploads/" + token);
    assertThat(call.upload().partBytes()).isEqualTo(PART_BYTES);

    List<CompletableFuture<Long>> others = new ArrayList<>();
    for (int offset : new int[] {3 * PART_BYTES, PART_BYTES, 2 * PART_BYTES}) {
      others.add(
          CompletableFuture.supplyAsync(
              () -> uploads.write(token, "run", offset, part(image, offset))));
    }
    others.forEach(CompletableFuture::join);
    assertThat(status(created).getAvailableBytes()).isZero();
    assertThat(uploads.write(token, "run", 0, part(image, 0))).isEqualTo(PART_BYTES);
    await()
        .untilAsserted(
            () -> assertThat(status(created).getAvailableBytes()).isEqualTo(image.length));
    assertThat(status(created).getState()).isEqualTo(Image.State.GENERATING);
    uploads.complete(token, "run", image.length, sha256(image));

    assertThat(status(created).getState()).isEqualTo(Image.State.COMPLETE);
    assertThat(status(created).getSha256()).isEqualTo(sha256(image));
    assertThat(generator.server.pool().freeBytes())
        .isEqualTo(GeneratorFixture.MEMORY - 3 * PART_BYTES - (256 << 10));
    call.fail(Refusal.of(ErrorReason.FUNCTION_FAILED, "too late to matter"));
    assertThat(bytesOf(generator.download(created.getName()))).isEqualTo(image);
  }

  @Test
  void readersFollowThePartsWithoutAGap() throws Exception {
    byte[] image = png(2 * PART_BYTES);
    Image created = create();
    String token = function.next().upload().token();
    CompletableFuture<byte[]> reader =
        CompletableFuture.supplyAsync(() -> {
          try {
            return bytesOf(generator.download(created.getName()));
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });

    uploads.writeAll(token, "run", image);
    uploads.complete(token, "", image.length, sha256(image));

    assertThat(reader.join()).isEqualTo(image);
  }

  @Test
  void aPartMayBeSentAgainButNotAnother() throws Exception {
    byte[] image = png(PART_BYTES + 10);
    byte[] other = part(image, PART_BYTES);
    other[3]++;
    Image created = create();
    String token = function.next().upload().token();

    uploads.writeAll(token, "run", image);
    assertThat(uploads.write(token, "run", 0, part(image, 0))).isEqualTo(PART_BYTES);
    invalid("data", () -> uploads.write(token, "run", PART_BYTES, other));
    invalid("data", () -> uploads.write(token, "run", PART_BYTES, Arrays.copyOf(other, 9)));
    uploads.complete(token, "run", image.length, sha256(image));

    assertThat(bytesOf(generator.download(created.getName()))).isEqualTo(image);
  }

  @Test
  void aPartThatBreaksOrIsWrongLeavesNoTrace() throws Exception {
    byte[] image = png(PART_BYTES + 10);
    Image created = create();
    String token = function.next().upload().token();
    int crc = crc32c(part(image, 0));

    UploadClient.Sending brokenOff = uploads.begin(token, "run", 0, PART_BYTES, crc);
    brokenOff.data(image, 0, 300_000);
    brokenOff.breakOff();
    invalid("crc32c", () -> uploads.write(token, "run", 0, part(image, 0), crc + 1));
    UploadClient.Sending tooShort = uploads.begin(token, "run", 0, PART_BYTES, crc);
    tooShort.data(image, 0, 300_000);
    invalid("part", tooShort::end);
    UploadClient.Sending tooLong = uploads.begin(token, "run", PART_BYTES, 10, 0);
    tooLong.data(image, 0, 11);
    invalid("data", tooLong::end);
    assertThat(status(created).getAvailableBytes()).isZero();

    uploads.writeAll(token, "run", image);
    uploads.complete(token, "run", image.length, sha256(image));
    assertThat(bytesOf(generator.download(created.getName()))).isEqualTo(image);
  }

  @Test
  void theNewestSendingOfAPartWins() throws Exception {
    byte[] image = png(PART_BYTES);
    Image created = create();
    String token = function.next().upload().token();
    UploadClient.Sending halfOpen = uploads.begin(token, "run", 0, PART_BYTES, crc32c(image));
    halfOpen.data(image, 0, 300_000);

    var _ = uploads.write(token, "run", 0, image);
    uploads.complete(token, "run", image.length, sha256(image));

    halfOpen.data(png(PART_BYTES - 1), 300_000, PART_BYTES - 1);
    assertThat(GeneratorFixture.reasonOf(halfOpen::end)) // the other is under way, or has ended
        .isIn(ErrorReason.ATTEMPT_SUPERSEDED, ErrorReason.UPLOAD_NOT_FOUND);
    assertThat(bytesOf(generator.download(created.getName()))).isEqualTo(image);
  }

  @Test
  void twoRunsOfAFunctionNeverMix() throws Exception {
    byte[] image = png(2 * PART_BYTES);
    byte[] other = png(2 * PART_BYTES + 1);
    Image created = create();
    String token = function.next().upload().token();

    var _ = uploads.write(token, "run-1", PART_BYTES, part(image, PART_BYTES));
    superseded(() -> uploads.write(token, "run-2", 0, part(other, 0)));
    superseded(() -> uploads.write(token, "run-2", PART_BYTES, part(image, PART_BYTES)));
    var _ = uploads.write(token, "run-1", 0, part(image, 0));
    superseded(() -> uploads.complete(token, "run-2", image.length, sha256(image)));
    uploads.complete(token, "run-1", image.length, sha256(image));

    assertThat(bytesOf(generator.download(created.getName()))).isEqualTo(image);
  }

  /** 1. A function runs twice. 2. The run that came second ends first. 3. The other completes. */
  @Test
  void endOfTheRunThatWasRefusedIsNotTheEnd() throws Exception {
    byte[] image = png(2 * PART_BYTES);
    Image created = create();
    FakeImageSource.Call call = function.next();
    String token = call.upload().token();
    var _ = uploads.write(token, "one", 0, part(image, 0));
    superseded(() -> uploads.write(token, "two", 0, part(image, 0)));

    call.fail(Refusal.of(ErrorReason.FUNCTION_FAILED, "UploadRefused"));
    uploads.writeAll(token, "one", image);
    uploads.complete(token, "one", image.length, sha256(image));

    assertThat(bytesOf(generator.download(created.getName()))).isEqualTo(image);
  }

  @Test
  void completesOnlyWhatIsWholeAndAsSaid() throws Exception {
    byte[] image = png(2 * PART_BYTES + 5);
    String sha256 = sha256(image);
    Image created = create();
    String token = function.next().upload().token();

    invalid("size_bytes", () -> uploads.complete(token, "run", 0, sha256));
    var _ = uploads.write(token, "run", 2 * PART_BYTES, part(image, 2 * PART_BYTES));
    var _ = uploads.write(token, "run", 0, part(image, 0));
    invalid("size_bytes", () -> uploads.complete(token, "run", image.length, sha256));
    var _ = uploads.write(token, "run", PART_BYTES, part(image, PART_BYTES));
    invalid("size_bytes", () -> uploads.complete(token, "run", image.length + 1, sha256));
    invalid("size_bytes", () -> uploads.complete(token, "run", image.length - 1, sha256));
    invalid("size_bytes", () -> uploads.complete(token, "run", 2 * PART_BYTES, sha256));
    invalid("sha256", () -> uploads.complete(token, "run", image.length, sha256(new byte[1])));
    invalid("sha256", () -> uploads.complete(token, "run", image.length, "xyz"));
    assertThat(status(created).getState()).isEqualTo(Image.State.GENERATING);

    uploads.complete(token, "run", image.length, sha256);
    uploads.complete(token, "run", image.length, sha256);
    refused(
        ErrorReason.UPLOAD_NOT_FOUND,
        Status.Code.NOT_FOUND,
        () -> uploads.complete(token, "run", image.length, sha256(new byte[1])));
    refused(
        ErrorReason.UPLOAD_NOT_FOUND,
        Status.Code.NOT_FOUND,
        () -> uploads.write(token, "run", 0, part(image, 0)));
    assertThat(bytesOf(generator.download(created.getName()))).isEqualTo(image);
  }

  @ParameterizedTest
  @CsvSource({
    "-1048576, 1048576, offset",
    "1,        1048576, offset",
    "262144,   1048576, offset",
    "0,        0,       size_bytes",
    "0,        1048577, size_bytes",
  })
  void refusesPartsThatHaveNoPlace(int offset, int sizeBytes, String field) throws Exception {
    Image created = create();
    String token = function.next().upload().token();

    invalid(field, () -> uploads.begin(token, "run", offset, sizeBytes, 0).end());
    invalid("writer", () -> uploads.begin(token, "", 0, 1, 0).end());
    invalid("writer", () -> uploads.begin(token, "a b", 0, 1, 0).end());
    invalid("writer", () -> uploads.begin(token, "x".repeat(65), 0, 1, 0).end());
    UploadClient.Sending twice = uploads.begin(token, "run", 0, 5, 0);
    twice.message(
        WritePartsRequest.newBuilder()
            .setPart(dev.coatcheck.v1.UploadPart.newBuilder().setOffset(0).setSizeBytes(5))
            .build());
    invalid("part", twice::end);
    generator.delete(created.getName());
  }

  @Test
  void onlyTheLastPartMayBeShorter() throws Exception {
    byte[] image = png(3 * PART_BYTES);
    Image created = create();
    String token = function.next().upload().token();

    var _ = uploads.write(token, "run", PART_BYTES, part(image, PART_BYTES));
    invalid("size_bytes", () -> uploads.write(token, "run", 0, Arrays.copyOf(image, 100)));
    var _ = uploads.write(token, "run", 2 * PART_BYTES, Arrays.copyOf(image, 100));
    invalid("size_bytes", () -> uploads.write(token, "run", 3 * PART_BYTES, new byte[1]));
    generator.delete(created.getName());
  }

  @Test
  void moreThanWasReservedFailsTheImage() throws Exception {
    Image created = create();
    String token = function.next().upload().token();

    invalid("offset", () -> uploads.write(token, "run", MAX_BYTES, new byte[1]));

    assertThat(failure(created)).isEqualTo(ErrorReason.FUNCTION_FAILED);
  }

  @Test
  void whatIsNoImageFails() throws Exception {
    Image created = create();
    FakeImageSource.Call call = function.next();

    var _ = uploads.write(call.upload().token(), "run", 0, new byte[PART_BYTES]);

    await().untilAsserted(() -> assertThat(failure(created)).isEqualTo(ErrorReason.NOT_AN_IMAGE));
    assertThat(call.cancelled()).isTrue();
  }

  @Test
  void aFunctionThatEndsWithoutCompletingHasFailed() throws Exception {
    Image created = create();
    FakeImageSource.Call call = function.next();
    byte[] image = png(PART_BYTES);
    var _ = uploads.write(call.upload().token(), "run", 0, image);

    call.complete();

    assertThat(failure(created)).isEqualTo(ErrorReason.FUNCTION_FAILED);
    refused(
        ErrorReason.UPLOAD_NOT_FOUND,
        Status.Code.NOT_FOUND,
        () -> uploads.complete(call.upload().token(), "run", image.length, sha256(image)));
  }

  @Test
  void aFunctionThatFailsHasFailed() throws Exception {
    Image created = create();
    FakeImageSource.Call call = function.next();
    var _ = uploads.write(call.upload().token(), "run", 0, png(PART_BYTES));

    call.fail(Refusal.of(ErrorReason.SPEC_REFUSED, "not like this"));

    assertThat(failure(created)).isEqualTo(ErrorReason.SPEC_REFUSED);
  }

  @Test
  void aDeletedImageTakesNoMoreAndItsMemoryIsBackAtOnce() throws Exception {
    byte[] image = png(2 * PART_BYTES);
    Image created = create();
    String token = function.next().upload().token();
    var _ = uploads.write(token, "run", 0, part(image, 0));
    UploadClient.Sending open = uploads.begin(token, "run", PART_BYTES, PART_BYTES, 0);
    open.data(image, 0, 300_000);

    generator.delete(created.getName());

    generator.awaitPoolFull(); // though the part's stream is still open
    open.data(image, 0, 300_000);
    refused(ErrorReason.UPLOAD_NOT_FOUND, Status.Code.NOT_FOUND, open::await);
  }

  @Test
  void aCallThatBreaksBeforeTheFirstPartIsMadeOnceMore() throws Exception {
    byte[] image = png(PART_BYTES);
    Image created = create();
    FakeImageSource.Call first = function.next();
    first.broken();
    superseded(() -> uploads.write(first.upload().token(), "run", 0, image));
    FakeImageSource.Call second = function.next();
    assertThat(second.request().attempt()).isEqualTo(2);

    superseded(() -> uploads.write(first.upload().token(), "run", 0, image));
    superseded(() -> uploads.complete(first.upload().token(), "run", 1, sha256(image)));
    first.fail(Refusal.of(ErrorReason.FUNCTION_FAILED, "late"));
    var _ = uploads.write(second.upload().token(), "run", 0, image);
    uploads.complete(second.upload().token(), "run", image.length, sha256(image));

    assertThat(bytesOf(generator.download(created.getName()))).isEqualTo(image);
  }

  @Test
  void aCallThatBreaksLaterIsNot() throws Exception {
    Image created = create();
    FakeImageSource.Call call = function.next();
    UploadClient.Sending open = uploads.begin(call.upload().token(), "run", 0, PART_BYTES, 0);
    await()
        .until(() -> {
          try {
            return uploads.write(call.upload().token(), "other", 0, new byte[1]) < 0;
          } catch (io.grpc.StatusRuntimeException e) {
            return e.getStatus().getCode() == Status.Code.ABORTED; // the open one has begun
          }
        });

    call.broken();

    assertThat(failure(created)).isEqualTo(ErrorReason.FUNCTION_FAILED);
    assertThat(function.started()).isEqualTo(1);
    open.breakOff();
  }

  @Test
  void tokensThatDoNotServe() throws Exception {
    Image created = create();
    String token = function.next().upload().token();
    String key = created.getName().substring("images/".length());
    String forged = (token.charAt(0) == 'A' ? 'B' : 'A') + token.substring(1);

    for (String wrong :
        List.of("", "x", forged, token + "=", token.substring(1), key, created.getName())) {
      refused(
          ErrorReason.UPLOAD_NOT_FOUND,
          Status.Code.NOT_FOUND,
          () -> uploads.write(wrong, "run", 0, new byte[1]));
      refused(
          ErrorReason.UPLOAD_NOT_FOUND,
          Status.Code.NOT_FOUND,
          () -> uploads.complete(wrong, "run", 1, sha256(new byte[1])));
    }
    refused(
        ErrorReason.IMAGE_NOT_FOUND,
        Status.Code.NOT_FOUND,
        () -> bytesOf(generator.download("images/" + token)));
    generator.delete(created.getName());
  }

  private Image create() {
    return generator.images.createImage(
        request().setTransfer(Transfer.CALLBACK).setMaxBytes(MAX_BYTES).build());
  }

  private Image status(Image created) {
    return generator.images.getImage(
        GetImageRequest.newBuilder().setName(created.getName()).build());
  }

  private ErrorReason failure(Image created) {
    ImageError error = status(created).getError();
    return error.getReason();
  }

  private static void invalid(String field, ThrowingCallable call) {
    assertThat(
            assertRefused(call, Status.Code.INVALID_ARGUMENT, ErrorReason.INVALID_REQUEST)
                .getMetadataMap())
        .containsEntry("field", field);
  }

  private static void superseded(ThrowingCallable call) {
    refused(ErrorReason.ATTEMPT_SUPERSEDED, Status.Code.ABORTED, call);
  }

  private static void refused(ErrorReason reason, Status.Code code, ThrowingCallable call) {
    var _ = assertRefused(call, code, reason);
  }
}
