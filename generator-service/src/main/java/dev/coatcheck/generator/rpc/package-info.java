/**
 * The generator's gRPC services. Start at {@link dev.coatcheck.generator.rpc.ImageServices}; {@link
 * dev.coatcheck.generator.rpc.ChunkSender} is where the bytes leave.
 */
@NullMarked
package dev.coatcheck.generator.rpc;

import org.jspecify.annotations.NullMarked;
