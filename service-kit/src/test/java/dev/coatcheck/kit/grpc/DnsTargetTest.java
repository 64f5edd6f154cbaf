package dev.coatcheck.kit.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.InsecureChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DnsTargetTest {

  /** What is taken here must not fail when it is first called. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "generator:9090",
        "generator-1.coatcheck.svc.cluster.local:9090",
        "127.0.0.1:1",
        "[::1]:9090",
        "[2001:db8::ffff:192.0.2.1]:65535",
        "[fe80::1%eth0]:9090",
        "[fe80::1%2]:9090"
      })
  void everyAddressIsATarget(String address) {
    assertThat(DnsTarget.isAddress(address)).isTrue();
    NettyChannelBuilder.forTarget(DnsTarget.of(address), InsecureChannelCredentials.create())
        .build()
        .shutdownNow();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "generator",
        "generator:0",
        "generator:65536",
        "generator_1:9090",
        "::1:9090",
        "[::1]",
        "a b:1",
        "a%zz:1",
        "a/b:1",
        "a@b:1",
        "a^b:1",
        "[a]:1",
        ":9090",
        "",
        "a:+1",
        "a:09"
      })
  void otherTextIsNone(String text) {
    assertThat(DnsTarget.isAddress(text)).isFalse();
  }

  @Test
  void bracketsAndZonesAreEncoded() {
    assertThat(DnsTarget.of("[fe80::1%2]:9090")).isEqualTo("dns:///%5Bfe80::1%252%5D:9090");
  }
}
