package dev.coatcheck.gateway.loop;

import io.grpc.netty.shaded.io.netty.channel.IoEvent;
import io.grpc.netty.shaded.io.netty.channel.IoRegistration;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandle;
import java.nio.channels.SelectableChannel;

/** A channel as Netty sees it. */
record NioHandle(SelectableChannel selectableChannel, ReadinessListener listener)
    implements NioIoHandle {

  @Override
  public void handle(IoRegistration registration, IoEvent event) {
    listener.ready();
  }

  @Override
  public void close() {
    listener.over();
  }
}
