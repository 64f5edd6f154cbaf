@NullMarked
package dev.coatcheck.gateway.http;

import org.jspecify.annotations.NullMarked;
