/**
 * Bounds of what strangers may begin on a port. Start at {@link
 * dev.coatcheck.kit.limits.ConnectionAdmission}; each refusal is counted by {@link
 * dev.coatcheck.kit.limits.RefusalCounters}.
 */
@NullMarked
package dev.coatcheck.kit.limits;

import org.jspecify.annotations.NullMarked;
