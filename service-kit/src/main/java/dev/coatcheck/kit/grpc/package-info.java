/** What both services add to gRPC's own servers. */
@NullMarked
package dev.coatcheck.kit.grpc;

import org.jspecify.annotations.NullMarked;
