package dev.coatcheck.key;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/** A file is a keyset, which seals, opens and rotates, or it is refused by its name. */
class KeysetFileFuzzTest {

  private static final int MAX_KEYS = 8;
  private static final int TINK_PREFIX = 1;

  private static final ImageKey KEY =
      ImageKey.create(new SecureRandom(), Instant.EPOCH, 1, "generator:9090");

  private static final Path FILE = temporaryFile();

  @FuzzTest
  void fileIsAKeysetOrRefusedByItsName(byte[] content) throws IOException {
    Files.write(FILE, content);
    KeySealer sealer;
    try {
      sealer = sealer();
    } catch (IOException e) {
      requireRefusal(e);
      requireNotRotated(content);
      return;
    }
    String sealed = sealer.seal(KEY);
    assertThat(sealer.open(sealed)).contains(KEY);
    JsonObject keyset = json(content);
    List<JsonElement> keys = keyset.getAsJsonArray("key").asList();
    requirePrimary(keyset, keys, sealed);

    JsonObject last = keys.getLast().getAsJsonObject();
    if (!last.get("status").getAsString().equals("ENABLED")) {
      requireNotRotated(content);
      return;
    }
    KeysetFile.rotate(FILE);
    JsonObject rotated = json(Files.readAllBytes(FILE));
    List<JsonElement> rotatedKeys = rotated.getAsJsonArray("key").asList();
    int kept = Math.min(MAX_KEYS - 1, keys.size());
    assertThat(rotatedKeys).hasSize(kept + 1);
    for (int i = 0; i < kept; i++) {
      requireSameKey(rotatedKeys.get(i), keys.get(keys.size() - kept + i));
    }
    assertThat(id(rotated.get("primaryKeyId"))).isEqualTo(id(last.get("keyId")));
    String sealedAfter = sealer().seal(KEY);
    assertThat(sealer.open(sealedAfter)).contains(KEY); // of a process that is a rotation behind
    if (keys.size() <= kept) {
      assertThat(sealer().open(sealed)).contains(KEY);
    }
  }

  /** A key of Tink's own output is told by its number. */
  private static void requirePrimary(JsonObject keyset, List<JsonElement> keys, String sealed) {
    int primary = id(keyset.get("primaryKeyId"));
    List<JsonObject> named =
        keys.stream()
            .map(JsonElement::getAsJsonObject)
            .filter(key -> id(key.get("keyId")) == primary)
            .toList();
    assertThat(named).isNotEmpty();
    if (named.size() == 1
        && named.getFirst().get("outputPrefixType").getAsString().equals("TINK")) {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(sealed));
      assertThat(bytes.get()).isEqualTo((byte) TINK_PREFIX);
      assertThat(bytes.getInt()).isEqualTo(primary);
    }
  }

  private static void requireSameKey(JsonElement rotated, JsonElement before) {
    JsonObject one = rotated.getAsJsonObject();
    JsonObject other = before.getAsJsonObject();
    assertThat(id(one.get("keyId"))).isEqualTo(id(other.get("keyId")));
    assertThat(one.get("status")).isEqualTo(other.get("status"));
    assertThat(one.get("outputPrefixType")).isEqualTo(other.get("outputPrefixType"));
  }

  /** As 32 bits, however they are written. */
  private static int id(JsonElement number) {
    return (int) number.getAsLong();
  }

  /** The object that the file begins with: Tink reads no further. */
  private static JsonObject json(byte[] content) {
    StringReader text = new StringReader(new String(content, StandardCharsets.UTF_8));
    return JsonParser.parseReader(new JsonReader(text)).getAsJsonObject();
  }

  private static void requireNotRotated(byte[] content) throws IOException {
    try {
      KeysetFile.rotate(FILE);
    } catch (IOException e) {
      requireRefusal(e);
      assertThat(Files.readAllBytes(FILE)).isEqualTo(content);
      return;
    }
    throw new AssertionError("rotated");
  }

  /** Says which file, and nothing that is in it. */
  private static void requireRefusal(IOException refusal) {
    assertThat(refusal.getMessage())
        .startsWith(FILE.toString())
        .hasSizeLessThan(FILE.toString().length() + 100)
        .matches("[ -~]*");
  }

  private static KeySealer sealer() throws IOException {
    return new KeySealer(KeysetFile.open(FILE)::aead);
  }

  private static Path temporaryFile() {
    try {
      Path file = Files.createTempFile("coatcheck-", ".json");
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
