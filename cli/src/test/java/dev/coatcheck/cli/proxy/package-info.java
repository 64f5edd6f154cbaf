/** Proxies of others that stand before a gateway, as the documentation has them. */
@NullMarked
package dev.coatcheck.cli.proxy;

import org.jspecify.annotations.NullMarked;
