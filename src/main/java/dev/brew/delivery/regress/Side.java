package dev.brew.delivery.regress;

import java.util.Locale;

/** Who is compared with whom. */
enum Side {
    BASE, CANDIDATE;

    /** In messages, and the name of its run directory. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
