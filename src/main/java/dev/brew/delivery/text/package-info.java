/**
 * What all packages share: {@code HostPort} is a network address, {@code Reason} says why something failed, {@code Attempt}
 * what was attempted, {@code Natural} orders names with numbers in them. Uses no other package.
 */
package dev.brew.delivery.text;
