package dev.coatcheck.generator.handoff;

/**
 * How a drain went.
 *
 * @param movedImages that peers own now
 * @param movedBytes their size
 * @param leftImages that are still here
 */
public record DrainReport(long movedImages, long movedBytes, long leftImages) {}
