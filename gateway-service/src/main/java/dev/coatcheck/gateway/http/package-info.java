/**
 * The HTTP port. Start at {@link dev.coatcheck.gateway.http.HttpServer}, which has the one table of
 * routes; there is one small handler a resource. {@link dev.coatcheck.gateway.http.ProblemMapper}
 * says what each failure looks like, {@link dev.coatcheck.gateway.http.HttpBodySink} how image
 * bytes go out, {@link dev.coatcheck.gateway.http.RequestBody} how bodies come in. This package
 * alone knows the HTTP server, and it knows no gRPC.
 */
@NullMarked
package dev.coatcheck.gateway.http;

import org.jspecify.annotations.NullMarked;
