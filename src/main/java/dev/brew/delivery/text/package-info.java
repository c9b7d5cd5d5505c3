/**
 * Text and files that all packages share. {@code Reason} explains a failure, {@code Attempt} adds what was attempted,
 * {@code Few} shortens lists in messages, {@code Natural} sorts names that contain numbers, {@code Table} and {@code Markdown}
 * format tables, {@code Median} computes medians, {@code HostPort} is a network address, {@code AtomicFile} replaces a file and
 * {@code EditedLines} edits a stream line by line. Uses no other package.
 */
package dev.brew.delivery.text;
