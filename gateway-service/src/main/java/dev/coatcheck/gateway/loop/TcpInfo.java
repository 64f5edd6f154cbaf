package dev.coatcheck.gateway.loop;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the kernel knows of a TCP connection: Linux's {@code TCP_INFO} (tcp(7)), by {@code
 * getsockopt} as a foreign function.
 *
 * @param state of the connection, see {@link #isCloseWait} and {@link #isClosed}
 * @param ackedBytes how many bytes that were written here the other side's TCP has acknowledged
 * @param receivedBytes how many bytes have come from the other side, read or not
 * @param windowBytes how many bytes more the other side's TCP takes; 0 where the kernel does not
 *     show that
 * @param isReset true when the other side has reset the connection
 * @param unansweredProbes how many keep-alive probes were sent since the other side's TCP answered
 */
public record TcpInfo(
    int state,
    long ackedBytes,
    long receivedBytes,
    long windowBytes,
    boolean isReset,
    int unansweredProbes) {

  private static final Logger log = LoggerFactory.getLogger(TcpInfo.class);

  private static final int SOL_SOCKET = 1;
  private static final int SO_ERROR = 4;
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_INFO = 11;
  private static final int TCP_CLOSE = 7;
  private static final int TCP_CLOSE_WAIT = 8;

  // struct tcp_info, whose members never move
  private static final int INFO_BYTES = 256;
  private static final int STATE = 0;
  private static final int PROBES = 3;
  private static final int BYTES_ACKED = 120;
  private static final int BYTES_RECEIVED = 128;
  private static final int SEND_WINDOW = 228; // since Linux 5.4

  private static final @Nullable Calls CALLS = Calls.find();

  /**
   * Of {@code channel}, on any thread. Empty where there is no such thing: on other systems, on a
   * JVM that does not permit it, of a channel that is closed.
   */
  public static Optional<TcpInfo> of(SocketChannel channel) {
    Calls calls = CALLS;
    if (calls == null || !channel.isOpen()) {
      return Optional.empty();
    }
    Optional<TcpInfo> info = calls.info(channel);
    // Only a closed channel's descriptor can be another's by now.
    return channel.isOpen() ? info : Optional.empty();
  }

  /** True when the other side has ended what it sends (FIN), and this side has not. */
  public boolean isCloseWait() {
    return state == TCP_CLOSE_WAIT;
  }

  /** True when both sides have ended, or the other side has reset the connection. */
  public boolean isClosed() {
    return state == TCP_CLOSE;
  }

  /** True when the other side's TCP has answered all that asked it for an answer. */
  public boolean isAnswered() {
    return unansweredProbes == 0;
  }

  /** True when {@link #of} has an answer for an open connection. */
  public static boolean isAvailable() {
    return CALLS != null;
  }

  /** The two functions that are needed, neither of which Java has. */
  private record Calls(MethodHandle descriptor, MethodHandle getsockopt) {

    @SuppressWarnings("restricted") // the program is started with native access
    static @Nullable Calls find() {
      try {
        if (!System.getProperty("os.name").equals("Linux")) {
          return null;
        }
        Class<?> implementation = Class.forName("sun.nio.ch.SelChImpl");
        MethodHandle descriptor =
            MethodHandles.lookup().unreflect(implementation.getMethod("getFDVal"));
        Linker linker = Linker.nativeLinker();
        MethodHandle getsockopt =
            linker.downcallHandle(
                linker.defaultLookup().find("getsockopt").orElseThrow(),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS));
        return new Calls(descriptor, getsockopt);
      } catch (ReflectiveOperationException | RuntimeException e) {
        log.warn(
            "no TCP_INFO: {} (expected: --add-exports=java.base/sun.nio.ch=ALL-UNNAMED and"
                + " --enable-native-access=ALL-UNNAMED); whether an HTTP/1.1 client has received an"
                + " image is known by time alone",
            e.toString());
        return null;
      }
    }

    Optional<TcpInfo> info(SocketChannel channel) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment info = arena.allocate(INFO_BYTES, Long.BYTES);
        int length = get(arena, channel, IPPROTO_TCP, TCP_INFO, info);
        if (length < BYTES_RECEIVED + Long.BYTES) {
          return Optional.empty();
        }
        int state = info.get(ValueLayout.JAVA_BYTE, STATE);
        return Optional.of(
            new TcpInfo(
                state,
                info.get(ValueLayout.JAVA_LONG, BYTES_ACKED),
                info.get(ValueLayout.JAVA_LONG, BYTES_RECEIVED),
                length < SEND_WINDOW + Integer.BYTES
                    ? 0
                    : Integer.toUnsignedLong(info.get(ValueLayout.JAVA_INT, SEND_WINDOW)),
                state == TCP_CLOSE && hasError(arena, channel),
                info.get(ValueLayout.JAVA_BYTE, PROBES)));
      } catch (Throwable e) {
        throw new IllegalStateException("getsockopt failed", e);
      }
    }

    private boolean hasError(Arena arena, SocketChannel channel) throws Throwable {
      MemorySegment error = arena.allocate(ValueLayout.JAVA_INT);
      return get(arena, channel, SOL_SOCKET, SO_ERROR, error) > 0
          && error.get(ValueLayout.JAVA_INT, 0) != 0;
    }

    /** How many bytes of {@code value} were set; 0 if it failed. */
    private int get(Arena arena, SocketChannel channel, int level, int option, MemorySegment value)
        throws Throwable {
      MemorySegment length =
          arena.allocateFrom(ValueLayout.JAVA_INT, Math.toIntExact(value.byteSize()));
      int result =
          (int)
              getsockopt.invokeExact(
                  (int) descriptor.invoke(channel), level, option, value, length);
      return result == 0 ? length.get(ValueLayout.JAVA_INT, 0) : 0;
    }
  }
}
