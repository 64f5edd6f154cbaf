package dev.coatcheck.lambda.local.http;

import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Creates the HTTP/1.1 connectors of the local Lambda's servers. */
public final class HttpConnector {

  public static final String LOOPBACK = "127.0.0.1";

  private static final int INPUT_BYTES = 64 * 1024;

  private HttpConnector() {}

  public static ServerConnector create(Server server, String host, int port) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    HttpConnectionFactory factory = new HttpConnectionFactory(http);
    factory.setInputBufferSize(INPUT_BYTES);
    ServerConnector connector = new ServerConnector(server, 1, 1, factory);
    connector.setHost(host);
    connector.setPort(port);
    connector.setIdleTimeout(0);
    return connector;
  }
}
