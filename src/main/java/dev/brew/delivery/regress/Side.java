package dev.brew.delivery.regress;

import java.util.Locale;

/** The two sides of a comparison. */
enum Side {
    BASE, CANDIDATE;

    /** The name in messages, and of the run directory. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
