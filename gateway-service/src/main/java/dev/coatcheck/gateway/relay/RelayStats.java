package dev.coatcheck.gateway.relay;

/**
 * What passed through the relay so far.
 *
 * @param openChunks chunks that nobody has released yet; 0 when nothing runs
 * @param copiedMessages messages with image bytes that lost their wire buffers and took the copying
 *     path
 * @param messages all messages with image bytes
 * @param buffers how many buffers their image bytes lay in, each of which is a write to the reader
 * @param unconfirmedResponses responses that were written whole, and whose connection ended without
 *     evidence that the client had received the end: cut off, or reset by a client that may have
 *     read all
 */
public record RelayStats(
    long openChunks, long copiedMessages, long messages, long buffers, long unconfirmedResponses) {}
