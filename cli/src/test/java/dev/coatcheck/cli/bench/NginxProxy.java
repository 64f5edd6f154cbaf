package dev.coatcheck.cli.bench;

/** Ways to set nginx's proxy up. */
final class NginxProxy {

  /** Passes on what it reads, a big piece at a time; nothing goes to a file. */
  static final String UNBUFFERED =
      "proxy_buffering off; proxy_buffer_size 256k; proxy_buffers 4 256k;";

  /** Reads ahead into memory, never into a file. */
  static final String BUFFERED =
      "proxy_buffering on; proxy_buffers 16 64k; proxy_buffer_size 64k;"
          + " proxy_busy_buffers_size 512k; proxy_max_temp_file_size 0;";

  static final String BEST = Boolean.getBoolean("bench.nginxBuffered") ? BUFFERED : UNBUFFERED;

  private NginxProxy() {}
}
