/**
 * The way of a byte through the gateway: from one generator's stream to one reader, without a copy
 * and with the reader's demand passed on. Start at {@link dev.coatcheck.gateway.relay.ChunkRelay},
 * which runs one download; {@link dev.coatcheck.gateway.relay.RelaySink} is the reader, {@link
 * dev.coatcheck.gateway.relay.RelayedChunk} what is handed to it, {@link
 * dev.coatcheck.gateway.relay.SettlementRetry} the word on how it ended.
 */
@NullMarked
package dev.coatcheck.gateway.relay;

import org.jspecify.annotations.NullMarked;
