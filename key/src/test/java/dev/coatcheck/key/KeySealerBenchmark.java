package dev.coatcheck.key;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Sealing a key, once for each image, and opening it, once for each request. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class KeySealerBenchmark {

  private final ImageKey key =
      ImageKey.create(new SecureRandom(), Instant.now(), 1, "generator-1.fleet.local:9090");
  private KeySealer sealer = new KeySealer(() -> null);
  private String sealed = "";
  private String forged = "";

  @Setup
  public void makeKeyset() throws IOException, GeneralSecurityException {
    Path directory = Files.createTempDirectory("coatcheck-bench-");
    Path file = directory.resolve("keyset.json");
    directory.toFile().deleteOnExit();
    file.toFile().deleteOnExit(); // before the directory
    KeysetFile.create(file);
    KeysetFile keyset = KeysetFile.open(file);
    sealer = new KeySealer(keyset::aead);
    sealed = sealer.seal(key);
    forged = (sealed.charAt(0) == 'A' ? 'B' : 'A') + sealed.substring(1);
    if (!sealer.open(sealed).equals(Optional.of(key)) || sealer.open(forged).isPresent()) {
      throw new IllegalStateException("another key came out than went in");
    }
  }

  @Benchmark
  public String seal() {
    return sealer.seal(key);
  }

  @Benchmark
  public Optional<ImageKey> open() {
    return sealer.open(sealed);
  }

  @Benchmark
  public Optional<ImageKey> refuse() {
    return sealer.open(forged);
  }
}
