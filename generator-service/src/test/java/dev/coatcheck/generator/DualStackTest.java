package dev.coatcheck.generator;

import static dev.coatcheck.generator.GeneratorFixture.bytesOf;
import static dev.coatcheck.generator.GeneratorFixture.png;
import static dev.coatcheck.generator.GeneratorFixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.v1.DownloadImageRequest;
import dev.coatcheck.v1.GetImageRequest;
import dev.coatcheck.v1.Image;
import dev.coatcheck.v1.LocateImageRequest;
import dev.coatcheck.v1.LocateImageResponse;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Generators of one fleet, of which some have IPv4 addresses and some IPv6 ones. */
class DualStackTest {

  private static final int IMAGES = 4;

  private final FakeImageSource function = new FakeImageSource();

  @TempDir Path directory;

  /**
   * 1. Four, listed with one that cannot be reached and one that is no name. 2. One of each goes.
   */
  @Test
  void oneOfEachDrainsIntoTheOthers() throws Exception {
    List<String> own = GeneratorSet.freeAddresses(List.of("::1", "::1", "127.0.0.1", "127.0.0.1"));
    String peers = "static:///[2001:db8::1]:9090,nowhere.invalid:9090," + String.join(",", own);
    try (GeneratorSet set = GeneratorSet.start(directory, function, own, peers, Map.of())) {
      assertNothingIsLost(set, List.of(0, 2), List.of(1, 3));
    }
  }

  /** The same, where one name has the addresses of all. */
  @Test
  void oneNameStandsForBoth() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    List<String> own = new ArrayList<>();
    TwoStackName.ADDRESSES.forEach(host -> own.add(new HostPort(host, port).toString()));
    String peers = "dns:///" + TwoStackName.NAME + ":" + port;
    try (GeneratorSet set = GeneratorSet.start(directory, function, own, peers, Map.of())) {
      assertNothingIsLost(set, List.of(0, 1), List.of(2));
    }
  }

  private void assertNothingIsLost(GeneratorSet set, List<Integer> leaving, List<Integer> staying)
      throws Exception {
    List<String> names = new ArrayList<>();
    for (int member : leaving) {
      for (int i = 0; i < IMAGES; i++) {
        names.add(make(set.get(member)));
      }
    }
    for (int member : leaving) {
      set.get(member).drain().get(20, TimeUnit.SECONDS);
      assertThat(set.get(member).server.store().size()).isZero();
    }
    int found = 0;
    for (int member : staying) {
      for (String name : names) {
        if (isHeldBy(set.get(member), name)) {
          var download = DownloadImageRequest.newBuilder().setName(name).build();
          assertThat(bytesOf(set.get(member).images.downloadImage(download)))
              .isEqualTo(png(100_000));
          found++;
        }
      }
    }
    assertThat(found).isEqualTo(names.size());
  }

  private static boolean isHeldBy(GeneratorSet.Member member, String name) {
    var where = LocateImageRequest.newBuilder().setImageId(GeneratorSet.id(name)).build();
    return member.peer.locateImage(where).getState() == LocateImageResponse.State.HELD;
  }

  private String make(GeneratorSet.Member member) throws Exception {
    String name = member.images.createImage(request().build()).getName();
    function.next().answer(png(100_000));
    await()
        .until(() ->
            member.images.getImage(GetImageRequest.newBuilder().setName(name).build()).getState()
                == Image.State.COMPLETE);
    return name;
  }
}
