/**
 * The gRPC port. Start at {@link dev.coatcheck.gateway.rpc.RpcServer}; {@link
 * dev.coatcheck.gateway.rpc.ImageGrpcService} routes each call by the image's name.
 */
@NullMarked
package dev.coatcheck.gateway.rpc;

import org.jspecify.annotations.NullMarked;
