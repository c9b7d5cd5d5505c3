/** Words that all packages share: {@code Reason} says why something failed, {@code Attempt} what was attempted. */
package dev.brew.delivery.text;
