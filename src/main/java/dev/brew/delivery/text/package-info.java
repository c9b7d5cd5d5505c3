/**
 * What all packages share. {@code HostPort} is a network address, {@code Reason} says why something failed, {@code Attempt}
 * says what was attempted, {@code Natural} orders names that hold numbers, and {@code Few} keeps lists in messages short.
 * Uses no other package.
 */
package dev.brew.delivery.text;
